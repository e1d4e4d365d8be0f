package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"
)

// Sandbox bounds one question of an analyst.
type Sandbox struct {
	Settings
	// Timeout stops the query; 0 is no limit.
	Timeout time.Duration
	// MaxRows is the most rows to return; 0 is all.
	MaxRows int
	// Tables are what the query may read besides the warehouse, such as the run records.
	Tables []Small
}

// Answer is what a question gave.
type Answer struct {
	Published Published // the warehouse that was asked
	Columns   []Column
	Rows      [][]any // values as in Rows.Row
	More      bool    // there were more rows than MaxRows
}

// patience is how long a query that was told to stop may take to do so. One
// call of a function over a huge value cannot be stopped; it is then left to
// end by itself.
const patience = 2 * time.Second

// Adhoc answers one SELECT (or WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE,
// EXPLAIN) over the newest published warehouse. The query can change nothing
// and can reach no file. ErrRefused, ErrTimeLimit and ErrNothingPublished tell
// what went wrong; a mistake in the query keeps DuckDB's message.
func Adhoc(ctx context.Context, dir string, box Sandbox, query string) (Answer, error) {
	limited, cancel := ctx, func() {}
	if box.Timeout > 0 {
		limited, cancel = context.WithTimeout(ctx, box.Timeout)
	}
	type outcome struct {
		answer Answer
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		defer cancel()
		answer, err := ask(limited, dir, box, query)
		done <- outcome{answer, err}
	}()
	var o outcome
	select {
	case o = <-done:
	case <-limited.Done():
		select {
		case o = <-done:
		case <-time.After(patience):
			o.err = limited.Err()
		}
	}
	switch {
	case o.err == nil:
		return o.answer, nil
	case ctx.Err() != nil:
		return Answer{}, ctx.Err()
	case errors.Is(limited.Err(), context.DeadlineExceeded):
		return Answer{}, fmt.Errorf("%w: it took longer than %s; ask for fewer rows or a shorter period", ErrTimeLimit, box.Timeout)
	}
	return Answer{}, o.err
}

// ask opens a sandbox, asks, and clears it away.
func ask(ctx context.Context, dir string, box Sandbox, query string) (answer Answer, err error) {
	statements, err := split(query)
	if err != nil {
		return Answer{}, err
	}
	if len(statements) != 1 {
		return Answer{}, fmt.Errorf("%w: there are %d statements; ask one question at a time", ErrRefused, len(statements))
	}
	reader, err := openPublished(ctx, dir, box.Settings, &lock{prepare: box.load})
	if err != nil {
		return Answer{}, err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	// the pool hands out the connection that it was prepared on, with its temporary tables
	conn, err := reader.DB.Conn(ctx)
	if err != nil {
		return Answer{}, err
	}
	defer conn.Close()
	answer, err = askOne(ctx, conn, box, statements[0].text)
	answer.Published = reader.Published
	return answer, err
}

func (s Sandbox) load(ctx context.Context, conn *sql.Conn) error {
	for _, t := range s.Tables {
		if err := load(ctx, conn, "TEMP TABLE", t); err != nil {
			return err
		}
	}
	return nil
}

func askOne(ctx context.Context, conn *sql.Conn, box Sandbox, query string) (Answer, error) {
	kind, err := permit(ctx, conn, query)
	if err != nil {
		return Answer{}, err
	}
	columns, err := columnNames(conn, query)
	if err != nil {
		return Answer{}, err
	}
	if box.MaxRows > 0 && kind == "SELECT" {
		// DuckDB makes the whole result before the first row is read
		query = fmt.Sprintf("FROM (\n%s\n) LIMIT %d", query, box.MaxRows+1)
	}
	rows, err := Query(ctx, conn, query)
	if err != nil {
		return Answer{}, forAnalyst(err)
	}
	answer := Answer{Columns: rows.Columns()}
	for i := range columns { // a subquery renames columns of the same name
		answer.Columns[i].Name = columns[i]
	}
	answer.Rows, answer.More, err = rows.Collect(box.MaxRows)
	return answer, err
}

// columnNames asks DuckDB for the names of a query's columns as written. It
// also finds mistakes with the carets under the analyst's own text.
func columnNames(conn *sql.Conn, query string) (names []string, err error) {
	err = conn.Raw(func(raw any) error {
		prepared, err := raw.(*duckdb.Conn).Prepare(query)
		if err != nil {
			return err
		}
		defer prepared.Close()
		stmt, ok := prepared.(*duckdb.Stmt)
		if !ok {
			return fmt.Errorf("the driver prepared a %T", prepared)
		}
		if stmt.NumInput() > 0 {
			return fmt.Errorf("%w: it has %d parameters without values", ErrRefused, stmt.NumInput())
		}
		count, err := stmt.ColumnCount()
		if err != nil {
			return err
		}
		for i := range count {
			name, err := stmt.ColumnName(i)
			if err != nil {
				return err
			}
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// forAnalyst mends the messages that speak of what the analyst did not write:
// the line above the query, and settings that cannot be changed.
func forAnalyst(err error) error {
	if strings.Contains(err.Error(), "Out of Memory Error") {
		first, _, _ := strings.Cut(err.Error(), "\n")
		return fmt.Errorf("%w: it needs more memory than it may have; ask for fewer rows or columns (%s)", ErrRefused, first)
	}
	message, _ := moveLine(err.Error(), -1)
	return &placedError{message, err}
}
