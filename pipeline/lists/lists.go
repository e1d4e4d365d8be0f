// Package lists reads the small tables that people keep and the program keeps
// for itself: code lists, cell maps, calendars, records. There is one reader, so
// that an empty file, a renamed column or a row that is too long is the same
// sentence everywhere, with its file and line, and never a crash. What providers
// send is read by package extract, which guesses nothing either but keeps every row.
package lists

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// mark is the byte order mark, which programs put before text, some of them twice.
const mark = "\ufeff"

// Table is a CSV file with a header, in memory.
type Table struct {
	File    string   // as messages name it
	Columns []string // the header, each name once
	Rows    []Row
}

// Row is one record of a Table. A row that ends early has empty fields there, as a
// spreadsheet program writes it.
type Row struct {
	Line   int      // of the file, where the record starts
	Fields []string // as many as the table has columns, in their order
	of     *Table
}

// Get is the field of a column; empty where the table has no such column.
func (r Row) Get(column string) string {
	if i := slices.Index(r.of.Columns, column); i >= 0 {
		return r.Fields[i]
	}
	return ""
}

// Map is the row by the names of its columns.
func (r Row) Map() map[string]string {
	values := make(map[string]string, len(r.Fields))
	for i, column := range r.of.Columns {
		values[column] = r.Fields[i]
	}
	return values
}

// Wrong is a mistake in the row, with its file and line.
func (r Row) Wrong(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", r.of.File, r.Line, fmt.Sprintf(format, args...))
}

// Open reads a file of a folder, as Read does.
func Open(fsys fs.FS, file string, want ...string) (Table, error) {
	text, err := fs.ReadFile(fsys, file)
	if err != nil {
		return Table{File: file}, err
	}
	return Read(file, text, want...)
}

// Read reads CSV text, with or without a byte order mark. The columns named must
// be there; others may be. Mistakes are reported together, each with its line.
func Read(file string, text []byte, want ...string) (Table, error) {
	t := Table{File: file}
	in := csv.NewReader(bytes.NewReader(bytes.TrimLeft(text, mark)))
	in.FieldsPerRecord = -1
	header, err := in.Read()
	if err == io.EOF {
		return t, fmt.Errorf("%s:1: the file is empty; it needs a line that names its columns", file)
	}
	if err != nil {
		return t, t.unreadable(err)
	}
	header[0] = strings.TrimLeft(header[0], mark) // a second mark, inside quotation marks
	t.Columns = header
	named := &Table{File: file, Columns: header}
	errs := t.checkHeader(want)
	for {
		record, err := in.Read()
		if err == io.EOF {
			return t, errors.Join(errs...)
		}
		if err != nil {
			return t, errors.Join(append(errs, t.unreadable(err))...)
		}
		line, _ := in.FieldPos(0)
		row := Row{Line: line, Fields: make([]string, len(header)), of: named}
		copy(row.Fields, record)
		if len(record) > len(header) && strings.Join(record[len(header):], "") != "" {
			errs = append(errs, row.Wrong("the row has %d fields and the header names %d columns; is a comma not in quotation marks?", len(record), len(header)))
		}
		t.Rows = append(t.Rows, row)
	}
}

// ReadExactly is Read of a file that has the columns named, in their order, and
// no others: one that the program writes itself.
func ReadExactly(file string, text []byte, columns ...string) (Table, error) {
	t, err := Read(file, text)
	if err == nil && !slices.Equal(t.Columns, columns) {
		return t, fmt.Errorf("%s:1: the columns are %q; they must be %q", file, strings.Join(t.Columns, ","), strings.Join(columns, ","))
	}
	return t, err
}

func (t Table) checkHeader(want []string) []error {
	var errs []error
	for i, name := range t.Columns {
		switch {
		case strings.TrimSpace(name) == "":
			errs = append(errs, fmt.Errorf("%s:1: column %d has no name", t.File, i+1))
		case slices.Contains(t.Columns[:i], name):
			errs = append(errs, fmt.Errorf("%s:1: two columns are called %q", t.File, name))
		}
	}
	for _, name := range want {
		if !slices.Contains(t.Columns, name) {
			errs = append(errs, fmt.Errorf("%s:1: there is no column %q; the columns are %s", t.File, name, strings.Join(t.Columns, ", ")))
		}
	}
	return errs
}

// unreadable says where text is not CSV.
func (t Table) unreadable(err error) error {
	var at *csv.ParseError
	if errors.As(err, &at) {
		return fmt.Errorf("%s:%d: %w", t.File, at.Line, at.Err)
	}
	return fmt.Errorf("%s: %w", t.File, err)
}
