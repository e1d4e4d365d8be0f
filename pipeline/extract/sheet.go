package extract

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// What a sheet can hold at most, by Excel's own limits.
const mostRows = 1 << 20

// sheetReader reads the cells of a sheet row by row.
type sheetReader struct {
	*book
	sheet sheet
	xml   *xml.Decoder
	row   int // the row last read, as the spreadsheet numbers it
	cells []cell
	text  []byte // of the cells of a row, where it is not kept elsewhere

	rowHidden bool
	found     found
}

// cell is a cell's text, and whether it is text in the workbook, not a number.
type cell struct {
	text  []byte
	words bool
}

// found counts what somebody who looks at the sheet would not expect.
type found struct {
	hiddenRows, beyond, unsaved, merged int
	hiddenColumns, filtered             bool
}

// header reads down to the row that names the columns: the one asked for, or the
// first with at least two cells that are all words. It is nil if there is none.
func (r *sheetReader) header(asked int) ([]string, error) {
	for {
		more, err := r.next()
		if err != nil || !more || r.row > max(asked, headerRows) || asked > 0 && r.row > asked {
			return nil, err
		}
		if asked > 0 && r.row != asked || asked == 0 && !r.wordsOnly() {
			continue
		}
		var header []string
		for _, c := range r.cells {
			header = append(header, string(c.text))
		}
		if header = trimHeader(header); strings.TrimSpace(strings.Join(header, "")) != "" {
			return header, nil
		}
	}
}

func (r *sheetReader) wordsOnly() bool {
	n := 0
	for _, c := range r.cells {
		if len(bytes.TrimSpace(c.text)) == 0 {
			continue
		}
		if !c.words {
			return false
		}
		n++
	}
	return n >= 2
}

// rows reads what follows the header.
func (r *sheetReader) rows(ctx context.Context, width int, out *parquetFile) error {
	var values [][]byte
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		more, err := r.next()
		if err != nil || !more {
			return err
		}
		values = values[:0]
		for _, c := range r.cells {
			values = append(values, c.text)
		}
		if blank(values) {
			continue
		}
		if r.rowHidden {
			r.found.hiddenRows++
		}
		if len(values) > width {
			if !blank(values[width:]) {
				r.found.beyond++
			}
			values = values[:width]
		}
		if err := out.add(int64(r.row), int64(r.row), values, false); err != nil {
			return err
		}
	}
}

// next reads a row that has cells; false after the last.
func (r *sheetReader) next() (bool, error) {
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return false, r.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				return true, r.readRow(t)
			case "col":
				r.found.hiddenColumns = r.found.hiddenColumns || isTrue(attribute(t, "hidden"))
			}
		case xml.EndElement:
			if t.Name.Local == "sheetData" {
				r.after()
				return false, nil
			}
		}
	}
}

// after reads what stands behind the cells, as far as there is any.
func (r *sheetReader) after() {
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return
		}
		if t, ok := token.(xml.StartElement); ok {
			switch t.Name.Local {
			case "mergeCell":
				r.found.merged++
			case "filterColumn":
				r.found.filtered = true
			}
		}
	}
}

func (r *sheetReader) readRow(start xml.StartElement) error {
	number := r.row + 1
	if given := attribute(start, "r"); given != "" {
		n, err := strconv.Atoi(given)
		if err != nil || n <= r.row || n > mostRows {
			return r.damaged()
		}
		number = n
	}
	r.row, r.rowHidden = number, isTrue(attribute(start, "hidden"))
	r.cells, r.text = r.cells[:0], r.text[:0]
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return r.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "c" {
				if err := r.readCell(t); err != nil {
					return err
				}
			}
		case xml.EndElement:
			if t.Name.Local == "row" {
				return nil
			}
		}
	}
}

// readCell reads one cell into its place in the row.
func (r *sheetReader) readCell(start xml.StartElement) error {
	at, style, kind := len(r.cells), 0, ""
	for _, a := range start.Attr {
		switch a.Name.Local {
		case "r":
			if at = columnOf(a.Value); at < 0 {
				return r.damaged()
			}
		case "s":
			style, _ = strconv.Atoi(a.Value)
		case "t":
			kind = a.Value
		}
	}
	from, formula, valued := len(r.text), false, false
	for {
		token, err := r.xml.RawToken()
		if err != nil {
			return r.damaged()
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "f":
				formula = true
			case "v", "is":
				valued = true
				if r.text, err = appendText(r.text, r.xml, t.Name.Local); err != nil {
					return r.damaged()
				}
			}
		case xml.EndElement:
			if t.Name.Local != "c" {
				continue
			}
			if formula && !valued {
				r.found.unsaved++
			}
			text := r.text[from:len(r.text):len(r.text)]
			return r.put(at, style, kind, text)
		}
	}
}

// put takes a cell's text as its type and style say.
func (r *sheetReader) put(at, style int, kind string, text []byte) error {
	c := cell{text: text, words: true}
	switch {
	case len(text) == 0:
	case kind == "s":
		n, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if err != nil || n < 0 || n >= len(r.shared) {
			return r.damaged()
		}
		c.text = r.shared[n]
	case kind == "b":
		c = cell{text: []byte(map[string]string{"1": "TRUE", "0": "FALSE"}[string(text)])}
	case kind == "d":
		c = cell{text: isoDate(text)}
	case kind == "" || kind == "n":
		c = cell{text: r.number(text, style)}
	}
	for len(r.cells) <= at {
		r.cells = append(r.cells, cell{})
	}
	r.cells[at] = c
	return nil
}

// number writes a number as the sheet shows it to be: a date, or the number.
func (r *sheetReader) number(text []byte, style int) []byte {
	from := len(r.text)
	r.text = appendNumber(r.text, string(bytes.TrimSpace(text)), r.kind(style), r.from1904)
	return r.text[from:len(r.text):len(r.text)]
}

func (r *sheetReader) damaged() error {
	return refuse("the sheet %q of the workbook is damaged after row %d: %s", r.sheet.name, r.row, saveAgain)
}

// notes say what was found, for people.
func (r *sheetReader) notes() []string {
	var notes []string
	add := func(n int, one, many string) {
		switch {
		case n == 1:
			notes = append(notes, one)
		case n > 1:
			notes = append(notes, fmt.Sprintf(many, n))
		}
	}
	if r.sheet.hidden {
		notes = append(notes, "the sheet is hidden in the workbook")
	}
	add(r.found.hiddenRows, "1 row is hidden in the workbook and was read", "%d rows are hidden in the workbook and were read")
	if r.found.filtered {
		notes = append(notes, "the sheet has a filter on; rows that it hides were read")
	}
	if r.found.hiddenColumns {
		notes = append(notes, "columns are hidden in the workbook and were read")
	}
	add(r.found.merged, "1 group of cells is merged; only its first cell has the value", "%d groups of cells are merged; only the first cell of each has the value")
	add(r.found.beyond, "1 row has values to the right of the last column named; they were left out", "%d rows have values to the right of the last column named; they were left out")
	add(r.found.unsaved, "1 formula has no saved result and reads as blank: open the workbook in Excel and save it", "%d formulas have no saved result and read as blank: open the workbook in Excel and save it")
	return notes
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }

// columnOf gives the column of a cell such as AB12, from 0; -1 if it is none.
func columnOf(ref string) int {
	n := 0
	for i := 0; i < len(ref); i++ {
		c := ref[i]
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > mostColumns {
			return -1
		}
	}
	return n - 1
}

// appendText reads the text within an element, up to its end. Where it holds
// runs of text (t), it is theirs, without the readings of Japanese names (rPh).
func appendText(to []byte, d *xml.Decoder, element string) ([]byte, error) {
	inText, reading := element == "v", false
	from := len(to)
	for {
		token, err := d.RawToken()
		if err != nil {
			return to, io.ErrUnexpectedEOF
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "t":
				inText = !reading
			case "rPh":
				reading = true
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "t":
				inText = false
			case "rPh":
				reading = false
			case element:
				return unescape(to, from), nil
			}
		case xml.CharData:
			if inText {
				to = append(to, t...)
			}
		}
	}
}

// unescape turns the characters that XML cannot hold, written _x000D_, into
// themselves.
func unescape(b []byte, from int) []byte {
	if !bytes.Contains(b[from:], []byte("_x")) {
		return b
	}
	out := b[:from]
	for rest := b[from:]; len(rest) > 0; {
		if len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if n, err := strconv.ParseUint(string(rest[2:6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				rest = rest[7:]
				continue
			}
		}
		out = append(out, rest[0])
		rest = rest[1:]
	}
	return out
}
