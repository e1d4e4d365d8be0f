package extract

import (
	"bytes"
	"fmt"
	"strings"
)

// observed is what a reader noticed that somebody who looks at the sheet would
// not expect, or that a spreadsheet program did to the data.
type observed struct {
	merges
	hiddenSheet, hiddenColumns, filtered bool
	rowHidden                            bool // the row last read
	hiddenRows, beyond, unsaved          int
	columns                              []columnSeen
	mixing                               mixing
	now                                  int64 // the row being read
}

// columnSeen counts the cells of a column that tell something, each kind with
// the first of it.
type columnSeen struct {
	dates, others            int
	short, errors, dateTexts example
	long                     example // numbers of more digits than a spreadsheet keeps
	words                    wordsSeen
}

type example struct {
	n    int
	row  int64
	text string
}

func (e *example) add(row int64, text []byte) {
	if e.n++; e.n == 1 {
		e.row, e.text = row, string(text)
	}
}

// begin forgets what was seen of cells above the table.
func (o *observed) begin(width int) {
	o.columns = make([]columnSeen, width)
	o.unsaved = 0
}

// row counts the row last read.
func (o *observed) row() {
	if o.rowHidden {
		o.hiddenRows++
	}
}

// column is where a cell of the table is counted; nil for one beside or above it.
func (o *observed) column(at int) *columnSeen {
	if at < len(o.columns) {
		return &o.columns[at]
	}
	return nil
}

// cell counts what a cell holds, as format shows it.
func (o *observed) cell(at int, kind cellKind, f format, text []byte) {
	c := o.column(at)
	if c == nil || len(text) == 0 {
		return
	}
	switch {
	case kind == errorCell:
		c.errors.add(o.now, text)
		return
	case kind == numberCell && f.kind == dateOnly || kind == dateCell:
		if c.dates++; f.short {
			c.short.add(o.now, text)
		}
		return
	case kind == numberCell && len(text) > 15 && len(bytes.Trim(text, "0123456789")) == 0:
		c.long.add(o.now, text)
	case kind == textCell && looksLikeDate(text):
		c.dateTexts.add(o.now, text)
		return
	}
	c.others++
}

// looksLikeDate says whether a text is three groups of digits, as in 01/04/2025.
func looksLikeDate(b []byte) bool {
	if len(b) < 6 || len(b) > 10 || b[0] < '0' || b[0] > '9' || b[len(b)-1] < '0' || b[len(b)-1] > '9' {
		return false
	}
	marks := 0
	for _, c := range b {
		switch {
		case c == '/' || c == '-' || c == '.':
			marks++
		case c < '0' || c > '9':
			return false
		}
	}
	return marks == 2
}

// notes say what was noticed, for people.
func (t *tabler) notes() []string {
	o := t.watch
	var notes []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			notes = append(notes, one)
		case n > 1:
			notes = append(notes, fmt.Sprintf(many, n))
		}
	}
	if o.hiddenSheet {
		notes = append(notes, "the sheet is hidden in the workbook")
	}
	add(o.hiddenRows, "1 row is hidden in the workbook and was read", "%d rows are hidden in the workbook and were read")
	if o.filtered {
		notes = append(notes, "the sheet has a filter on; rows that it hides were read")
	}
	if o.hiddenColumns {
		notes = append(notes, "columns are hidden in the workbook and were read")
	}
	notes = append(notes, t.mergedNames()...)
	merged := o.groups
	for _, s := range o.spans {
		if s.lastRow <= int64(t.table.HeaderRow) { // titles, and names told of already
			merged--
		}
	}
	add(merged, "1 group of cells is merged; only its first cell has the value", "%d groups of cells are merged; only the first cell of each has the value")
	add(o.buried.n, fmt.Sprintf("1 value lies under merged cells, where nobody sees it, and was not read (row %d)", o.buried.row),
		"%d values lie under merged cells, where nobody sees them, and were not read (the first in row "+fmt.Sprint(o.buried.row)+")")
	add(o.beyond, "1 row has values to the right of the last column named; they were left out", "%d rows have values to the right of the last column named; they were left out")
	add(o.unsaved, "1 formula has no saved result and reads as blank: open the workbook in Excel and save it", "%d formulas have no saved result and read as blank: open the workbook in Excel and save it")
	add(len(t.left), "1 row was left out, as the provider's mapping says (row "+rowList(t.left)+")", "%d rows were left out, as the provider's mapping says (rows "+rowList(t.left)+")")
	add(len(t.table.Totals), "1 row of totals was set apart", "%d rows of totals were set apart")
	if note := o.mixing.note(); note != "" {
		notes = append(notes, note)
	}
	for i, c := range o.columns {
		notes = append(notes, c.notes(t.columnTold(i))...)
	}
	return notes
}

// columnTold is a column by its name, or its place where it has none.
func (t *tabler) columnTold(at int) string {
	if name := t.table.Header[at]; strings.TrimSpace(name) != "" {
		return "the column " + t.told(name)
	}
	return "the column " + columnName(at)
}

// notes say what a spreadsheet program did to the values of a column. They
// repeat no value that could be somebody's.
func (c columnSeen) notes(name string) []string {
	notes := c.words.notes(name)
	add := func(e example, one, many, rest string) {
		switch {
		case e.n == 1:
			notes = append(notes, fmt.Sprintf("%s has %s in row %d%s", name, one, e.row, rest))
		case e.n > 1:
			notes = append(notes, fmt.Sprintf("%s has %d %s, the first in row %d%s", name, e.n, many, e.row, rest))
		}
	}
	add(c.long, "a number of more than 15 digits", "numbers of more than 15 digits", ": a spreadsheet keeps no more, so the last ones may be wrong; ask for the column as text")
	if c.others > 0 || c.dateTexts.n > 0 {
		add(c.short, "a date without year or day", "dates without year or day", amongOthers)
	}
	if c.dates > 0 {
		add(c.dateTexts, "a date as text", "dates as text", ", among dates: the spreadsheet did not take it for one; check which is the day and which the month")
	}
	said := ""
	if isError([]byte(c.errors.text)) { // and no text that somebody called an error
		said = " (" + c.errors.text + ")"
	}
	add(c.errors, "an error of a formula"+said, "errors of formulas", ": mend the formula, or type the value, and send the file again")
	return notes
}

// amongOthers says what dates such as 10-Dec in a column of other values may be.
const amongOthers = ", among values that are no dates: if 10-12 or the like was typed, the spreadsheet has turned it into a date; ask for the column as text"

// mergedNames tells of columns left without a name by cells merged in the header.
func (t *tabler) mergedNames() []string {
	var notes []string
	for _, s := range t.watch.spans {
		if s.lastRow != int64(t.table.HeaderRow) || s.lastColumn == s.column || s.column >= len(t.table.Header) {
			continue
		}
		notes = append(notes, fmt.Sprintf("the name %s in row %d is merged over the columns %s to %s: only the first of them has it",
			t.told(t.table.Header[s.column]), s.row, columnName(s.column), columnName(s.lastColumn)))
	}
	return notes
}

// rowList lists the first few of rows.
func rowList(rows []int64) string {
	var out []string
	for i, row := range rows {
		if i == 10 {
			return strings.Join(out, ", ") + ", ..."
		}
		out = append(out, fmt.Sprint(row))
	}
	return strings.Join(out, ", ")
}

// columnName writes a column as a spreadsheet does: A, B, ... Z, AA.
func columnName(n int) string {
	name := ""
	for n++; n > 0; n = (n - 1) / 26 {
		name = string(rune('A'+(n-1)%26)) + name
	}
	return name
}
