package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
)

// Headers gives, of a workbook that leaves a choice of sheets, each with the header
// that Stage would find on it, so that the caller may say which has the feed's. It is
// empty of any other file, and of one that Stage refuses for its sheets.
func Headers(ctx context.Context, src, name string, o Options) ([]Table, error) {
	f, err := os.Open(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	book, err := openFile(f, name, o)
	if err != nil || book == nil {
		return nil, named(err, name)
	}
	from, err := (&tabler{Options: o}).asked(book.sheets())
	if err != nil || len(from) < 2 {
		return nil, nil // Stage says it again
	}
	var out []Table
	for _, s := range from {
		t := &tabler{Options: o}
		row := int64(o.HeaderRow)
		if row == 0 && len(o.Names) > 0 {
			if _, row, err = t.bestSheet(ctx, book, []sheet{s}); err != nil {
				return nil, named(err, name)
			}
		}
		l, err := t.withHeader(ctx, book, s, row)
		if err != nil {
			return nil, named(err, name)
		}
		if l == nil {
			continue
		}
		if err := l.close(); err != nil {
			return nil, err
		}
		out = append(out, Table{Sheet: s.name, Place: t.table.Place, HeaderRow: t.table.HeaderRow, Header: t.table.Header})
	}
	return out, nil
}

// Header gives the table that Stage would read of the file at src, delivered under name,
// as far as its header, and writes nothing. A file without one gives a *Refusal.
func Header(ctx context.Context, src, name string, o Options) (Table, error) {
	if err := o.Check(); err != nil {
		return Table{}, fmt.Errorf("cannot read %q: %w", name, err)
	}
	f, err := os.Open(src)
	if err != nil {
		return Table{}, err
	}
	defer f.Close()
	book, err := openFile(f, name, o)
	if err != nil {
		return Table{}, named(err, name)
	}
	t := &tabler{Options: o, watch: &observed{}}
	if book != nil {
		l, err := t.choose(ctx, book)
		if err != nil {
			return Table{}, named(err, name)
		}
		return t.table, l.close()
	}
	r, from, err := openCSV(f, t)
	if err != nil {
		return Table{}, named(err, name)
	}
	found, err := t.header(r, from, 0, nil)
	if err == nil && !found {
		err = r.noHeader(o)
	}
	return t.table, named(err, name)
}

// Unread is a sheet of which nothing was read, and how many of its rows hold anything.
type Unread struct {
	Sheet  string
	Hidden bool
	Rows   int64
}

// UnreadSheets counts the rows of every sheet of the workbook at src, delivered under
// name, but those read. It gives none of a CSV, and leaves out empty sheets.
func UnreadSheets(ctx context.Context, src, name string, o Options, read []string) ([]Unread, error) {
	f, err := os.Open(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	book, err := openFile(f, name, o)
	if err != nil || book == nil {
		return nil, named(err, name)
	}
	var out []Unread
	for _, s := range book.sheets() {
		if slices.Contains(read, s.name) {
			continue
		}
		l, err := book.open(ctx, s, &observed{})
		if err != nil {
			return nil, named(err, name)
		}
		u := Unread{Sheet: s.name, Hidden: s.hidden}
		err = cellsOf(ctx, l, s, func(r Row) error {
			if !blank(r.Values) {
				u.Rows++
			}
			return nil
		})
		if err := errors.Join(err, l.close()); err != nil {
			return nil, named(err, name)
		}
		if u.Rows > 0 {
			out = append(out, u)
		}
	}
	return out, nil
}
