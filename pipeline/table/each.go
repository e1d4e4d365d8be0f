package table

import (
	"context"
	"database/sql"
	"fmt"
)

// Each hands every row of a query of texts to do.
func Each(ctx context.Context, conn *sql.Conn, query, argument string, do func(row []string)) error {
	return EachOf(ctx, conn, query, []any{argument}, do)
}

func EachOf(ctx context.Context, conn *sql.Conn, query string, arguments []any, do func(row []string)) error {
	rows, err := conn.QueryContext(ctx, query, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = v.String
		}
		do(row)
	}
	return rows.Err()
}

func AsText(v any) string {
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}
