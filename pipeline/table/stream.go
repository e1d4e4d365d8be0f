package table

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
)

// rows takes rows one by one; end writes what is left.
type rows interface {
	write(row []any) error
	end() error
}

// csv begins with the mark by which Excel knows UTF-8.
func (t Table) csv(w io.Writer) (rows, error) {
	_, err := io.WriteString(w, "\ufeff")
	return &lines{columns: t.Columns, out: csv.NewWriter(w)}, err
}

// each writes the rows of a table.
func (t Table) each(to rows) error {
	for _, row := range t.Rows {
		if err := to.write(row); err != nil {
			return errors.Join(err, to.end())
		}
	}
	return to.end()
}

// all writes a whole table in a form that takes rows one by one.
func all(begin func(Table, io.Writer) (rows, error)) func(Table, io.Writer) error {
	return func(t Table, w io.Writer) error {
		to, err := begin(t, w)
		if err != nil {
			return err
		}
		return t.each(to)
	}
}

// Streams tells whether a form takes rows one by one, as they come.
func Streams(ending string) bool {
	return ending == ".csv" || ending == ".parquet" || ending == ".arrows"
}

// Stream writes the rows that next gives, some at once until there are none, in a form
// that Streams. The table's own rows are not read.
func (t Table) Stream(w io.Writer, ending string, next func() ([][]any, error)) error {
	begin := map[string]func(Table, io.Writer) (rows, error){".csv": Table.csv, ".parquet": Table.parquet, ".arrows": Table.arrow}[ending]
	if begin == nil {
		return fmt.Errorf("%q does not take rows as they come", ending)
	}
	t.Rows = nil
	to, err := begin(t, w)
	if err != nil {
		return err
	}
	for {
		some, err := next()
		if err != nil {
			return err // what was written stays cut: no end is put to it
		}
		if len(some) == 0 {
			return to.end()
		}
		for _, row := range some {
			if err := to.write(row); err != nil {
				return err
			}
		}
	}
}
