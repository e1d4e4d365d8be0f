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

// Close gives everything back.
func (s *Scratch) Close() error {
	var errs []error
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
