package extract

import (
	"bytes"
	"io"
)

// mostColumns is what a spreadsheet can hold; a text with more is no table.
const mostColumns = 16384

var delimiters = []struct {
	name string
	char byte
}{{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}}

// readCSV reads text that a delimiter divides into columns.
func readCSV(f io.Reader, o Options, out *parquetFile) (Table, error) {
	r := &recordReader{line: 1}
	table := Table{}
	var err error
	if r.src, table.Encoding, err = decode(f, o.Encoding); err != nil {
		return table, err
	}
	r.encoding = table.Encoding
	if err := r.fill(); err != nil {
		return table, err
	}
	table.Delimiter = r.setDelimiter(o)
	if err := r.header(o, &table); err != nil {
		return table, err
	}
	out.begin(len(table.Header))
	for {
		more, err := r.next()
		if err != nil || !more {
			return table, err
		}
		if blank(r.fields) {
			continue
		}
		if err := out.add(r.row, r.started, r.fields, oddLength(r.fields, len(table.Header))); err != nil {
			return table, err
		}
	}
}

// oddLength says whether a record has another number of fields than the
// header; empty ones at its end do no harm.
func oddLength(fields [][]byte, width int) bool {
	if len(fields) <= width {
		return len(fields) < width
	}
	return !blank(fields[width:])
}

func blank(fields [][]byte) bool {
	for _, f := range fields {
		if len(bytes.TrimSpace(f)) > 0 {
			return false
		}
	}
	return true
}

// setDelimiter takes the delimiter asked for, or the one that divides the
// header into the most columns, and gives its name.
func (r *recordReader) setDelimiter(o Options) string {
	best, most := delimiters[0], 0
	for _, d := range delimiters {
		if o.Delimiter == d.name {
			best = d
			break
		}
		if n := r.headerWidth(d.char, o.HeaderRow); n > most {
			best, most = d, n
		}
	}
	r.delimit(best.char)
	return best.name
}

// headerWidth counts the columns the header has under a delimiter, without
// moving on.
func (r *recordReader) headerWidth(delimiter byte, headerRow int) int {
	ahead := *r
	ahead.fields, ahead.scratch = nil, nil
	ahead.delimit(delimiter)
	for {
		n, lines, err := ahead.record()
		ahead.advance(n, lines)
		used := 0
		for _, f := range ahead.fields {
			if len(bytes.Trim(f, " ,;\t")) > 0 {
				used++
			}
		}
		if err != nil || n == 0 || headerRow == 0 && used > 0 || ahead.row == int64(headerRow) {
			return used
		}
	}
}

// header reads up to the header row.
func (r *recordReader) header(o Options, table *Table) error {
	for {
		more, err := r.next()
		switch {
		case err != nil:
			return err
		case !more && o.HeaderRow > 0:
			return refuse("the file ends before row %d, where the header is agreed to be: send it with its header, or change the header row in the provider's mapping", o.HeaderRow)
		case !more:
			return refuse("the file holds no text: its first row must name the columns")
		case r.row < int64(o.HeaderRow):
			continue
		case blank(r.fields) && o.HeaderRow > 0:
			return refuse("row %d, where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping", o.HeaderRow)
		case blank(r.fields):
			continue
		case len(r.fields) > mostColumns:
			return refuse("the header has %d columns, more than a spreadsheet can hold: is it a table? Its first row must name the columns", len(r.fields))
		}
		for _, f := range r.fields {
			table.Header = append(table.Header, string(f))
		}
		table.Header = trimHeader(table.Header)
		table.HeaderRow = int(r.row)
		return nil
	}
}
