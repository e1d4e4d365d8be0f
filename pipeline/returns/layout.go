package returns

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/paper"
)

// headerRow is where the header of every table stands: title, number of tables,
// notes, shorthand and source are above it.
const headerRow = 6

// laid is a sheet worked out cell by cell. The blank and the cell map are both
// made from it, so neither can say something else than the other.
type laid struct {
	name   string
	widths []float64
	lines  []int // the least lines of text each column has room for
	cells  []laidCell
	page   paper.Page
	table  string // the range of its table; empty on the cover
	labels int    // how many columns say what a row is
	rows   []Row  // of the cell map
	err    error  // an address no sheet has
}

type laidCell struct {
	at, text string
	style    string // a name of styles.go
	link     string // where in the workbook a click leads
}

func (l *laid) put(column, row int, text, style string) string {
	at, err := excelize.CoordinatesToCellName(column, row)
	l.err = errors.Join(l.err, err)
	l.cells = append(l.cells, laidCell{at: at, text: text, style: style})
	return at
}

// label adds a map row for a cell that must go on saying what it says.
func (l *laid) label(at, text string) {
	l.rows = append(l.rows, Row{Sheet: l.name, LabelCell: at, LabelText: text, Kind: kindLabel})
}

// words adds a map row for a cell filled with words.
func (l *laid) words(at, words, labelCell, labelText string) {
	r := Row{Sheet: l.name, Cell: at, LabelCell: labelCell, LabelText: labelText, Kind: kindText, Code: words, Format: "text", Missing: notAvailable}
	if m := inBraces.FindStringSubmatch(words); m != nil && m[0] == words && !builtIn[m[1]] {
		r.Kind, r.Code = kindConfig, m[1]
	}
	l.rows = append(l.rows, r)
}

// lay works the whole workbook out.
func (d Description) lay(lists fs.FS) ([]laid, error) {
	sheets := []laid{d.cover(), d.contents(), d.notes()}
	for _, s := range d.Sheets {
		sheets = append(sheets, d.table(s, lists))
	}
	var errs []error
	for i, l := range sheets {
		sheets[i].page = paper.Page{Marking: d.Marking, Widths: l.widths, Letters: letters(""), Labels: l.labels}
		if l.table != "" {
			sheets[i].page.Header = headerRow
		}
		if l.err != nil {
			errs = append(errs, fmt.Errorf("%s: sheet %s: %w", descriptionFile, l.name, l.err))
		}
	}
	return sheets, errors.Join(errs...)
}

// cover is a title, an introduction, then headings with the words below them.
func (d Description) cover() laid {
	l := laid{name: "Cover", widths: []float64{78}, lines: []int{1}}
	l.label(l.put(1, 1, d.Title, "title"), d.Title)
	l.put(1, 2, d.Intro, "wrapped")
	for i, p := range d.Cover {
		heading := l.put(1, 3+2*i, p.Heading, "heading")
		l.words(l.put(1, 4+2*i, "", "wrapped"), p.Text, heading, p.Heading)
	}
	if last := 3 + 2*len(d.Cover); d.Marking != "" { // what is printed on each page is said in a cell too
		l.label(l.put(1, last, "Protective marking", "heading"), "Protective marking")
		l.label(l.put(1, last+1, d.Marking, "wrapped"), d.Marking)
	}
	return l
}

// head is the five lines above a table. What is filled is wrapped, since nobody knows
// how long it will be; the rest runs on over the table where that is wide enough.
func (d Description) head(l *laid, title, filled, blanks, notes string) {
	at := l.put(1, 1, title, "title")
	if filled == title {
		l.label(at, title)
	} else {
		l.words(at, filled, at, title)
	}
	for i, text := range []string{strings.TrimSpace("This sheet contains one table. " + blanks), notes, d.Shorthand} {
		l.put(1, 2+i, text, l.line(text))
	}
	if filled == title { // a sheet without figures
		const sourced = "Each table says which data and which build its figures come from."
		l.put(1, 5, sourced, l.line(sourced))
		return
	}
	blank := inBraces.ReplaceAllString(d.Source, "...")
	source := l.put(1, 5, blank, "wrapped")
	l.words(source, d.Source, source, blank)
}

// line is the style of a text above a table: on one line as wide as the table, or
// wrapped in the first column, so that it never reaches beyond the page.
func (l *laid) line(text string) string {
	wide := 0.0
	for _, w := range l.widths {
		wide += w
	}
	if (paper.Page{Widths: l.widths, Letters: letters("line"), Labels: l.labels}).Across() > 1 || letters("line").Column(text) > wide {
		return "wrapped"
	}
	return "line"
}

func (d Description) contents() laid {
	l := laid{name: "Contents", widths: []float64{24, 88}, lines: []int{1, 1}}
	d.head(&l, "Contents", "Contents", "", "Select the name of a sheet to go to it.")
	l.put(1, headerRow, "Sheet name", "header")
	l.put(2, headerRow, "Description", "header")
	notes := Sheet{Name: "Notes", About: "The definitions and assumptions that the tables refer to."}
	for i, s := range append([]Sheet{notes}, d.Sheets...) {
		l.label(l.put(1, headerRow+1+i, s.Name, "link"), s.Name)
		l.cells[len(l.cells)-1].link = "'" + s.Name + "'!A1"
		l.put(2, headerRow+1+i, s.About, "wrapped")
	}
	l.close(2, headerRow+1+len(d.Sheets))
	return l
}

func (d Description) notes() laid {
	l := laid{name: "Notes", widths: []float64{14, 98}, lines: []int{1, 1}}
	d.head(&l, "Notes", "Notes", "", "The tables refer to these notes as [note 1], [note 2] and so on.")
	l.put(1, headerRow, "Note number", "header")
	l.put(2, headerRow, "Note text", "header")
	for i, n := range d.Notes {
		l.put(1, headerRow+1+i, fmt.Sprintf("Note %d", i+1), "wrapped")
		if !inBraces.MatchString(n) {
			l.put(2, headerRow+1+i, n, "wrapped")
			continue
		}
		number := fmt.Sprintf("Note %d", i+1)
		l.words(l.put(2, headerRow+1+i, "", "wrapped"), n, l.cells[len(l.cells)-2].at, number)
	}
	l.close(2, headerRow+len(d.Notes))
	return l
}

// close sets the range of the table that ends in a column and row.
func (l *laid) close(column, row int) {
	end, err := excelize.CoordinatesToCellName(column, row)
	l.err = errors.Join(l.err, err)
	l.table = fmt.Sprintf("A%d:%s", headerRow, end)
}

// table lays out one of the description's sheets.
func (d Description) table(s Sheet, lists fs.FS) laid {
	l := laid{name: s.Name}
	for _, c := range s.Columns {
		l.widths, l.lines = append(l.widths, c.Width), append(l.lines, max(c.Lines, 1))
	}
	d.head(&l, s.Title, strings.ReplaceAll(d.Heading, "{title}", s.Title), s.Blanks, notesSentence(s.Notes))
	for i, c := range s.Columns {
		style := "header"
		if c.Format != "" && c.Format != "text" || c.Period != "" {
			style = "header right"
		}
		l.label(l.put(i+1, headerRow, c.Header, style), c.Header)
	}
	row := headerRow
	for _, group := range s.Rows {
		rows, unlisted, err := group.expand(lists)
		l.err = errors.Join(l.err, err)
		for _, r := range rows {
			row++
			l.labels = max(l.labels, len(r.labels))
			l.tableRow(s, r, row)
		}
		for _, f := range unlisted {
			if !s.hasOther(group) {
				l.unlisted(s, group, f)
			}
		}
		l.partial(s, group)
	}
	l.close(len(s.Columns), row)
	return l
}

// hasOther tells whether a row shows all that a group of rows leaves out.
func (s Sheet) hasOther(group Rows) bool {
	return slices.ContainsFunc(s.Rows, func(r Rows) bool {
		return r.Category == Other && r.Dimension == group.Dimension && r.Code == group.Code && r.Scope == group.Scope
	})
}

// unlisted names the figures of a category that the table has no row for.
func (l *laid) unlisted(s Sheet, group Rows, f Figure) {
	for _, c := range s.Columns[min(len(group.Labels)+1+len(group.After), len(s.Columns)):] {
		if m := s.mapRow(tableRow{cells: group.Cells, Figure: f}, c); m.Kind == kindFigure && m.Dimension != "" && m.Field != percentOfTotal {
			m.Kind = kindUnlisted
			l.rows = append(l.rows, m)
		}
	}
}

// partial marks the breakdowns of a group of rows that show only some categories.
func (l *laid) partial(s Sheet, group Rows) {
	for _, c := range s.Columns {
		m := s.mapRow(tableRow{cells: group.Cells, Figure: group.Figure}, c)
		mark := Row{Sheet: m.Sheet, LabelText: group.Partial, Kind: kindPartial, Code: m.Code, Dimension: m.Dimension}
		if group.Partial != "" && m.Kind == kindFigure && m.Dimension != "" && !slices.Contains(l.rows, mark) {
			l.rows = append(l.rows, mark)
		}
	}
}

// tableRow lays out a row: its labels, then its figures and words.
func (l *laid) tableRow(s Sheet, r tableRow, row int) {
	if len(r.labels) == 0 || len(r.labels) >= len(s.Columns) {
		l.err = errors.Join(l.err, fmt.Errorf("row %d has %d labels for %d columns", row, len(r.labels), len(s.Columns)))
		return
	}
	look := ""
	if r.total {
		look = " bold"
	}
	if slices.ContainsFunc(s.Columns, func(c Column) bool { return c.Lines > 2 }) { // people write at length
		look += " top"
	}
	var label Row // of the row: its last label
	for i, text := range r.labels {
		at := l.put(i+1, row, text, "wrapped"+look)
		label = Row{LabelCell: at, LabelText: text}
		if c := s.Columns[i]; c.Words != "" || c.Comment { // the label itself is filled
			m := s.mapRow(r, c)
			m.Cell, m.LabelCell, m.LabelText = at, at, text
			l.rows = append(l.rows, m)
		} else if i < len(r.labels)-1 {
			l.label(at, text)
		}
	}
	told := len(r.labels) > 1 || s.Columns[0].Words == "" && !s.Columns[0].Comment
	for i := len(r.labels); i < len(s.Columns); i++ {
		m := s.mapRow(r, s.Columns[i])
		switch {
		case m.Kind == "":
			l.err = errors.Join(l.err, fmt.Errorf("row %d says nothing for the column %q", row, s.Columns[i].Header))
		case m.Kind == kindLabel:
			l.label(l.put(i+1, row, m.LabelText, cellStyle(m)+look), m.LabelText)
		default:
			told = true
			m.Cell = l.put(i+1, row, "", cellStyle(m)+look)
			m.LabelCell, m.LabelText = label.LabelCell, label.LabelText
			l.rows = append(l.rows, m)
		}
	}
	if !told {
		l.label(label.LabelCell, label.LabelText)
	}
}

// cellStyle is the style of a filled cell: words wrapped, numbers to the right.
func cellStyle(r Row) string {
	switch {
	case r.Format == "text":
		return "wrapped"
	case r.Kind == kindLabel:
		return "line right" // a marker among numbers
	}
	return r.Format
}

// mapRow is the row of the cell map for what a row shows in a column.
func (s Sheet) mapRow(r tableRow, c Column) Row {
	f := Figure{Field: "value", Format: "count", Missing: notAvailable, Period: periodThis}.over(Figure{Scope: s.Scope}).over(r.Figure).over(c.Figure)
	if own, ok := r.cells[c.Header]; ok {
		f = f.over(own)
	}
	out := Row{Sheet: s.Name, Format: f.Format, Missing: f.Missing, Group: f.Group}
	term := inBraces.FindStringSubmatch(f.Words)
	switch {
	case c.Comment:
		out.Kind, out.Code, out.Format, out.Missing = kindText, commentary, "text", leave
	case f.Words != "" && term == nil:
		out.Kind, out.LabelText = kindLabel, f.Words
	case f.Words != "" && strings.HasPrefix(term[1], "fund."):
		out.Kind, out.Code, out.Scope = kindConfig, term[1], f.Scope
	case f.Words != "":
		out.Kind, out.Code, out.Format = kindText, f.Words, "text"
	case f.Quality != "":
		out.Kind, out.Code, out.Field = kindQuality, f.Quality, f.Field
	case f.Condition != "" || f.Code != "":
		out.Kind, out.Code, out.Field, out.Scope, out.Period, out.Dimension, out.Category = kindFigure, f.Code, f.Field, f.Scope, f.Period, f.Dimension, f.Category
		if f.Condition != "" {
			out.Kind, out.Code = kindCondition, f.Condition
		}
	}
	return out
}

func notesSentence(notes []int) string {
	if len(notes) == 0 {
		return "This table has no notes."
	}
	var names []string
	for _, n := range notes {
		names = append(names, fmt.Sprintf("[note %d]", n))
	}
	verb := "are"
	if len(names) == 1 {
		verb = "is"
	}
	return fmt.Sprintf("This table refers to %s, which %s on the Notes sheet.", strings.Join(names, ", "), verb)
}
