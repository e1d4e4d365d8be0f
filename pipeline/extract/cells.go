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

// Cells gives every row of the file at src as text, sheet by sheet, those that
// Stage leaves out too: the row a spreadsheet program shows and its values, which
// hold until the next. A CSV is one sheet without a name.
func Cells(ctx context.Context, src, name string, o Options, each func(sheet string, row int64, values [][]byte) error) error {
	if err := o.check(); err != nil {
		return err
	}
	f, err := os.Open(src)
	if err != nil {
		return err
	}
	defer f.Close()
	kind, archive, err := sniff(f, name)
	if err != nil {
		return named(err, name)
	}
	if kind == text {
		r, _, err := openCSV(f, &tabler{Options: o, watch: &observed{}})
		if err != nil {
			return named(err, name)
		}
		return named(cellsOf(ctx, r, "", each), name)
	}
	book, err := openWorkbook(kind, archive)
	if err != nil {
		return named(err, name)
	}
	for _, s := range book.sheets() {
		l, err := book.open(ctx, s, &observed{})
		if err != nil {
			return named(err, name)
		}
		if err := errors.Join(cellsOf(ctx, l, s.name, each), l.close()); err != nil {
			return named(err, name)
		}
	}
	return nil
}

func cellsOf(ctx context.Context, l lines, sheet string, each func(string, int64, [][]byte) error) error {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		more, err := l.next()
		if err != nil || !more {
			return err
		}
		row, _ := l.at()
		if err := each(sheet, row, l.values()); err != nil {
			return err
		}
	}
}
