package extract

import (
	"bytes"
	"io"
	"strconv"
	"unicode/utf8"
)

// What a sheet can hold at most, by Excel's own limits. Excel keeps 32,767
// characters in a cell; other programs more.
const (
	mostRows  = 1 << 20
	mostCell  = 1 << 20
	mostSpans = 4096
)

// cellKind is what a cell holds in its workbook.
type cellKind byte

const (
	noCell cellKind = iota
	textCell
	numberCell
	dateCell // told as a date, not as a number shown as one
	truthCell
	errorCell
)

// row holds the cells of a row.
type row struct {
	number int64 // as the spreadsheet numbers it
	cells  [][]byte
	kinds  []cellKind
	text   []byte // of cells that is not kept elsewhere
}

func (r *row) at() (row, line int64) { return r.number, r.number }
func (r *row) values() [][]byte      { return r.cells }

func (r *row) clear() {
	r.cells, r.kinds, r.text = r.cells[:0], r.kinds[:0], r.text[:0]
}

// put sets a cell; those before it that are not there are empty.
func (r *row) put(at int, kind cellKind, text []byte) {
	for len(r.cells) < at {
		r.cells, r.kinds = append(r.cells, nil), append(r.kinds, noCell)
	}
	if len(r.cells) == at {
		r.cells, r.kinds = append(r.cells, text), append(r.kinds, kind)
		return
	}
	r.cells[at], r.kinds[at] = text, kind
}

// heads says whether a row looks like names: at least two cells, all of text.
func (r *row) heads() bool {
	n := 0
	for i, c := range r.cells {
		if len(bytes.TrimSpace(c)) == 0 {
			continue
		}
		if r.kinds[i] != textCell {
			return false
		}
		n++
	}
	return n >= 2
}

// sheetReader reads the cells of an Excel sheet row by row.
type sheetReader struct {
	*book
	sheet   sheet
	content io.ReadCloser
	markup  *markup
	row
	*observed
}

// close passes over what the content may still complain of: whoever read it to
// its end has been told.
func (r *sheetReader) close() error {
	r.content.Close()
	return nil
}

// next reads a row that has cells; false after the last.
func (r *sheetReader) next() (bool, error) {
	for {
		t, err := r.markup.next()
		switch {
		case err != nil:
			return false, r.damaged(err)
		case t == startTag && string(r.markup.name) == "row":
			if err := r.readRow(); err != nil || len(r.cells) > 0 {
				return err == nil, err
			}
		case t == startTag && string(r.markup.name) == "col":
			r.hiddenColumns = r.hiddenColumns || truth(r.markup.attribute("hidden"))
		case t == endTag && string(r.markup.name) == "sheetData":
			return false, r.after()
		}
	}
}

// after reads what stands behind the cells, as far as there is any. Only at the
// end of the part is its checksum held against what was read.
func (r *sheetReader) after() error {
	for {
		t, err := r.markup.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return r.damaged(err)
		}
		if t != startTag {
			continue
		}
		switch string(r.markup.name) {
		case "mergeCell":
			r.groups++
			if s, ok := spanOf(r.markup.attributeText("ref")); ok && s.row <= 2*headerRows && len(r.spans) < mostSpans {
				r.spans = append(r.spans, s)
			}
		case "filterColumn":
			r.filtered = true
		}
	}
}

func (r *sheetReader) readRow() error {
	number := r.number + 1
	r.rowHidden = false
	for _, g := range r.markup.given {
		switch string(g.name) {
		case "r":
			n, err := strconv.ParseInt(string(g.value), 10, 64)
			if err != nil || n <= r.number || n > mostRows {
				return r.damaged(nil)
			}
			number = n
		case "hidden":
			r.rowHidden = truth(g.value)
		}
	}
	if number > mostRows {
		return r.damaged(nil)
	}
	r.number, r.now = number, number
	r.row.clear()
	next := 0
	for {
		t, err := r.markup.next()
		switch {
		case err != nil:
			return r.damaged(err)
		case t == endTag && string(r.markup.name) == "row":
			return nil
		case t == startTag && string(r.markup.name) == "c":
			if next, err = r.readCell(next); err != nil {
				return err
			}
		}
	}
}

// readCell reads one cell into its place in the row, the one given unless it
// says another, and gives the next.
func (r *sheetReader) readCell(at int) (int, error) {
	m := r.markup
	at, style, kind := r.cellTag(at)
	if at < 0 || at >= mostColumns {
		return 0, r.damaged(nil)
	}
	from, formula, valued := len(r.text), false, false
	for depth := m.depth; ; {
		t, err := m.next()
		if err != nil {
			return 0, r.damaged(err)
		}
		if t == endTag && m.depth < depth {
			break
		}
		if t != startTag {
			continue
		}
		switch string(m.name) {
		case "f":
			formula = true
		case "v", "is":
			valued = true
			if r.text, err = appendText(r.text, m); err != nil {
				return 0, r.damaged(err)
			}
		}
	}
	text := r.text[from:len(r.text):len(r.text)]
	if formula && !valued {
		r.unsaved++
	}
	if len(text) == 0 {
		return at + 1, nil
	}
	return at + 1, r.take(at, style, kind, text)
}

// cellTag reads where a cell is (-1 if nowhere), its style and its type, by the
// type's first letter: that tells it, but for "str", which is given as t.
func (r *sheetReader) cellTag(at int) (column, style int, kind byte) {
	for _, g := range r.markup.given {
		switch string(g.name) {
		case "r":
			at = columnOf(g.value)
		case "s":
			style, _ = strconv.Atoi(string(g.value))
		case "t":
			if kind = 'n'; string(g.value) == "str" {
				kind = 't'
			} else if len(g.value) > 0 {
				kind = g.value[0]
			}
		}
	}
	return at, style, kind
}

// take puts a cell's text as its type and style say.
func (r *sheetReader) take(at, style int, kind byte, text []byte) error {
	is, shown := textCell, format{}
	switch kind {
	case 's':
		n, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if text = r.shared.text(n); err != nil || text == nil {
			return r.damaged(nil)
		}
	case 'b':
		if is = truthCell; string(text) == "1" {
			text = []byte("TRUE")
		} else {
			text = []byte("FALSE")
		}
	case 'd':
		is, text = dateCell, isoDate(text)
	case 'e':
		is = errorCell
	case 0, 'n':
		is, shown = numberCell, r.format(style)
		from := len(r.text)
		r.text = appendNumber(r.text, string(bytes.TrimSpace(text)), shown, r.from1904)
		text = r.text[from:len(r.text):len(r.text)]
	}
	r.put(at, is, text)
	r.cell(at, is, shown, text)
	return nil
}

func (r *sheetReader) damaged(err error) error { return damagedAfter(r.sheet, r.number, err) }

func truth(b []byte) bool { return string(b) == "1" || string(b) == "true" }

// columnOf gives the column of a cell such as AB12, from 0; -1 if it is none.
func columnOf(ref []byte) int {
	n := 0
	for _, c := range ref {
		if c < 'A' || c > 'Z' {
			break
		}
		if n = n*26 + int(c-'A') + 1; n > mostColumns {
			return -1
		}
	}
	return n - 1
}

// spanOf reads merged cells, such as B1:D2.
func spanOf(ref string) (span, bool) {
	first, last, found := bytes.Cut([]byte(ref), []byte(":"))
	row := func(cell []byte) int64 {
		n, _ := strconv.ParseInt(string(bytes.TrimLeft(cell, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")), 10, 64)
		return n
	}
	s := span{row: row(first), lastRow: row(last), column: columnOf(first), lastColumn: columnOf(last)}
	return s, found && s.row > 0 && s.lastRow >= s.row && s.column >= 0 && s.lastColumn >= s.column
}

// appendText reads the text within the element just started, up to its end.
// Where that holds runs of text (t), it is theirs, without the readings of Japanese
// names (rPh).
func appendText(to []byte, m *markup) ([]byte, error) {
	inText, reading := string(m.name) == "v", false
	from := len(to)
	for depth := m.depth; ; {
		t, err := m.next()
		switch {
		case err != nil:
			return to, noEnd(err)
		case t == chars:
			if inText {
				if to = append(to, m.text...); len(to)-from > mostCell {
					return to, tooMuch("has a cell of more than a million characters")
				}
			}
		case t == endTag && m.depth < depth:
			if to = unescape(to, from); !utf8.Valid(to[from:]) || bytes.IndexByte(to[from:], 0) >= 0 {
				return to, errMarkup
			}
			return to, nil
		case string(m.name) == "t":
			inText = t == startTag && !reading
		case string(m.name) == "rPh":
			reading = t == startTag
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
