package annotate

import (
	"errors"
	"slices"
	"strconv"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// survey is what must be known of a sheet before it is marked.
type survey struct {
	prefix    string              // of the element names, as in x:row
	used      [maxColumn + 1]bool // columns in which some cell holds something
	hidden    [maxColumn + 1]bool
	columns   []columnLook
	rows      map[int]rowLook // of the rows that will be marked
	merged    []area
	selected  []workbook.Tag // views that say that the sheet is the one open
	dimension workbook.Tag
	legacy    string // the relation that leads to the drawing of comments
	legacyAt  int    // where such a relation stands or would stand
}

type columnLook struct{ from, to, style int }

type rowLook struct {
	style  int
	styled bool
	hidden bool
}

// afterLegacy are the elements of a sheet that stand behind the drawing of comments.
var afterLegacy = []string{"legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst", "AlternateContent"}

// cursor follows the rows and cells of a sheet, which need not say where they stand.
type cursor struct{ row, column int }

// move takes the start of a row or cell.
func (c *cursor) move(t workbook.Tag) error {
	switch {
	case t.End:
	case isRow(t):
		c.row, c.column = c.row+1, 0
		if at := t.Attr("r"); at != "" {
			number, err := strconv.Atoi(at)
			c.row = number
			return err
		}
	case isCell(t):
		c.column++
		if at := t.Attr("r"); at != "" {
			column, _, err := excelize.CellNameToCoordinates(at)
			c.column = min(column, maxColumn)
			return err
		}
	}
	return nil
}

func isRow(t workbook.Tag) bool  { return t.Name == "row" && t.Depth == 3 }
func isCell(t workbook.Tag) bool { return t.Name == "c" && t.Depth == 4 }

// errEnough ends a look at a sheet of which no cell matters.
var errEnough = errors.New("")

// look goes through the sheet once, up to its cells where no row is wanted.
func look(part []byte, wanted map[int]bool) (*survey, error) {
	s := &survey{rows: map[int]rowLook{}}
	at, cells := cursor{}, false
	err := workbook.Scan(part, func(t workbook.Tag) error {
		if err := at.move(t); err != nil {
			return err
		}
		switch {
		case t.End:
			if t.Depth == 1 && s.legacyAt == 0 {
				s.legacyAt = t.From
			}
		case isCell(t):
			s.used[at.column] = s.used[at.column] || !t.Empty
		case isRow(t):
			if wanted[at.row] {
				s.rows[at.row] = rowLook{style: number(t, "s"), styled: yes(t.Attr("customFormat")), hidden: yes(t.Attr("hidden"))}
			}
		case t.Name == "sheetData" && t.Depth == 2:
			s.prefix, cells = t.Prefix, true
			if len(wanted) == 0 {
				return errEnough
			}
		case t.Depth == 2 && cells && s.legacyAt == 0 && slices.Contains(afterLegacy, t.Name):
			s.legacyAt = t.From
		case t.Depth == 2 || t.Depth == 3:
			s.beside(t)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return s, err
}

// beside takes what stands beside the cells.
func (s *survey) beside(t workbook.Tag) {
	switch t.Name {
	case "dimension":
		s.dimension = t
	case "sheetView":
		if yes(t.Attr("tabSelected")) {
			s.selected = append(s.selected, t)
		}
	case "col":
		from, to := number(t, "min"), min(number(t, "max"), maxColumn)
		s.columns = append(s.columns, columnLook{from, to, number(t, "style")})
		for c := max(from, 1); c <= to && yes(t.Attr("hidden")); c++ {
			s.hidden[c] = true
		}
	case "mergeCell":
		if a, ok := parseArea(t.Attr("ref")); ok {
			s.merged = append(s.merged, a)
		}
	case "legacyDrawing":
		s.legacy = t.Attr("id")
	}
}

// style is that of a cell which is not there.
func (s *survey) style(column, row int) int {
	if r := s.rows[row]; r.styled {
		return r.style
	}
	for _, c := range s.columns {
		if column >= c.from && column <= c.to {
			return c.style
		}
	}
	return 0
}

// shown is the cell in which a cell is seen: the first of those merged with it.
func (s *survey) shown(column, row int) (int, int) {
	for _, a := range s.merged {
		if a.has(column, row) {
			return a.left, a.top
		}
	}
	return column, row
}

// free is a column for words, to the right of a table: none of its cells holds
// anything and it is not hidden. It is 0 if there is none.
func (s *survey) free(table Table) int {
	for c := table.Columns + 1; c <= maxColumn; c++ {
		merged := slices.ContainsFunc(s.merged, func(a area) bool { return c >= a.left && c <= a.right && a.bottom >= table.HeaderRow })
		if !s.used[c] && !s.hidden[c] && !merged {
			return c
		}
	}
	return 0
}

func number(t workbook.Tag, name string) int {
	n, _ := strconv.Atoi(t.Attr(name))
	return n
}

func yes(value string) bool { return value == "1" || value == "true" || value == "on" }
