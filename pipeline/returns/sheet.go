package returns

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// sheet is one sheet of a workbook.
type sheet struct {
	name, part, state string // state is empty, hidden or veryHidden
	root              *node  // nil for a sheet without cells, such as a chart
	cells             map[string]cell
	order             []string // of their addresses, by row and column
	arrays            []area   // ranges filled by one formula
	rowStyles         map[int]int
	columns, rows     int // the last that hold a cell
}

// cell is what a cell holds.
type cell struct {
	text    string // as read: numbers as they are kept
	number  bool
	formula string // with its sign
	// movedBy is how far from the cell that has the formula this one, which shares it, stands.
	movedBy [2]int
	stale   bool // the formula's last result is kept beside it
	style   int
}

// area is a range of cells.
type area struct{ left, top, right, bottom int }

func (a area) has(column, row int) bool {
	return column >= a.left && column <= a.right && row >= a.top && row <= a.bottom
}

func (a area) holds(at string) bool {
	column, row, err := excelize.CellNameToCoordinates(at)
	return err == nil && a.has(column, row)
}

// parseArea reads D7 or B3:C4.
func parseArea(text string) (area, error) {
	from, to, found := strings.Cut(strings.ReplaceAll(text, "$", ""), ":")
	if !found {
		to = from
	}
	c1, r1, err := excelize.CellNameToCoordinates(from)
	if err != nil {
		return area{}, err
	}
	c2, r2, err := excelize.CellNameToCoordinates(to)
	if err != nil {
		return area{}, err
	}
	return area{min(c1, c2), min(r1, r2), max(c1, c2), max(r1, r2)}, nil
}

// areas reads ranges that stand after each other; those that are none are left out.
func areas(text string) []area {
	var out []area
	for _, one := range strings.Fields(text) {
		if a, err := parseArea(one); err == nil {
			out = append(out, a)
		}
	}
	return out
}

// position is where a row or cell stands: at its own address or after the last.
func position(n *node, column, row int) (int, int, error) {
	if at := n.attr("r"); at != "" {
		return excelize.CellNameToCoordinates(at)
	}
	return column + 1, row, nil
}

func rowNumber(n *node, last int) (int, error) {
	at := n.attr("r")
	if at == "" {
		return last + 1, nil
	}
	number, err := strconv.Atoi(at)
	if err == nil && number <= last {
		err = fmt.Errorf("row %d comes after row %d", number, last)
	}
	return number, err
}

// read reads the cells.
func (s *sheet) read(b *book) error {
	s.cells, s.rowStyles = map[string]cell{}, map[int]int{}
	shared := map[string]sharedFormula{}
	row := 0
	for _, r := range s.root.child("sheetData").all("row") {
		var err error
		if row, err = rowNumber(r, row); err != nil {
			return err
		}
		if r.yes("customFormat", false) {
			s.rowStyles[row], _ = strconv.Atoi(r.attr("s"))
		}
		column := 0
		for _, n := range r.all("c") {
			var at int
			if column, at, err = position(n, column, row); err != nil {
				return err
			}
			if at != row {
				return fmt.Errorf("row %d has a cell of row %d", row, at)
			}
			c, err := s.readCell(b, n, column, row, shared)
			if err != nil {
				return err
			}
			name, err := excelize.CoordinatesToCellName(column, row)
			if err != nil {
				return err
			}
			if _, twice := s.cells[name]; twice {
				return fmt.Errorf("the cell %s is there twice", name)
			}
			s.cells[name] = c
			s.columns, s.rows = max(s.columns, column), max(s.rows, row)
		}
	}
	s.order = slices.Collect(maps.Keys(s.cells))
	inOrder(s.order)
	return nil
}

// sharedFormula is a formula that several cells have, and the cell it is written in.
type sharedFormula struct {
	text        string
	column, row int
}

func (s *sheet) readCell(b *book, n *node, column, row int, shared map[string]sharedFormula) (cell, error) {
	var c cell
	c.style, _ = strconv.Atoi(n.attr("s"))
	c.text = n.child("v").text
	switch n.attr("t") {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(c.text))
		if err != nil || i < 0 || i >= len(b.strings) {
			return c, fmt.Errorf("a cell shows the shared text %q, and there are %d", c.text, len(b.strings))
		}
		c.text = b.strings[i]
	case "inlineStr":
		c.text = richText(n.child("is"))
	case "str":
		c.text = workbook.Unescaped(c.text)
	case "b", "e", "d":
	default:
		c.number = c.text != ""
	}
	for _, f := range n.all("f") {
		c.stale = len(n.all("v")) > 0
		c.formula = "=" + f.text
		if group := f.attr("si"); f.attr("t") == "shared" && f.text != "" {
			shared[group] = sharedFormula{f.text, column, row}
		} else if f.attr("t") == "shared" {
			from := shared[group]
			c.formula, c.movedBy = "="+from.text, [2]int{column - from.column, row - from.row}
		}
		if kind := f.attr("t"); kind == "array" || kind == "dataTable" {
			s.arrays = append(s.arrays, areas(f.attr("ref"))...)
		}
	}
	return c, nil
}

// merged are the ranges of merged cells.
func (s *sheet) merged() []string {
	var out []string
	for _, n := range s.parts("mergeCells") {
		out = append(out, n.attr("ref"))
	}
	return out
}

// parts are the elements inside an element right below the root.
func (s *sheet) parts(name string) []*node {
	if s.root == nil {
		return nil
	}
	return s.root.child(name).kids
}

// protected tells whether the sheet's locked cells are closed to people.
func (s *sheet) protected() bool {
	return s.root != nil && s.root.child("sheetProtection").yes("sheet", false)
}

// style is the number of a cell's style, whether the cell is there or not.
func (s *sheet) style(at string) int {
	if c, ok := s.cells[at]; ok {
		return c.style
	}
	column, row, err := excelize.CellNameToCoordinates(at)
	if err != nil || s.root == nil {
		return 0
	}
	if number, ok := s.rowStyles[row]; ok {
		return number
	}
	for _, c := range s.root.child("cols").all("col") {
		from, _ := strconv.Atoi(c.attr("min"))
		to, _ := strconv.Atoi(c.attr("max"))
		if column >= from && column <= to {
			number, _ := strconv.Atoi(c.attr("style"))
			return number
		}
	}
	return 0
}

// addresses are those of the cells that are there, by row and column.
func (s *sheet) addresses() []string { return s.order }

// inOrder sorts addresses by row and column.
func inOrder(addresses []string) {
	type place struct{ row, column int }
	where := map[string]place{}
	for _, at := range addresses {
		column, row, _ := excelize.CellNameToCoordinates(at)
		where[at] = place{row, column}
	}
	slices.SortFunc(addresses, func(a, b string) int {
		p, q := where[a], where[b]
		return cmp.Or(cmp.Compare(p.row, q.row), cmp.Compare(p.column, q.column))
	})
}
