// Package warehouse builds, publishes and opens DuckDB files, runs SQL files,
// and answers analysts' questions in a sandbox. It is the only package that
// imports the DuckDB driver; the others are given a *sql.DB or a *sql.Conn.
//
// Every file is attached, under the name "warehouse", to a database in memory
// rather than opened by itself. The driver reads a file's path as a URL, so a
// folder called "C#" would silently lose read-only and every other setting.
//
// The driver is github.com/duckdb/duckdb-go/v2, the official one, with one pinned
// version of DuckDB. It was asked for as github.com/marcboeker/go-duckdb, its former
// home, which was last released in February 2025 and is deprecated (2026-11-23).
package warehouse

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Version is the version of DuckDB that this program is built with. It is part
// of every build's identity.
const Version = "1.5.6"

// Settings bound what a database may use. The zero value is DuckDB's own
// defaults: four fifths of the memory and every processor.
type Settings struct {
	// Memory is the most DuckDB may hold, such as "4GB".
	Memory string
	// Threads is the number of processors to use; 0 is all.
	Threads int
	// TempDir is where work that does not fit in memory is spilled, in a folder of
	// its own that is removed at the end. Empty is beside the file when building,
	// and the system's temporary folder when reading: for tests.
	TempDir string
	// SmallBlocks makes a file of blocks of 16 KiB and not of 256, which each of many
	// small tables would fill a part of: the example's file is a fifth as large.
	SmallBlocks bool
	// Unordered lets DuckDB keep rows in any order, which takes less memory in large loads.
	Unordered bool
}

// DB is a warehouse being built.
type DB struct {
	pool  *sql.DB
	path  string
	spill spill
}

// Create makes a new, empty warehouse file and opens it for writing. It never
// opens a file that exists.
func Create(ctx context.Context, path string, s Settings) (*DB, error) {
	if _, err := os.Lstat(path); err == nil {
		return nil, fmt.Errorf("cannot create the warehouse %q: a file of that name exists", path)
	}
	pool, spill, err := attach(ctx, path, s, nil)
	if err != nil {
		return nil, fmt.Errorf("cannot create the warehouse: %w", err)
	}
	// what is committed goes straight into the file, not by way of a log
	if _, err := pool.ExecContext(ctx, "SET wal_autocheckpoint = '1KB'"); err != nil {
		return nil, errors.Join(err, pool.Close(), spill.remove())
	}
	return &DB{pool: pool, path: path, spill: spill}, nil
}

// Pool is the database for packages that want a *sql.DB.
func (d *DB) Pool() *sql.DB { return d.pool }

// Conn gives one connection; temporary tables live and die with it.
func (d *DB) Conn(ctx context.Context) (*sql.Conn, error) { return d.pool.Conn(ctx) }

// Exec runs a statement that returns no rows.
func (d *DB) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.pool.ExecContext(ctx, query, args...)
}

// Query runs a statement that returns rows.
func (d *DB) Query(ctx context.Context, query string, args ...any) (*Rows, error) {
	return Query(ctx, d.pool, query, args...)
}

// Close writes everything into the one file and closes it. Connections must be
// closed before.
func (d *DB) Close() error {
	_, err := d.pool.Exec("CHECKPOINT " + catalog)
	if err != nil {
		err = fmt.Errorf("cannot complete the warehouse %q: %w", d.path, err)
	}
	return errors.Join(err, d.pool.Close(), d.spill.remove())
}
