package extract

import (
	"bytes"
	"context"
	"io"
	"math"
	"strconv"
	"unicode/utf8"
)

// mostCopies bounds the cells that rows said to be repeated come to: a sheet
// may say in one line that it is full.
const mostCopies = 4 << 20

// odsReader reads the cells of an OpenDocument sheet row by row.
type odsReader struct {
	ctx     context.Context
	sheet   sheet
	content io.ReadCloser
	markup  *markup
	depth   int // of the sheet's tag
	row
	*observed

	styles   *openStyles
	byColumn []string // the style of each column's cells that have none of their own
	rowStyle string

	repeats int64 // how often the row last read comes again
	copies  int64
}

// close passes over what the content may still complain of: whoever read it to
// its end has been told.
func (r *odsReader) close() error {
	r.content.Close()
	return nil
}

// next reads a row that has cells, or gives the last one again; false after the last.
func (r *odsReader) next() (bool, error) {
	if r.repeats > 0 {
		r.repeats--
		r.number++
		r.now = r.number
		return true, nil
	}
	m := r.markup
	for {
		t, err := m.next()
		if err != nil {
			return false, r.damaged(noEnd(err))
		}
		if t == endTag && m.depth < r.depth {
			return false, nil
		}
		if t != startTag {
			continue
		}
		switch {
		case m.is(tableSpace, "table-row"):
			if err := r.readRow(); err != nil || len(r.cells) > 0 {
				return err == nil, err
			}
		case m.is(tableSpace, "table-column"):
			r.hiddenColumns = r.hiddenColumns || isHidden(m.attributeIn(tableSpace, "visibility"))
			style := textOf(m.attributeIn(tableSpace, "default-cell-style-name"))
			for range min(r.count("number-columns-repeated"), int64(mostColumns-len(r.byColumn))) {
				r.byColumn = append(r.byColumn, style)
			}
		case m.space == tableSpace && groupsOf[string(m.name)]:
		default: // what is drawn on the sheet, its filters and its names
			if err := m.skip(); err != nil {
				return false, r.damaged(err)
			}
		}
	}
}

// groupsOf are the elements that only hold columns or rows.
var groupsOf = map[string]bool{"table-columns": true, "table-header-columns": true, "table-column-group": true,
	"table-rows": true, "table-header-rows": true, "table-row-group": true}

func isHidden(visibility []byte) bool {
	return string(visibility) == "collapse" || string(visibility) == "filter"
}

func (r *odsReader) damaged(err error) error { return damagedAfter(r.sheet, r.number, err) }

// count reads how often a cell or a row is repeated.
func (r *odsReader) count(name string) int64 {
	n, err := strconv.ParseInt(string(r.markup.attributeIn(tableSpace, name)), 10, 64)
	if err != nil || n < 1 {
		return 1
	}
	return min(n, math.MaxInt32)
}

// readRow reads a row into cells; rows without any are only counted.
func (r *odsReader) readRow() error {
	m := r.markup
	again := r.count("number-rows-repeated")
	visibility := m.attributeIn(tableSpace, "visibility")
	r.rowHidden = isHidden(visibility)
	filtered := string(visibility) == "filter"
	r.rowStyle = textOf(m.attributeIn(tableSpace, "default-cell-style-name"))
	r.number++
	r.now = r.number
	r.row.clear()
	at := 0
	for depth := m.depth; ; {
		more, err := m.child(depth)
		switch {
		case err != nil:
			return r.damaged(err)
		case !more:
			r.filtered = r.filtered || filtered
			return r.repeat(again)
		case m.is(tableSpace, "table-cell"), m.is(tableSpace, "covered-table-cell"):
			if at, err = r.readCell(at); err != nil {
				return r.damaged(err)
			}
		}
	}
}

// repeat takes in how often a row comes.
func (r *odsReader) repeat(n int64) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if len(r.cells) == 0 {
		r.number += n - 1
		return nil
	}
	r.repeats = n - 1
	if r.number > mostRows {
		return r.damaged(nil)
	}
	if r.copies += r.repeats * int64(len(r.cells)); r.copies > mostCopies || r.number+r.repeats > mostRows {
		return refuse("the sheet %s says that row %d comes %d times, which no table needs: delete the rows below the table, save the file again and send that", r.sheet.told, r.number, n)
	}
	return nil
}

// valuesOf names, for a type of cell, the attribute that has its value.
var valuesOf = map[string]string{"float": "value", "currency": "value", "percentage": "value", "date": "date-value",
	"time": "time-value", "boolean": "boolean-value", "string": "string-value"}

// readCell reads a cell into the row as often as it is repeated, from the
// column given, and gives the next column.
func (r *odsReader) readCell(at int) (int, error) {
	m := r.markup
	again := int(r.count("number-columns-repeated"))
	covered := string(m.name) == "covered-table-cell"
	c := odsCell{formula: m.attributeIn(tableSpace, "formula") != nil, kind: string(m.attributeIn(officeSpace, "value-type"))}
	c.wrong = string(m.attributeIn(calcSpace, "value-type")) == "error"
	c.format, c.styled = r.formatAt(at)
	if name := valuesOf[c.kind]; name != "" {
		value := m.attributeIn(officeSpace, name)
		var err error
		if c.valued = value != nil; c.valued {
			if c.value, err = appendDecoded(nil, value); err != nil {
				return 0, err
			}
		}
	}
	r.span(at, r.count("number-columns-spanned"), r.count("number-rows-spanned"))
	shown, err := r.readShown()
	if err != nil {
		return 0, err
	}
	c.shown = r.text[shown:len(r.text):len(r.text)]
	is, f, text := c.take()
	if covered && len(text) > 0 && r.bury(r.number) {
		text = nil
	}
	if len(text) == 0 {
		if c.formula && c.kind == "" {
			r.unsaved++
		}
		return min(at+again, mostRows), nil
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 || at+again > mostColumns {
		return 0, errMarkup
	}
	for range again {
		r.put(at, is, text)
		r.cell(at, is, f, text)
		at++
	}
	return at, nil
}

// formatAt gives how the cell just started shows numbers: by its own style, or its
// row's, or its column's; false where none says.
func (r *odsReader) formatAt(at int) (format, bool) {
	if style := r.markup.attributeIn(tableSpace, "style-name"); style != nil {
		return r.styles.of(textOf(style))
	}
	if r.rowStyle == "" && at < len(r.byColumn) {
		return r.styles.of(r.byColumn[at])
	}
	return r.styles.of(r.rowStyle)
}

// span keeps a group of merged cells.
func (r *odsReader) span(at int, columns, rows int64) {
	if columns > 1 || rows > 1 {
		r.merge(span{row: r.number, lastRow: r.number + rows - 1, column: at, lastColumn: at + int(columns) - 1})
	}
}

// readShown reads the paragraphs of the cell just started, which are what is
// seen in it, into the row's text, and gives where they start.
func (r *odsReader) readShown() (from int, err error) {
	m := r.markup
	from = len(r.text)
	paragraphs := 0
	for depth := m.depth; ; {
		more, err := m.child(depth)
		if err != nil || !more {
			return from, err
		}
		if m.is(textSpace, "p") || m.is(textSpace, "h") { // else remarks, pictures
			if paragraphs++; paragraphs > 1 {
				r.text = append(r.text, '\n')
			}
			if r.text, err = appendParagraph(r.text, from, m); err != nil {
				return from, err
			}
		}
	}
}

// appendParagraph reads the text of a paragraph: white space in the file is
// one space, and spaces, tabs and line ends meant as such are tags of their own.
func appendParagraph(to []byte, cell int, m *markup) ([]byte, error) {
	spaced := true // what is to be left out at the start, or after a space
	for depth := m.depth; ; {
		t, err := m.next()
		switch {
		case err != nil:
			return to, noEnd(err)
		case t == endTag && m.depth < depth:
			return to, nil
		case t == chars:
			to, spaced = appendSpaced(to, m.text, spaced)
		case t == startTag:
			switch {
			case m.is(textSpace, "s"):
				n, err := strconv.Atoi(string(m.attributeIn(textSpace, "c")))
				if err != nil || n < 1 {
					n = 1
				}
				to = append(to, bytes.Repeat([]byte{' '}, min(n, mostCell))...)
			case m.is(textSpace, "tab"):
				to = append(to, '\t')
			case m.is(textSpace, "line-break"):
				to = append(to, '\n')
			case m.space != textSpace, m.is(textSpace, "note"), m.is(textSpace, "ruby-text"):
				if err := m.skip(); err != nil {
					return to, err
				}
				continue
			}
			spaced = false
		}
		if len(to)-cell > mostCell {
			return to, tooMuch("has a cell of more than a million characters")
		}
	}
}

func appendSpaced(to, text []byte, spaced bool) ([]byte, bool) {
	for _, c := range text {
		space := c == ' ' || c == '\n' || c == '\t' || c == '\r'
		switch {
		case !space:
			to = append(to, c)
		case !spaced:
			to = append(to, ' ')
		}
		spaced = space
	}
	return to, spaced
}
