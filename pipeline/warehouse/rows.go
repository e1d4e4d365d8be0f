package warehouse

import (
	"context"
	"database/sql"
	"fmt"
)

// Column is a column of a result: its name and its type as DuckDB writes it,
// such as "DECIMAL(18,2)" or "DATE[]".
type Column struct{ Name, Type string }

// Queryer runs queries: a *sql.DB or a *sql.Conn.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Rows is a result read one row at a time. After Next returns false, Err tells
// whether that was the end. It must be closed.
type Rows struct {
	rows    *sql.Rows
	columns []Column
	row     []any
	err     error
}

// Query runs a query for its rows.
func Query(ctx context.Context, q Queryer, query string, args ...any) (*Rows, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	types, err := rows.ColumnTypes()
	if err != nil {
		rows.Close()
		return nil, err
	}
	r := &Rows{rows: rows}
	for _, t := range types {
		r.columns = append(r.columns, Column{Name: t.Name(), Type: t.DatabaseTypeName()})
	}
	return r, nil
}

// Columns are the result's columns in order.
func (r *Rows) Columns() []Column { return r.columns }

// Next reads a row; false at the end and on an error.
func (r *Rows) Next() bool {
	if r.err != nil || !r.rows.Next() {
		return false
	}
	row := make([]any, len(r.columns))
	into := make([]any, len(row))
	for i := range row {
		into[i] = &row[i]
	}
	if r.err = r.rows.Scan(into...); r.err != nil {
		return false
	}
	for i, c := range r.columns {
		row[i] = goValue(row[i], c.Type)
	}
	r.row = row
	return true
}

// Row is the row just read, the caller's to keep. Its values are
//
//	nil             NULL
//	bool            BOOLEAN
//	int64           whole numbers up to 64 bits with a sign
//	*big.Int        UBIGINT, HUGEINT (which sum(BIGINT) is) and wider
//	float64         FLOAT, DOUBLE
//	string          DECIMAL with all its decimals ("12.30"), text, DATE
//	                (2024-03-31), TIME, TIMESTAMP (RFC 3339, with a Z only of an instant), the rest
//	[]any           LIST, ARRAY; numbers within are as above, but DECIMAL json.Number
//	map[string]any  STRUCT, MAP
func (r *Rows) Row() []any { return r.row }

// Err is what stopped Next, if it was not the end.
func (r *Rows) Err() error {
	if r.err != nil {
		return r.err
	}
	return r.rows.Err()
}

// Close gives the connection back.
func (r *Rows) Close() error { return r.rows.Close() }

// Collect reads at most limit rows (0 is all) and closes. More tells that there were others.
func (r *Rows) Collect(limit int) (rows [][]any, more bool, err error) {
	defer r.Close()
	for r.Next() {
		if limit > 0 && len(rows) == limit {
			return rows, true, nil
		}
		rows = append(rows, r.Row())
	}
	if err := r.Err(); err != nil {
		return nil, false, fmt.Errorf("cannot read the rows: %w", err)
	}
	return rows, false, nil
}
