// Package table writes rows out: as a table, CSV or JSON on the screen, and as
// CSV, Excel, JSON, Parquet or Arrow files. Every command that prints rows uses it.
//
// It is a package of its own, beyond the first design, because every command that prints
// rows needs it (2026-11-23). Tables on the screen are laid out by go-pretty, which
// aligns and wraps and keeps no state.
package table

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"mojreturns/pipeline/warehouse"
)

// Kind is what the values of a column are, and so how each format writes them.
type Kind int

const (
	Text      Kind = iota // string
	Integer               // any Go integer, *big.Int
	Decimal               // string of an exact number, such as "12.30"
	Float                 // float64
	Bool                  // bool
	Date                  // string, 2024-03-31
	Timestamp             // string, RFC 3339, without a zone unless Zoned
	Nested                // what encoding/json writes: lists and objects
)

// Column is a column of a table.
type Column struct {
	Name string
	Kind Kind
	// Precision and Scale are a Decimal's digits, and those of them after the point.
	Precision, Scale int
	// Say is what people read on a screen in place of a value, of which it is given the
	// text and the row: £12.30, or a code with its label. CSV, JSON and files have the value.
	Say func(text string, row []any) string
	// Means is what a file for other tools says of the column; empty: nothing.
	Means string
	// Zoned marks a Timestamp that is an instant, written with its zone; another is the
	// time of a clock, of which nobody said where it hangs.
	Zoned bool
	// Wide marks an Integer that may need more than 64 bits.
	Wide bool
}

// Table is rows to write out. A nil value is no value, whatever the column.
type Table struct {
	Columns []Column
	Rows    [][]any
	About   [][2]string // names and texts that a Parquet file says of itself
	Marking string      // of protection, on each printed page of a workbook; empty: none
	Aside   string      // the folder where a large workbook is put aside while it is written; empty: the system's
}

// Query runs a query and takes its whole result.
func Query(ctx context.Context, q warehouse.Queryer, query string, args ...any) (Table, error) {
	rows, err := warehouse.Query(ctx, q, query, args...)
	if err != nil {
		return Table{}, err
	}
	columns := rows.Columns()
	all, _, err := rows.Collect(0)
	if err != nil {
		return Table{}, err
	}
	return Of(columns, all), nil
}

// Of makes a table of a warehouse's result. A second column of the same name
// becomes name_2, since JSON and Parquet need names apart.
func Of(columns []warehouse.Column, rows [][]any) Table {
	t := Table{Rows: rows}
	taken := map[string]bool{}
	for _, c := range columns {
		column := columnOf(c)
		for n := 2; taken[column.Name]; n++ {
			column.Name = fmt.Sprintf("%s_%d", c.Name, n)
		}
		taken[column.Name] = true
		t.Columns = append(t.Columns, column)
	}
	return t
}

func columnOf(c warehouse.Column) Column {
	out := Column{Name: c.Name}
	switch kind := c.Type; {
	case strings.HasSuffix(kind, "]"), strings.HasPrefix(kind, "STRUCT"), strings.HasPrefix(kind, "MAP"), strings.HasPrefix(kind, "UNION"), kind == "JSON":
		out.Kind = Nested
	case strings.HasPrefix(kind, "DECIMAL"):
		out.Kind, out.Precision, out.Scale = Decimal, 38, 10
		fmt.Sscanf(kind, "DECIMAL(%d,%d)", &out.Precision, &out.Scale)
	case kind == "BIGNUM":
		// wider than any number of a spreadsheet or a Parquet file
		out.Kind = Text
	case strings.HasSuffix(kind, "INT"), strings.HasSuffix(kind, "INTEGER"):
		out.Kind, out.Wide = Integer, strings.Contains(kind, "HUGEINT") || kind == "UBIGINT"
	case kind == "DOUBLE", kind == "FLOAT":
		out.Kind = Float
	case kind == "BOOLEAN":
		out.Kind = Bool
	case kind == "DATE":
		out.Kind = Date
	case strings.HasPrefix(kind, "TIMESTAMP"):
		out.Kind, out.Zoned = Timestamp, warehouse.Zoned(kind)
	}
	return out
}

// cell writes a value for people and for CSV.
func cell(c Column, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		if c.Kind == Decimal {
			return number(c, v)
		}
		return v
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64)
	case *big.Int:
		return v.String()
	}
	if c.Kind == Nested {
		if b, err := json.Marshal(v); err == nil {
			return string(b)
		}
	}
	return fmt.Sprint(v)
}

// money is the most decimals that are all shown: 12.30 stays as it is, while a
// figure's 2.5000000000 is 2.5.
const money = 2

func number(c Column, s string) string {
	if c.Scale <= money || !strings.Contains(s, ".") {
		return s
	}
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// timeOf reads a Timestamp.
func timeOf(c Column, written string) (time.Time, error) {
	if c.Zoned {
		return time.Parse(time.RFC3339Nano, written)
	}
	return time.Parse("2006-01-02T15:04:05.999999999", written)
}

// isNumber tells whether a column's values are numbers.
func isNumber(c Column) bool {
	return c.Kind == Integer || c.Kind == Decimal || c.Kind == Float
}

// Number tells whether the column's values are numbers, which stand to the right.
func (c Column) Number() bool { return isNumber(c) }

// Shown is what people read of a row in the column that is its n-th.
func (c Column) Shown(row []any, n int) string {
	text := cell(c, row[n])
	if c.Say != nil {
		return c.Say(text, row)
	}
	return text
}

// AsText is a value as Go writes it; empty for none.
func AsText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
