package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// catalog is the name every warehouse file goes by, whatever the file is called.
const catalog = "warehouse"

// lock is what makes attach open a file for reading only. Its prepare, where
// given, is the last that may change anything before the doors close.
type lock struct {
	prepare func(context.Context, *sql.Conn) error
}

// attach starts a database in memory with one file as its default. This is the
// one place where a file is opened and the one configuration: with a lock the
// file is read-only, nothing outside it can be reached, and no setting can be
// changed again. The folder for spilled work is for the caller to remove.
func attach(ctx context.Context, path string, s Settings, l *lock) (pool *sql.DB, spill string, err error) {
	attached := false
	connector, err := duckdb.NewConnector(":memory:", func(e driver.ExecerContext) error {
		if !attached {
			return nil
		}
		_, err := e.ExecContext(context.Background(), "USE "+catalog, nil)
		return err
	})
	if err != nil {
		return nil, "", err
	}
	pool = sql.OpenDB(connector)
	if spill, err = spillFolder(path, s.TempDir, l != nil); err == nil {
		err = configure(ctx, pool, path, spill, s, l)
	}
	if err != nil {
		return nil, "", errors.Join(inUse(path, err), pool.Close(), os.RemoveAll(spill))
	}
	// later connections of the pool come to the same file
	attached = true
	return pool, spill, nil
}

func configure(ctx context.Context, pool *sql.DB, path, spill string, s Settings, l *lock) error {
	conn, err := pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	settings := []string{
		"SET autoinstall_known_extensions = false",
		"SET autoload_known_extensions = false",
		"SET allow_community_extensions = false",
		"SET allow_persistent_secrets = false",
		"SET GLOBAL TimeZone = 'UTC'",
		"SET temp_directory = " + Literal(spill),
		fmt.Sprintf("SET preserve_insertion_order = %t", !s.Unordered),
	}
	if s.Threads > 0 {
		settings = append(settings, fmt.Sprintf("SET threads = %d", s.Threads))
	}
	if s.Memory != "" {
		if err := execAll(ctx, conn, "SET memory_limit = "+Literal(s.Memory)); err != nil {
			return fmt.Errorf("%q is not an amount of memory, such as 4GB: %w", s.Memory, err)
		}
	}
	mode := ""
	if l != nil {
		mode = " (READ_ONLY)"
	}
	settings = append(settings, "ATTACH "+Literal(path)+" AS "+catalog+mode, "USE "+catalog)
	if err := execAll(ctx, conn, settings...); err != nil || l == nil {
		return err
	}
	if l.prepare != nil {
		if err := l.prepare(ctx, conn); err != nil {
			return err
		}
	}
	return execAll(ctx, conn, "SET enable_external_access = false", "SET lock_configuration = true")
}

// spillFolder makes a folder for one database alone: two that share one would
// write over each other's files, and a reader may read any file in its own.
func spillFolder(path, dir string, reading bool) (string, error) {
	if dir == "" && !reading {
		spill := path + ".tmp"
		return spill, os.MkdirAll(spill, 0o700)
	}
	if dir != "" {
		if err := os.MkdirAll(dir, 0o770); err != nil {
			return "", err
		}
	}
	return os.MkdirTemp(dir, "mojreturns-")
}

func execAll(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// identifier writes a name as SQL.
func identifier(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
