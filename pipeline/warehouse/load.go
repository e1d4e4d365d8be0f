package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"mojreturns/pipeline/lists"

	"github.com/duckdb/duckdb-go/v2"
)

// Small is a table made in Go, such as the register or the run records.
type Small struct {
	Table string // its name and columns as in CREATE TABLE: "run(started TIMESTAMP, command VARCHAR)"
	Rows  [][]any
}

// Load makes a table and fills it with rows made in Go: nil, text, whole
// numbers, booleans, times. Everything travels as text and is cast by DuckDB, so
// that "12.30" is exactly twelve pounds thirty. Not for large tables.
func Load(ctx context.Context, conn *sql.Conn, table string, rows [][]any) error {
	return load(ctx, conn, "TABLE", Small{table, rows})
}

// LoadTemp makes a temporary table, in place of one of its name.
func LoadTemp(ctx context.Context, conn *sql.Conn, s Small) error {
	return load(ctx, conn, "OR REPLACE TEMP TABLE", s)
}

func load(ctx context.Context, conn *sql.Conn, what string, s Small) error {
	name, _, _ := strings.Cut(s.Table, "(")
	if _, err := conn.ExecContext(ctx, "CREATE "+what+" "+s.Table); err != nil {
		return fmt.Errorf("cannot make the table %s: %w", name, err)
	}
	if len(s.Rows) == 0 {
		return nil
	}
	if err := insert(conn, name, s.Rows); err != nil {
		return fmt.Errorf("cannot fill the table %s: %w", name, err)
	}
	return nil
}

// insert appends the rows as text, which is cast on its way into the table.
func insert(conn *sql.Conn, name string, rows [][]any) error {
	text, err := duckdb.NewTypeInfo(duckdb.TYPE_VARCHAR)
	if err != nil {
		return err
	}
	return conn.Raw(func(raw any) (err error) {
		appender, err := duckdb.NewQueryAppender(raw.(driver.Conn), "INSERT INTO "+name+" FROM loading", "loading", slices.Repeat([]duckdb.TypeInfo{text}, len(rows[0])), nil)
		if err != nil {
			return err
		}
		// the appender reports some mistakes only now
		defer func() { err = errors.Join(err, appender.Close()) }()
		values := make([]driver.Value, len(rows[0]))
		for i, row := range rows {
			if len(row) != len(values) {
				return fmt.Errorf("row %d has %d values and the first has %d", i+1, len(row), len(values))
			}
			for j, v := range row {
				if values[j], err = asText(v); err != nil {
					return fmt.Errorf("row %d, value %d: %w", i+1, j+1, err)
				}
			}
			if err := appender.AppendRow(values...); err != nil {
				return fmt.Errorf("row %d: %w", i+1, err)
			}
		}
		return nil
	})
}

// asText writes a Go value the way DuckDB reads it.
func asText(v any) (driver.Value, error) {
	switch v := v.(type) {
	case nil:
		return nil, nil
	case string:
		return v, nil
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.999999"), nil
	case fmt.Stringer:
		return v.String(), nil
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return r.String(), nil
	case reflect.Bool:
		return strconv.FormatBool(r.Bool()), nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(r.Int(), 10), nil
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(r.Uint(), 10), nil
	case reflect.Float32, reflect.Float64:
		return strconv.FormatFloat(r.Float(), 'g', -1, 64), nil
	}
	return nil, fmt.Errorf("a %T cannot be loaded", v)
}

// LoadCSV makes the table schema.name from a CSV file with a header. Every column
// is text, and an empty field no value, but for the columns whose type is given.
func LoadCSV(ctx context.Context, conn *sql.Conn, schema, name string, fsys fs.FS, file string, types map[string]string) error {
	list, err := lists.Open(fsys, file)
	if err != nil {
		return err
	}
	var columns []string
	for _, h := range list.Columns {
		kind := "VARCHAR"
		if t, ok := types[h]; ok {
			kind = t
		}
		columns = append(columns, identifier(h)+" "+kind)
	}
	for _, typed := range slices.Sorted(maps.Keys(types)) {
		if !slices.Contains(list.Columns, typed) {
			return fmt.Errorf("%s: there is no column %q, which should be %s", file, typed, types[typed])
		}
	}
	table := identifier(schema) + "." + identifier(name) + "(" + strings.Join(columns, ", ") + ")"
	rows := make([][]any, len(list.Rows))
	for i, r := range list.Rows {
		for _, field := range r.Fields {
			if field == "" {
				rows[i] = append(rows[i], nil)
			} else {
				rows[i] = append(rows[i], field)
			}
		}
	}
	if err := Load(ctx, conn, table, rows); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
