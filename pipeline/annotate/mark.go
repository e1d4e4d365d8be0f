package annotate

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/workbook"
)

// marking marks the faults of one sheet.
type marking struct {
	book   *workbook.Book
	sheet  workbook.Sheet
	number int // its place among the sheets
	looks  *styles
	report Report

	*survey
	want     map[int]map[int]want // by row and column
	comments []comment
	edits    workbook.Edits
}

// want is what becomes of a cell: it is marked, or words are put into it.
type want struct{ words string }

// mark marks the faults, says in places where, and takes from the sheet that it is
// the one open, which the list of faults will be.
func (m *marking) mark(places map[int]spot) error {
	part, err := m.book.Part(m.sheet.Part)
	if err != nil {
		return err
	}
	rows := m.rowsToMark()
	if m.survey, err = look(part, rows); err != nil {
		return err
	}
	m.want = map[int]map[int]want{}
	m.faults(places)
	for _, table := range m.report.Tables {
		if table.Sheet == m.sheet.Name {
			m.rowWords(table)
			break // a sheet may be read as two feeds
		}
	}
	if len(m.want) > 0 {
		if err := m.cells(part); err != nil {
			return err
		}
	}
	for _, view := range m.selected {
		m.edits.Replace(view.From, view.To, view.Without("tabSelected").String())
	}
	if err := m.addComments(); err != nil {
		return err
	}
	if len(m.edits) > 0 {
		m.book.Set(m.sheet.Part, m.edits.Apply(part))
	}
	return nil
}

// rowsToMark are the rows with a fault, and the headers above them.
func (m *marking) rowsToMark() map[int]bool {
	rows := map[int]bool{}
	for _, f := range m.report.Faults {
		if f.Sheet == m.sheet.Name {
			rows[f.Row] = true
		}
	}
	for _, t := range m.report.Tables {
		if t.Sheet == m.sheet.Name && len(rows) > 0 {
			rows[t.HeaderRow] = true
		}
	}
	return rows
}

func (m *marking) put(column, row int, w want) {
	if m.want[row] == nil {
		m.want[row] = map[int]want{}
	}
	m.want[row][column] = w
}

// faults settles which cells are marked, and what their comments say.
func (m *marking) faults(places map[int]spot) {
	at := map[spot]int{} // the comment of a cell
	for i, f := range m.report.Faults {
		look, there := m.rows[f.Row]
		if f.Sheet != m.sheet.Name || !there {
			continue
		}
		columns := f.Columns
		if len(columns) == 0 {
			columns = []int{1}
		}
		for _, column := range columns {
			var cell spot
			cell.column, cell.row = m.shown(column, f.Row)
			if column == columns[0] {
				places[i] = spot{cell.column, cell.row, look.hidden}
			}
			m.put(cell.column, cell.row, want{})
			words := f.words()
			if cell.row != f.Row {
				words = fmt.Sprintf("Row %d: %s", f.Row, words)
			}
			if n, ok := at[cell]; ok {
				m.comments[n].words += "\n" + words
			} else if len(m.comments) < mostComments {
				at[cell] = len(m.comments)
				m.comments = append(m.comments, comment{spot: cell, words: words})
			}
		}
	}
}

// rowWords says beside each faulty row what is wrong with it: colour alone tells
// nothing to who cannot see it.
func (m *marking) rowWords(table Table) {
	rejected, left := map[int][]string{}, map[int][]string{}
	for _, f := range m.report.Faults {
		if f.Sheet != m.sheet.Name {
			continue
		}
		by := left
		if f.Rejects {
			by = rejected
		}
		if name := f.Name; name != "" && !slices.Contains(by[f.Row], name) {
			by[f.Row] = append(by[f.Row], name)
		} else if name == "" {
			by[f.Row] = append(by[f.Row], "the whole row")
		}
	}
	column := m.free(table)
	if column == 0 || len(rejected)+len(left) == 0 {
		return
	}
	m.put(column, table.HeaderRow, want{words: wordHeader})
	rows := slices.Collect(maps.Keys(rejected))
	for row := range left {
		rows = append(rows, row)
	}
	for _, row := range rows {
		var words []string
		if names := rejected[row]; len(names) > 0 {
			words = append(words, "ROW REJECTED: "+strings.Join(names, ", "))
		}
		if names := left[row]; len(names) > 0 {
			words = append(words, "VALUE LEFT OUT: "+strings.Join(names, ", "))
		}
		m.put(column, row, want{words: strings.Join(words, "; ")})
	}
	m.widen(column, slices.Max(rows))
}

// widen widens the range that a sheet says it uses: readers that stream a sheet
// trust it. One that does not even hold the rows is no range to go by.
func (m *marking) widen(column, row int) {
	a, ok := parseArea(m.dimension.Attr("ref"))
	if !ok || a.right >= column || a.bottom < row {
		return
	}
	from, err := excelize.CoordinatesToCellName(a.left, a.top)
	to, also := excelize.CoordinatesToCellName(column, a.bottom)
	if errors.Join(err, also) == nil {
		m.edits.Replace(m.dimension.From, m.dimension.To, m.dimension.With("ref", from+":"+to).String())
	}
}

// cells goes through the sheet a second time and changes the cells.
func (m *marking) cells(part []byte) error {
	at := cursor{}
	var left []int // columns of the row that are still to be written
	return workbook.Scan(part, func(t workbook.Tag) error {
		if err := at.move(t); err != nil {
			return err
		}
		wants := m.want[at.row]
		switch {
		case isRow(t) && !t.End:
			left = slices.Sorted(maps.Keys(wants))
			if t.Empty && len(left) > 0 {
				open := strings.TrimSuffix(t.String(), "/>") + ">"
				m.edits.Replace(t.From, t.To, open+m.written(at.row, left)+"</"+t.Prefix+"row>")
			}
		case isRow(t):
			if len(left) > 0 {
				m.edits.Replace(t.From, t.From, m.written(at.row, left))
			}
		case isCell(t) && !t.End && len(left) > 0:
			before := 0
			for before < len(left) && left[before] < at.column {
				before++
			}
			if before > 0 {
				m.edits.Replace(t.From, t.From, m.written(at.row, left[:before]))
			}
			if left = left[before:]; len(left) == 0 || left[0] != at.column {
				return nil
			}
			left = left[1:]
			if w := wants[at.column]; w.words == "" {
				m.edits.Replace(t.From, t.To, t.With("s", fmt.Sprint(m.looks.marked(number(t, "s")))).String())
			} else { // it holds nothing: the column is free
				m.edits.Replace(t.From, t.To, m.written(at.row, []int{at.column}))
			}
		}
		return nil
	})
}

// written are cells that were not there, or hold words of ours.
func (m *marking) written(row int, columns []int) string {
	var out strings.Builder
	for _, column := range columns {
		w := m.want[row][column]
		cell := spot{column: column, row: row}
		if w.words == "" {
			fmt.Fprintf(&out, `<c r="%s" s="%d"/>`, cell, m.looks.marked(m.style(column, row)))
			continue
		}
		out.WriteString(textCell(cell, m.looks.word, w.words))
	}
	return workbook.Prefixed(out.String(), m.prefix)
}

// textCell is a cell that holds a text, so that nothing in it can become a formula.
func textCell(at spot, style int, words string) string {
	return fmt.Sprintf(`<c r="%s" s="%d" t="inlineStr"><is><t xml:space="preserve">%s</t></is></c>`, at, style, workbook.Escaped(strings.Map(workbook.Printable, words)))
}
