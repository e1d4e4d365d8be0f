package extract

import (
	"context"
	"errors"
	"os"
)

// IsExcel tells whether the file at src, delivered under name, is an Excel
// workbook. A file that cannot be read gives a *Refusal.
func IsExcel(src, name string) (bool, error) {
	f, err := os.Open(src)
	if err != nil {
		return false, err
	}
	defer f.Close()
	kind, _, err := sniff(f, name)
	return kind == excel, named(err, name)
}

// IsOpenDocument tells whether the file at src, delivered under name, is an
// OpenDocument spreadsheet. A file that cannot be read gives a *Refusal.
func IsOpenDocument(src, name string) (bool, error) {
	f, err := os.Open(src)
	if err != nil {
		return false, err
	}
	defer f.Close()
	kind, _, err := sniff(f, name)
	return kind == openDocument, named(err, name)
}

// Row is one row of a file as it stands there. A CSV is one sheet without a name.
type Row struct {
	Sheet  string
	Hidden bool     // the sheet
	Row    int64    // as a spreadsheet program shows it
	Line   int64    // of the text, where the record starts
	Values [][]byte // by column; good until the next row
	Cut    bool     // it breaks off: the text ends in it, without a line end
}

// Cells gives every row of the file at src as text, sheet by sheet, those that
// Stage leaves out too.
func Cells(ctx context.Context, src, name string, o Options, each func(Row) error) error {
	return named(cells(ctx, src, name, o, each), name)
}

func cells(ctx context.Context, src, name string, o Options, each func(Row) error) error {
	if err := o.Check(); err != nil {
		return err
	}
	f, err := os.Open(src)
	if err != nil {
		return err
	}
	defer f.Close()
	opened, err := openFile(f, name, o)
	if err != nil {
		return err
	}
	if opened == nil {
		r, _, err := openCSV(f, &tabler{Options: o, watch: &observed{}})
		if err != nil {
			return err
		}
		return cellsOf(ctx, r, sheet{}, each)
	}
	for _, s := range opened.sheets() {
		watch := &observed{}
		if _, excel := opened.(*book); excel { // what lies under merged cells is no row's value
			covered, err := opened.merged(ctx, s, 1, mostRows)
			if err != nil {
				return err
			}
			watch.cover(covered)
		}
		l, err := opened.open(ctx, s, watch)
		if err != nil {
			return err
		}
		if err := errors.Join(cellsOf(ctx, l, s, each), l.close()); err != nil {
			return err
		}
	}
	return nil
}

func cellsOf(ctx context.Context, l lines, s sheet, each func(Row) error) error {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := l.next()
		if err != nil || !more {
			return err
		}
		row, line := l.at()
		if err := each(Row{Sheet: s.name, Hidden: s.hidden, Row: row, Line: line, Values: l.values(), Cut: cutOff(l)}); err != nil {
			return err
		}
	}
}
