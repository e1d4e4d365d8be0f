package extract

import (
	"context"
	"slices"
)

// lines gives the rows of a table one after another, whatever its format.
type lines interface {
	next() (bool, error)   // false after the last; rows without cells may be passed over
	at() (row, line int64) // of the row last read
	values() [][]byte      // its cells by column; good until next
	heads() bool           // it looks like a row that names the columns
	close() error
}

// tabler makes staged rows of lines.
type tabler struct {
	Options
	table  Table
	picker *picker
	ragged bool // rows may have another number of values than the header
	watch  *observed

	chosen  sheet
	covered []span // merged cells known beforehand

	held bool // the line last read is still to be taken
	left []int64
}

func (t *tabler) next(l lines) (bool, error) {
	if t.held {
		t.held = false
		return true, nil
	}
	return l.next()
}

// best finds where the header starts: the row, of the first ones, that has most
// of the expected names. It is 0 if none has enough of them.
func (t *tabler) best(l lines) (row int64, score int, err error) {
	depth := int64(max(1, t.HeaderRows))
	var above [][]string
	var last int64
	for {
		more, err := l.next()
		at, _ := l.at()
		if err != nil || !more || at > headerRows {
			return row, score, err
		}
		if at != last+1 { // a row between is missing
			above = nil
		}
		last = at
		above = append(above, texts(l.values()))
		above = above[max(0, len(above)-int(depth)):]
		names := slices.Concat(above...)
		if depth > 1 {
			names = append(names, joined(above, nil)...)
		}
		if s := t.score(names); s > score && s >= t.enough() {
			row, score = max(1, at-depth+1), s
		}
	}
}

// header reads the rows that name the columns: from the one given on, or from
// the first that looks like one, of those within (0 is no bound). It says false if
// there is none.
func (t *tabler) header(l lines, from, within int64, spans []span) (bool, error) {
	depth := int64(max(1, t.HeaderRows))
	for {
		more, err := t.next(l)
		row, _ := l.at()
		if err != nil || !more || from > 0 && row >= from+depth || from == 0 && within > 0 && row > within {
			return false, err
		}
		if from == 0 && l.heads() {
			from = row
		}
		if from == 0 || row < from {
			continue
		}
		names := [][]string{texts(l.values())}
		for row+1 < from+depth {
			if more, err = t.next(l); err != nil || !more {
				break
			}
			if row, _ = l.at(); row >= from+depth {
				t.held = true
				break
			}
			names = append(names, texts(l.values()))
		}
		t.table.HeaderRow = int(from + depth - 1)
		t.table.Header = trimHeader(joined(names, moved(spans, from)))
		return !blankTexts(t.table.Header), err
	}
}

// rows stages what follows the header.
func (t *tabler) rows(ctx context.Context, l lines, out *parquetFile) (err error) {
	if t.picker, err = newPicker(t.Options, t.table.Header); err != nil {
		return err
	}
	for len(t.table.Header) < t.Width {
		t.table.Header = append(t.table.Header, "")
	}
	width := len(t.table.Header)
	out.begin(width)
	t.watch.begin(width)
	out.watch = t.watch
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := t.next(l)
		if err != nil {
			return err
		}
		if !more {
			out.look()
			return nil
		}
		values := l.values()
		if blank(values) {
			continue
		}
		row, line := l.at()
		if t.leaves(row, line, values) {
			continue
		}
		odd := t.ragged && oddLength(l, width)
		if len(values) > width && !blank(values[width:]) {
			t.table.Widest = max(t.table.Widest, len(values))
			if !t.ragged {
				t.watch.beyond++
			}
		}
		if !t.ragged && len(values) > width {
			values = values[:width]
		}
		if err := out.add(row, line, values, odd); err != nil {
			return err
		}
		t.watch.row()
	}
}

// leaves says whether a row is left out, and keeps it if it is a total.
func (t *tabler) leaves(row, line int64, values [][]byte) bool {
	fate := kept
	switch {
	case row <= int64(t.table.HeaderRow+t.SkipRows):
		fate = leftOut
	case t.picker != nil:
		fate = t.picker.fate(values)
	}
	switch fate {
	case total:
		given := make([]string, len(t.table.Header))
		copy(given, texts(values))
		t.table.Totals = append(t.table.Totals, TotalRow{Row: row, Line: line, Values: given})
	case leftOut:
		t.left = append(t.left, row)
	}
	return fate != kept
}

func texts(values [][]byte) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}
