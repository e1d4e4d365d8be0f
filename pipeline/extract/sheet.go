package extract

import (
	"bytes"
	"io"
	"strconv"
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

	inRows, seenRows bool
}

// close passes over what the content may still complain of: whoever read it to
// its end has been told.
func (r *sheetReader) close() error {
	r.content.Close()
	return nil
}

// next reads a row that has cells; false after the last. Rows stand in the one
// sheetData of the sheet, so a second is damage.
func (r *sheetReader) next() (bool, error) {
	m := r.markup
	for {
		depth := 1 // of what rows or other parts of the sheet are in
		if r.inRows {
			depth = 2
		}
		more, err := m.child(depth)
		switch {
		case err != nil:
			return false, r.damaged(err)
		case !more && r.inRows:
			r.inRows = false
		case !more:
			return false, r.end()
		case r.inRows && m.is(sheetSpace, "row"):
			if err := r.readRow(); err != nil || len(r.cells) > 0 {
				return err == nil, err
			}
		case r.inRows:
		default:
			if err := r.around(); err != nil {
				return false, r.damaged(err)
			}
		}
	}
}

// around reads a part of the sheet that stands before or behind the cells.
func (r *sheetReader) around() error {
	m := r.markup
	switch {
	case m.is(sheetSpace, "sheetData") && r.seenRows:
		return errMarkup
	case m.is(sheetSpace, "sheetData"):
		r.inRows, r.seenRows = true, true
	case m.is(sheetSpace, "cols"):
		return m.each(func() error {
			r.hiddenColumns = r.hiddenColumns || m.is(sheetSpace, "col") && truth(m.attribute("hidden"))
			return nil
		})
	case m.is(sheetSpace, "autoFilter"):
		return m.each(func() error {
			r.filtered = r.filtered || m.is(sheetSpace, "filterColumn")
			return nil
		})
	case m.is(sheetSpace, "mergeCells"):
		return m.each(func() error {
			if s, ok := mergeOf(m); ok {
				r.merge(s)
			}
			return nil
		})
	}
	return nil
}

// mergeOf reads a group of merged cells.
func mergeOf(m *markup) (span, bool) {
	if !m.is(sheetSpace, "mergeCell") {
		return span{}, false
	}
	return spanOf(string(m.attribute("ref")))
}

// end reads what stands behind the sheet's own tag: only at the end of the part
// is its checksum held against what was read.
func (r *sheetReader) end() error {
	for {
		if _, err := r.markup.next(); err == io.EOF {
			return nil
		} else if err != nil {
			return r.damaged(err)
		}
	}
}

func (r *sheetReader) readRow() error {
	m := r.markup
	number := r.number + 1
	if said := m.attribute("r"); said != nil {
		n, err := strconv.ParseInt(string(bytes.TrimSpace(said)), 10, 64)
		if err != nil || n <= r.number {
			return refuse("the sheet %s of the workbook is damaged: what should be row %d, or one below it, says that it is another: %s", r.sheet.told, number, saveAgain)
		}
		number = n
	}
	if number > mostRows {
		return r.damaged(nil)
	}
	r.rowHidden = truth(m.attribute("hidden"))
	r.number, r.now = number, number
	r.enter(number)
	r.row.clear()
	next := 0
	for depth := m.depth; ; {
		more, err := m.child(depth)
		switch {
		case err != nil:
			return r.damaged(err)
		case !more:
			return nil
		case m.is(sheetSpace, "c"):
			if next, err = r.readCell(next); err != nil {
				return r.damaged(err)
			}
		}
	}
}

func (r *sheetReader) damaged(err error) error { return damagedAfter(r.sheet, r.number, err) }
