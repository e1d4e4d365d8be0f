// Package extract reads what a provider sent, a CSV or a workbook (of Excel or
// OpenDocument), as text with row numbers, and stages it as Parquet. It guesses no types: dates of a
// workbook become ISO text because the workbook says they are dates; all else is
// the provider's own text, judged later by the contract.
//
// A staged file has the columns row (the row a spreadsheet program shows: the
// header and blank lines count), line (the text line where the record starts;
// the row, of a workbook), fields (how many fields the record has, where it has values
// beyond the header's or the file breaks off in it) and c1, c2, ... for each header position; an empty cell is
// NULL. Rows that are blank all over are left out.
//
// The reader is our own since every row must carry the row number that a
// spreadsheet shows and nothing may be guessed; the Parquet it writes is the
// hand-over to DuckDB (2026-11-23). It is written by github.com/apache/arrow-go/v18,
// the Arrow project's own and the present home of github.com/apache/arrow/go, at the
// speed of DuckDB's reader. Workbooks are read with excelize, the only maintained Go
// library that reads and writes XLSX whole, Windows-1252 with the Go project's
// golang.org/x/text.
package extract

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Reader is the number of this reader. It is part of a staged file's key and
// is raised when the same bytes would be read otherwise.
const Reader = 4

// Table says what was staged.
type Table struct {
	Sheet     string   `json:"sheet"`
	Place     int      `json:"place,omitempty"` // of the sheet in its workbook, from 1
	HeaderRow int      `json:"header_row"`      // the last, where several rows make the header
	Header    []string `json:"header"`          // as in the file, without empty ones at its end
	Rows      int64    `json:"rows"`
	Widest    int      `json:"widest,omitempty"` // how many columns have values, where more than the header names
	Encoding  string   `json:"encoding,omitempty"`
	Delimiter string   `json:"delimiter,omitempty"`
	DaysFrom  string   `json:"days_from,omitempty"` // the day that the workbook counts as 0, where it is not 1899-12-30
	Notes     []string `json:"notes,omitempty"`     // in plain English: what somebody who looks at the file would not expect

	HiddenRows int64      `json:"hidden_rows,omitempty"` // of the rows staged, those hidden in the workbook
	Filtered   bool       `json:"filtered,omitempty"`    // the sheet has a filter on
	LeftOut    int64      `json:"left_out,omitempty"`    // rows left out by the options; they are not staged
	Buried     int64      `json:"buried,omitempty"`      // values under merged cells, where nobody sees them; they are not staged
	Totals     []TotalRow `json:"totals,omitempty"`      // rows of totals; they are not staged
}

// Refusal is a file that cannot be read as it is. Its sentence tells the sender
// what it is and what to do.
type Refusal struct {
	Name     string // as delivered
	Sentence string
	Line     int64 // of the text, where the trouble has one
}

func (r *Refusal) Error() string { return r.Sentence }

func refuse(format string, args ...any) error {
	return &Refusal{Sentence: fmt.Sprintf(format, args...)}
}

// named puts the delivered name into a refusal.
func named(err error, name string) error {
	var refused *Refusal
	if errors.As(err, &refused) {
		refused.Name = name
	}
	return err
}

// Stage reads one table of the file at src, delivered under name, and writes
// it as Parquet to dst, which appears only when it is complete. A file the sender
// must mend gives a *Refusal; any other error is ours.
func Stage(ctx context.Context, src, name, dst string, o Options) (Table, error) {
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
	temp := dst + ".partial"
	var table Table
	if book == nil {
		table, err = into(ctx, temp, func(out *parquetFile) (Table, error) { return readCSV(ctx, f, o, out) })
	} else {
		table, err = stageWorkbook(ctx, book, o, temp)
	}
	if err != nil {
		if left := os.Remove(temp); !errors.Is(left, os.ErrNotExist) {
			err = errors.Join(err, left)
		}
		return Table{}, named(err, name)
	}
	return table, os.Rename(temp, dst)
}

// into writes what read reads to a file.
func into(ctx context.Context, path string, read func(*parquetFile) (Table, error)) (Table, error) {
	out, err := createParquet(ctx, path)
	if err != nil {
		return Table{}, err
	}
	table, err := read(out)
	table.Rows = out.rows
	if err == nil {
		err = ctx.Err()
	}
	return table, errors.Join(err, out.close(err))
}

// openFile opens the workbook that a file is; nil of a CSV.
func openFile(f *os.File, name string, o Options) (workbook, error) {
	if o.Kept {
		k, err := openKept(f)
		if err == nil {
			tell(k.listed, o)
		}
		return k, err
	}
	kind, archive, err := sniff(f, name)
	if err != nil || kind == text {
		return nil, err
	}
	return openWorkbook(kind, archive, o)
}

// Sheets names the sheets of the workbook at src, delivered under name, in
// their order; none of a CSV. A file that cannot be read gives a *Refusal. Of the
// options those count that say what the file is.
func Sheets(src, name string, o Options) ([]string, error) {
	f, err := os.Open(src)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	book, err := openFile(f, name, o)
	if err != nil || book == nil {
		return nil, named(err, name)
	}
	return names(book.sheets()), nil
}
