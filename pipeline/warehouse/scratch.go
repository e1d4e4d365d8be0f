package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"mojreturns/pipeline/temp"
	"path/filepath"
)

// Scratch is a database in which values are looked into, opened when it is first
// needed: once for all files that are landed together. The zero value is ready.
type Scratch struct {
	dir  *temp.Dir
	db   *DB
	conn *sql.Conn
	// ready are the questions that were prepared, by their text
	ready map[string]*sql.Stmt
}

// Open gives the connection, the same each time.
func (s *Scratch) Open(ctx context.Context, settings Settings) (*sql.Conn, error) {
	if s.conn != nil {
		return s.conn, nil
	}
	var err error
	if s.dir, err = temp.Make(settings.TempDir, "screen"); err != nil {
		return nil, err
	}
	if s.db, err = Create(ctx, filepath.Join(s.dir.Path, "screen.duckdb"), settings); err != nil {
		return nil, err
	}
	s.conn, err = s.db.Conn(ctx)
	return s.conn, err
}

// Prepare gives a question on the open connection, planned when it is first asked for: one
// with long patterns takes longer to plan than to answer. It is planned again by itself
// where a table it reads was made anew, and closed with the rest.
func (s *Scratch) Prepare(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.ready[query]; ok {
		return stmt, nil
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	if s.ready == nil {
		s.ready = map[string]*sql.Stmt{}
	}
	s.ready[query] = stmt
	return stmt, nil
}

// Close gives everything back.
func (s *Scratch) Close() error {
	var errs []error
	for _, stmt := range s.ready {
		errs = append(errs, stmt.Close())
	}
	if s.conn != nil {
		errs = append(errs, s.conn.Close())
	}
	if s.db != nil {
		errs = append(errs, s.db.Close())
	}
	if s.dir != nil {
		errs = append(errs, s.dir.Close())
	}
	return errors.Join(errs...)
}
