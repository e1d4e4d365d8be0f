package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"unicode"
)

// Select runs a query and reads its rows into structs. Each column goes to the
// exported field that is named in its tag `sql:"name"`, or else by its name in small
// letters with underscores; a column without a field, or a field without a column,
// is an error. NULL leaves a text empty and a pointer nil; anywhere else it is an
// error, since what is absent is never 0.
func Select[T any](ctx context.Context, q Queryer, query string, args ...any) (out []T, err error) {
	err = Each(ctx, q, func(row T) { out = append(out, row) }, query, args...)
	return out, err
}

// Each is Select that hands the rows to do one by one: what becomes a map need not be
// a list first.
func Each[T any](ctx context.Context, q Queryer, do func(T), query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	return each(rows, do)
}

// EachOf is Each of a query that was prepared.
func EachOf[T any](ctx context.Context, prepared *sql.Stmt, do func(T), args ...any) error {
	rows, err := prepared.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	return each(rows, do)
}

func each[T any](rows *sql.Rows, do func(T)) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	fields, err := fieldsOf(reflect.TypeFor[T](), columns)
	if err != nil {
		return err
	}
	var row, none T
	places := make([]any, len(columns)) // of one row, into which all are read
	for i, index := range fields {
		field := reflect.ValueOf(&row).Elem().FieldByIndex(index)
		if field.Kind() == reflect.String {
			places[i] = text{field}
		} else {
			places[i] = field.Addr().Interface()
		}
	}
	for rows.Next() {
		row = none
		if err := rows.Scan(places...); err != nil {
			return err
		}
		do(row)
	}
	return rows.Err()
}

// fieldsOf finds the field of each column.
func fieldsOf(row reflect.Type, columns []string) ([][]int, error) {
	by := map[string][]int{}
	for _, f := range reflect.VisibleFields(row) {
		if f.IsExported() && !f.Anonymous {
			name := f.Tag.Get("sql")
			if name == "" {
				name = snake(f.Name)
			}
			by[name] = f.Index
		}
	}
	var fields [][]int
	for _, c := range columns {
		index, ok := by[c]
		if !ok {
			return nil, fmt.Errorf("the query has a column %q, for which %s has no field", c, row)
		}
		fields = append(fields, index)
		delete(by, c)
	}
	for name := range by {
		return nil, fmt.Errorf("%s has a field for the column %q, which the query does not have", row, name)
	}
	return fields, nil
}

// snake writes MovedRow as moved_row, and SHA256 as sha256.
func snake(name string) string {
	var out strings.Builder
	small := false // the letter before
	for _, r := range name {
		if unicode.IsUpper(r) && small {
			out.WriteByte('_')
		}
		small = unicode.IsLower(r)
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// text takes a column that may have no value into a string.
type text struct{ field reflect.Value }

// Scan takes nothing as an empty text.
func (t text) Scan(value any) error {
	switch v := value.(type) {
	case nil:
		t.field.SetString("")
	case string:
		t.field.SetString(v)
	default:
		return fmt.Errorf("a %T is no text: cast it to VARCHAR in the query", value)
	}
	return nil
}
