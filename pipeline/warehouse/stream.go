package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Flow is an answer that is read a part at a time, so that a million rows take no more
// memory than some thousand: DuckDB keeps them in a temporary table, which it writes into
// its spill folder where they are many. It must be closed.
type Flow struct {
	Published Published
	Columns   []Column
	Rows      int  // in all
	More      bool // there were more rows than MaxRows

	desk    *Desk
	station *station
	conn    *sql.Conn
	q       Question
	ended   <-chan struct{} // the last work on conn
	read    int
}

// part is how many rows are read at once.
const part = 20_000

// keptAs is a temporary table of the asker's own connection.
const keptAs = `temp."the answer"`

// Flow answers as Ask does, but that nothing is remembered or shared. A turn is taken for
// the answer, and again for each part of it: whoever reads slowly holds nobody up. The
// rows come in the question's order.
func (d *Desk) Flow(ctx context.Context, q Question) (f *Flow, err error) {
	statements, err := split(q.SQL)
	if err != nil {
		return nil, err
	}
	if len(statements) != 1 {
		return nil, fmt.Errorf("%w: there are %d statements; ask one question at a time", ErrRefused, len(statements))
	}
	q.SQL = statements[0].text
	s, err := d.take(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := s.DB.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, d.give(s))
	}
	f = &Flow{Published: s.Published, desk: d, station: s, conn: conn, q: q}
	_, f.ended, err = turned(ctx, d, s, q, func(ctx context.Context) (struct{}, error) { return struct{}{}, f.make(ctx) })
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	if q.MaxRows > 0 && f.Rows > q.MaxRows {
		f.Rows, f.More = q.MaxRows, true
	}
	return f, nil
}

func (f *Flow) make(ctx context.Context) error {
	kind, err := permit(ctx, f.conn, f.q.SQL, f.station.macros)
	if err != nil {
		return err
	}
	names, err := columnNames(f.conn, f.q.SQL, f.q.Values)
	if err != nil {
		return err
	}
	if kind != "SELECT" {
		return fmt.Errorf("%w: an EXPLAIN is no table", ErrRefused)
	}
	if _, err := f.conn.ExecContext(ctx, "CREATE TEMP TABLE \"the answer\" AS FROM (\n"+f.q.limited()+"\n)", f.q.bound()...); err != nil {
		return forAnalyst(err)
	}
	if err := f.conn.QueryRowContext(ctx, "SELECT count(*) FROM "+keptAs).Scan(&f.Rows); err != nil {
		return err
	}
	rows, err := Query(ctx, f.conn, "FROM "+keptAs+" LIMIT 0")
	if err != nil {
		return err
	}
	f.Columns = rows.Columns()
	for i := range names { // a table renames columns of the same name
		if len(f.q.Values) == 0 {
			f.Columns[i].Name = names[i]
		}
	}
	return rows.Close()
}

// Next gives the next rows, none at the end.
func (f *Flow) Next(ctx context.Context) (rows [][]any, err error) {
	to := min(f.read+part, f.Rows)
	if f.read == to {
		return nil, nil
	}
	rows, f.ended, err = turned(ctx, f.desk, f.station, f.q, func(ctx context.Context) ([][]any, error) {
		found, err := Query(ctx, f.conn, fmt.Sprintf("FROM %s WHERE rowid >= %d AND rowid < %d ORDER BY rowid", keptAs, f.read, to))
		if err != nil {
			return nil, err
		}
		rows, _, err := found.Collect(0)
		return rows, err
	})
	if err == nil && len(rows) != to-f.read {
		return nil, fmt.Errorf("%d of the rows %d to %d came", len(rows), f.read+1, to)
	}
	f.read = to
	return rows, err
}

// Close gives up what the answer took, when DuckDB has ended.
func (f *Flow) Close() error {
	return after(f.ended, func() error { return errors.Join(f.conn.Close(), f.desk.give(f.station)) })
}
