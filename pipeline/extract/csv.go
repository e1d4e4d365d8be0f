package extract

import (
	"bytes"
	"context"
	"os"
	"slices"
)

// mostColumns is what a spreadsheet can hold; a text with more is no table.
const mostColumns = 16384

type delimiter struct {
	name string
	char byte
}

var delimiters = []delimiter{{"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'}}

// openCSV finds out how a text is written. It gives the row the header starts
// in, 0 if it is still to be found.
func openCSV(f *os.File, t *tabler) (r *recordReader, from int64, err error) {
	o := t.Options
	encoding := o.Encoding
	if encoding == detectName {
		if encoding, err = detect(f); err != nil {
			return nil, 0, err
		}
	}
	r = &recordReader{line: 1, typed: true}
	if r.src, t.table.Encoding, err = decode(f, encoding); err != nil {
		return nil, 0, err
	}
	if r.encoding = t.table.Encoding; r.encoding == windowsName {
		r.mixing = &t.watch.mixing
	}
	if err := r.fill(); err != nil {
		return nil, 0, err
	}
	r.separatorLine(&o)
	from, err = r.setDelimiter(t, o)
	return r, from, err
}

// readCSV reads text that a delimiter divides into columns.
func readCSV(ctx context.Context, f *os.File, o Options, out *parquetFile) (Table, error) {
	t := &tabler{Options: o, ragged: true, watch: &observed{}}
	r, from, err := openCSV(f, t)
	if err != nil {
		return t.table, err
	}
	found, err := t.header(r, from, 0, nil)
	switch {
	case err != nil:
		return t.table, err
	case !found:
		return t.table, r.noHeader(o)
	case len(r.fields) > mostColumns:
		return t.table, refuse("the header has %d columns, more than a spreadsheet can hold: is it a table? Its first row must name the columns", len(r.fields))
	}
	err = t.rows(ctx, r, out)
	t.finish()
	return t.table, err
}

func (r *recordReader) at() (row, line int64) { return r.row, r.started }
func (r *recordReader) values() [][]byte      { return r.fields }
func (r *recordReader) heads() bool           { return !blank(r.fields) }
func (r *recordReader) close() error          { return nil }

func (r *recordReader) noHeader(o Options) error {
	switch {
	case o.HeaderRow > 0 && r.row < int64(o.HeaderRow):
		return refuse("the file ends before row %d, where the header is agreed to be: send it with its header, or change the header row in the provider's mapping", o.HeaderRow)
	case o.HeaderRow > 0:
		return refuse("row %d, where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping", o.HeaderRow)
	}
	return refuse("the file holds no text: its first row must name the columns")
}

// separatorLine passes over a first line such as sep=; by which a file tells
// Excel its delimiter, and takes its word.
func (r *recordReader) separatorLine(o *Options) {
	b := r.buf[r.pos:r.end]
	if len(b) < 6 || !bytes.EqualFold(b[:4], []byte("sep=")) || b[5] != '\n' && b[5] != '\r' {
		return
	}
	for _, d := range delimiters {
		if d.char == b[4] && o.Delimiter == "" {
			o.Delimiter = d.name
		}
	}
	n := 6
	if b[5] == '\r' && len(b) > 6 && b[6] == '\n' {
		n++
	}
	r.advance(n, 1)
}

// oddLength says whether a record has values that the header has no names for, or was
// broken off. Fewer values than names are blanks at its end, which Excel leaves off.
func oddLength(l lines, width int) bool {
	fields := l.values()
	if len(fields) > width {
		return !blank(fields[width:])
	}
	return len(fields) < width && cutOff(l)
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
// header best: into the most names looked for, else into the most columns. It
// gives the row the header starts in, 0 if it is still to be found.
func (r *recordReader) setDelimiter(t *tabler, o Options) (from int64, err error) {
	from = int64(o.HeaderRow)
	best, mostNames, most := delimiters[0], 0, 0
	for _, d := range delimiters {
		if o.Delimiter != "" && o.Delimiter != d.name {
			continue
		}
		var names int
		var at int64
		if o.HeaderRow == 0 && len(o.Names) > 0 {
			ahead := &ahead{*r}
			ahead.fields, ahead.scratch = nil, nil
			ahead.delimit(d.char)
			if at, names, err = t.best(ahead); err != nil {
				return 0, err
			}
		}
		width := r.headerWidth(d.char, o.HeaderRow)
		if names > mostNames || names == mostNames && width > most {
			best, mostNames, most = d, names, width
			if names > 0 {
				from = at
			}
		}
	}
	if o.Delimiter != "" {
		best = delimiters[slices.IndexFunc(delimiters, func(d delimiter) bool { return d.name == o.Delimiter })]
	}
	r.delimit(best.char)
	t.table.Delimiter = best.name
	return from, nil
}

// ahead reads the records of the first block without moving on.
type ahead struct{ recordReader }

func (a *ahead) next() (bool, error) {
	n, lines, err := a.record()
	if err != nil || n == 0 {
		return false, nil // told of when it is read in earnest
	}
	a.advance(n, lines)
	return true, nil
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
			if len(bytes.Trim(f, " ,;\t|")) > 0 {
				used++
			}
		}
		if err != nil || n == 0 || headerRow == 0 && used > 0 || ahead.row == int64(headerRow) {
			return used
		}
	}
}
