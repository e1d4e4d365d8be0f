package extract

import (
	"bytes"
	"strconv"
)

// readCell reads one cell into its place in the row, the one given unless it
// says another, and gives the next. The cell's type decides which of its parts is its
// value; two of them, or two cells of one place, are damage.
func (r *sheetReader) readCell(at int) (int, error) {
	m := r.markup
	at, style, kind := r.cellTag(at)
	if at < 0 || at >= mostColumns {
		return 0, errMarkup
	}
	from, formula, valued := len(r.text), false, false
	for depth := m.depth; ; {
		more, err := m.child(depth)
		if err != nil {
			return 0, err
		}
		if !more {
			break
		}
		inline, plain := m.is(sheetSpace, "is"), m.is(sheetSpace, "v")
		formula = formula || m.is(sheetSpace, "f")
		switch {
		case inline && kind == 'i' || plain && kind != 'i':
			if valued {
				return 0, errMarkup
			}
			valued = true
		default:
			continue
		}
		if inline {
			r.text, err = appendRich(r.text, m)
		} else {
			r.text, err = appendPlainText(r.text, m)
		}
		if err != nil {
			return 0, err
		}
	}
	text := r.text[from:len(r.text):len(r.text)]
	if formula && !valued {
		r.unsaved++
	}
	if len(text) == 0 {
		return at + 1, nil
	}
	if at < len(r.cells) && r.kinds[at] != noCell {
		return 0, errMarkup
	}
	if r.under(r.number, at) && r.bury(r.number) {
		return at + 1, nil
	}
	return at + 1, r.take(at, style, kind, text)
}

// cellTag reads where a cell is (-1 if nowhere, or in another row), its style and
// its type, by the type's first letter: that tells it, but for "str", which is given as t.
func (r *sheetReader) cellTag(at int) (column, style int, kind byte) {
	for _, g := range r.markup.given {
		switch {
		case len(g.prefix) > 0:
		case string(g.name) == "r":
			var row int64
			if at, row = cellOf(g.value); row > 0 && row != r.number {
				at = -1
			}
		case string(g.name) == "s":
			style, _ = strconv.Atoi(string(g.value))
		case string(g.name) == "t":
			kind = typeOf(g.value)
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
		is, text = truthOf(text)
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

// truth reads a word for yes or no of XML Schema; what is none is no.
func truth(b []byte) bool {
	_, text := truthOf(b)
	return string(text) == "TRUE"
}

// truthOf gives such a word as a spreadsheet shows it; another text is a text.
func truthOf(b []byte) (cellKind, []byte) {
	switch string(bytes.TrimSpace(b)) {
	case "1", "true":
		return truthCell, []byte("TRUE")
	case "0", "false":
		return truthCell, []byte("FALSE")
	}
	return textCell, b
}

// cellOf gives the column of a cell such as AB12, from 0, and its row; -1 and 0
// where it says none.
func cellOf(ref []byte) (column int, row int64) {
	i := 0
	for ; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		if column = column*26 + int(ref[i]-'A') + 1; column > mostColumns {
			return -1, 0
		}
	}
	for ; i < len(ref); i++ {
		if row = row*10 + int64(ref[i]-'0'); ref[i] < '0' || ref[i] > '9' || row > mostRows {
			return -1, 0
		}
	}
	return column - 1, row
}

// spanOf reads merged cells, such as B1:D2.
func spanOf(ref string) (span, bool) {
	first, last, found := bytes.Cut([]byte(ref), []byte(":"))
	var s span
	s.column, s.row = cellOf(first)
	s.lastColumn, s.lastRow = cellOf(last)
	return s, found && s.row > 0 && s.lastRow >= s.row && s.column >= 0 && s.lastColumn >= s.column
}
