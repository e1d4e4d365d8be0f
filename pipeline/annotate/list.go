package annotate

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/paper"
	"mojreturns/pipeline/workbook"
)

const (
	xmlHeader = xml.Header
	sheetType = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
	listName  = "Faults"
	mostText  = 32_767 // characters of a cell
)

// list is the sheet that comes first: what is wrong, counted and cell by cell.
type list struct {
	Report
	book   *workbook.Book
	looks  *styles
	places map[int]spot

	row    int
	header int // the row that heads the faults
	rows   strings.Builder
	links  strings.Builder
}

// add adds the sheet to the workbook, in front of the others.
func (l *list) add() error {
	main, err := mainNamespace(l.book)
	if err != nil {
		return err
	}
	l.write()
	name := l.book.Free("xl/worksheets/sheetFaults", ".xml")
	l.book.Set(name, []byte(xmlHeader+`<worksheet xmlns="`+main+`"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView tabSelected="1" workbookViewId="0"/></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`+
		columnsXML()+`</cols><sheetData>`+l.rows.String()+`</sheetData>`+l.hyperlinks()+l.page().XML()+`</worksheet>`))
	if err := l.book.Declare(name, sheetType); err != nil {
		return err
	}
	id, err := l.book.Relate(l.book.Main, "worksheet", name)
	if err != nil {
		return err
	}
	return l.first(id)
}

// widths are those of the list's columns, in characters.
func widths() []float64 { return []float64{19, 26, 8, 8, 18, 24, 14, 36} }

// regular and large are the letters of the list, and of its title.
var regular, large = paper.Letters{Size: 11}, paper.Letters{Size: 14, Bold: true}

func (l *list) page() paper.Page {
	return paper.Page{Marking: l.Marking, Widths: widths(), Letters: regular}
}

// said writes a text over all columns, as many rows as it takes.
func (l *list) said(style int, letters paper.Letters, text string) {
	wide := 0.0
	for _, w := range widths() {
		wide += w
	}
	for _, line := range letters.Break(text, wide) {
		l.line(style, line)
	}
}

func columnsXML() string {
	var out strings.Builder
	for i, w := range widths() {
		fmt.Fprintf(&out, `<col min="%d" max="%[1]d" width="%g" customWidth="1"/>`, i+1, w)
	}
	return out.String()
}

// height is that of a row whose cells wrap: not every program works it out.
func height(style int, looks *styles, values []any) string {
	letters, lines := regular, 1
	switch style {
	case looks.title:
		letters = large
	case looks.wrapped, looks.heading:
		letters.Bold = style == looks.heading
		for i, value := range values {
			if text, ok := value.(string); ok {
				lines = max(lines, letters.Lines(cut(text), widths()[i]))
			}
		}
	}
	return fmt.Sprintf(` ht="%g" customHeight="1"`, letters.Row(lines))
}

func (l *list) hyperlinks() string {
	if l.links.Len() == 0 {
		return ""
	}
	return "<hyperlinks>" + l.links.String() + "</hyperlinks>"
}

// line writes a row; numbers are numbers.
func (l *list) line(style int, values ...any) {
	l.row++
	if len(values) == 0 {
		return
	}
	fmt.Fprintf(&l.rows, `<row r="%d"%s>`, l.row, height(style, l.looks, values))
	for i, value := range values {
		at := spot{column: i + 1, row: l.row}
		switch v := value.(type) {
		case int:
			fmt.Fprintf(&l.rows, `<c r="%s" s="%d"><v>%d</v></c>`, at, style, v)
		case link:
			l.rows.WriteString(textCell(at, l.looks.link, v.at.String()))
			to := "'" + strings.ReplaceAll(v.sheet, "'", "''") + "'!" + v.at.String()
			fmt.Fprintf(&l.links, `<hyperlink ref="%s" location="%s" display="%s"/>`, at, workbook.Escaped(to), v.at)
		case string:
			l.rows.WriteString(textCell(at, style, cut(v)))
		}
	}
	l.rows.WriteString("</row>")
}

// link leads to a cell.
type link struct {
	sheet string
	at    spot
}

// cut keeps a text within what a cell holds.
func cut(text string) string {
	if runes := []rune(text); len(runes) > mostText/2 {
		return string(runes[:mostText/2-3]) + "..."
	}
	return text
}

// write writes what the sheet says.
func (l *list) write() {
	l.said(l.looks.title, large, "Faults found in "+l.File)
	for _, sentence := range l.sentences() {
		l.said(l.looks.plain, regular, sentence)
	}
	l.line(0)
	l.line(l.looks.heading, "Rule", "Faults")
	for _, c := range count(l.Faults, func(f Fault) string { return f.Rule }) {
		l.line(l.looks.wrapped, c.name, c.n)
	}
	l.line(0)
	l.line(l.looks.heading, "Sheet", "Column", "Faults")
	for _, c := range count(l.Faults, func(f Fault) string { return f.Sheet + "\x00" + f.column() }) {
		sheet, column, _ := strings.Cut(c.name, "\x00")
		l.line(l.looks.wrapped, sheet, column, c.n)
	}
	l.line(0)
	l.header = l.row + 1
	l.line(l.looks.heading, "Sheet", "Column", "Row", "Cell", "Value", "Rule", "Effect", "What is wrong and what to do")
	for i, f := range l.Faults[:min(len(l.Faults), mostListed)] {
		at := l.places[i]
		value, message := f.Value, f.Message
		if value == "" {
			value = "(blank)"
		}
		if at.hidden {
			message += " (the row is hidden in the workbook)"
		}
		l.line(l.looks.wrapped, f.Sheet, f.column(), f.Row, link{f.Sheet, at}, value, f.Rule, f.effect(), message)
	}
}

func (f Fault) column() string {
	if f.Name == "" {
		return "(the whole row)"
	}
	return f.Name
}

// sentences say what the workbook is and what to do with it.
func (l *list) sentences() []string {
	rejected, left := map[string]bool{}, map[string]bool{}
	for _, f := range l.Faults {
		by := left
		if f.Rejects {
			by = rejected
		}
		by[f.Sheet+"\x00"+strconv.Itoa(f.Row)] = true
	}
	out := []string{
		fmt.Sprintf("%s. Rows rejected, which count for nothing until they are mended: %d. Rows of which a value is left out: %d.", plural(len(l.Faults), "fault"), len(rejected), len(left)),
		"Each faulty cell has an orange fill, a frame and a comment that begins with FAULT. Each faulty row says so in the column \"" + wordHeader + "\", to the right of its table.",
	}
	if l.Made {
		out = append(out, "This workbook was made of the file that was sent, every value as text, to show where the faults are. Mend them where the file comes from, and send that again.")
	} else {
		out = append(out, "Nothing else of the workbook has been changed. Mend the values, delete this sheet and that column, and send the workbook again under its agreed name.")
	}
	if len(l.Faults) > mostListed {
		out = append(out, fmt.Sprintf("Only the first %d faults are listed here; all are marked.", mostListed))
	}
	perSheet := count(l.Faults, func(f Fault) string { return f.Sheet })
	if len(perSheet) > 0 && perSheet[0].n > mostComments {
		out = append(out, fmt.Sprintf("Of a sheet only the first %d faulty cells have a comment; all are marked.", mostComments))
	}
	return append(out, l.Remarks...)
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

type counted struct {
	name string
	n    int
}

// count counts faults by what they have in common, the most first.
func count(faults []Fault, by func(Fault) string) []counted {
	n := map[string]int{}
	for _, f := range faults {
		n[by(f)]++
	}
	var out []counted
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, counted{name, n[name]})
	}
	slices.SortStableFunc(out, func(a, b counted) int { return cmp.Compare(b.n, a.n) })
	return out
}
