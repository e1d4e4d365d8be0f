package table

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"regexp"
	"strings"
)

// CheckFormat tells whether Write knows a format.
func CheckFormat(format string) error {
	switch format {
	case "table", "csv", "json":
		return nil
	}
	return fmt.Errorf("format %q is not known; it is table, csv or json", format)
}

// Write writes the rows as "table" (as wide as it comes), "csv" (RFC 4180) or "json"
// (an array with an object for each row, its keys in the order of the columns). There
// is no colour.
func (t Table) Write(w io.Writer, format string) error {
	if err := CheckFormat(format); err != nil {
		return err
	}
	buffered := bufio.NewWriter(w)
	var err error
	switch format {
	case "table":
		err = t.Show(buffered, Screen{})
	case "csv":
		err = t.writeCSV(buffered)
	case "json":
		err = t.writeJSON(buffered)
	}
	if err != nil {
		return err
	}
	return buffered.Flush()
}

func (t Table) writeCSV(w io.Writer) error {
	return t.each(&lines{columns: t.Columns, out: csv.NewWriter(w)})
}

// lines are rows as CSV; header and all.
type lines struct {
	columns []Column
	out     *csv.Writer
	begun   bool
}

func (l *lines) begin() error {
	l.begun, l.out.UseCRLF = true, true
	var record []string
	for _, c := range l.columns {
		record = append(record, guarded(c.Name))
	}
	return l.out.Write(record)
}

func (l *lines) write(row []any) error {
	if !l.begun {
		if err := l.begin(); err != nil {
			return err
		}
	}
	record := make([]string, len(row))
	for i, c := range l.columns {
		record[i] = cell(c, row[i])
		if !isNumber(c) {
			record[i] = guarded(record[i])
		}
	}
	return l.out.Write(record)
}

func (l *lines) end() error {
	if !l.begun {
		if err := l.begin(); err != nil {
			return err
		}
	}
	l.out.Flush()
	return l.out.Error()
}

var plainNumber = regexp.MustCompile(`^[-+]?[0-9][0-9,]*(\.[0-9]+)?$`)

// guarded keeps a spreadsheet from running a text as a formula. What is
// nothing but a number cannot run, and stays as it is.
func guarded(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) && !plainNumber.MatchString(s) {
		return "'" + s
	}
	return s
}

func (t Table) writeJSON(w io.Writer) error {
	if len(t.Rows) == 0 {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	var line bytes.Buffer
	before := "[\n  "
	for i, row := range t.Rows {
		line.Reset()
		line.WriteString(before)
		before = ",\n  "
		if err := t.writeObject(&line, row); err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
		if _, err := w.Write(line.Bytes()); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, "\n]\n")
	return err
}

func (t Table) writeObject(line *bytes.Buffer, row []any) error {
	encoder := json.NewEncoder(line)
	encoder.SetEscapeHTML(false)
	write := func(v any) error {
		err := encoder.Encode(v)
		line.Truncate(line.Len() - 1) // the encoder ends every value with a new line
		return err
	}
	before := "{"
	for i, c := range t.Columns {
		line.WriteString(before)
		before = ", "
		if err := write(c.Name); err != nil {
			return err
		}
		line.WriteString(": ")
		if err := write(jsonValue(c, row[i])); err != nil {
			return fmt.Errorf("column %q: %w", c.Name, err)
		}
	}
	line.WriteString("}")
	return nil
}

// jsonValue gives the encoder an exact number where the column holds numbers.
func jsonValue(c Column, v any) any {
	switch v := v.(type) {
	case string:
		if c.Kind == Decimal {
			return json.Number(number(c, v))
		}
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil // JSON has neither
		}
	}
	return v
}
