package warehouse

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"mojreturns/pipeline/temp"
	"os"
	"strings"

	"github.com/duckdb/duckdb-go/v2"
)

// catalog is the name every warehouse file goes by, whatever the file is called.
const catalog = "warehouse"

// enter lets a connection find the warehouse's relations by their bare names; usual also
// those laid beside it in memory.
const (
	enter = "USE " + catalog
	usual = "SET search_path = '" + catalog + ".main,memory.main'"
)

// lock is what makes attach open a file for reading only. Its prepare, where
// given, is the last that may change anything before the doors close.
type lock struct {
	prepare func(context.Context, *sql.Conn) error
}

// errSetting is of what the configuration says, not of the file.
var errSetting = errors.New("a setting cannot be")

// attach starts a database in memory with one file as its default. This is the
// one place where a file is opened and the one configuration: with a lock the
// file is read-only, nothing outside it can be reached, and no setting can be
// changed again. The folder for spilled work is for the caller to remove.
func attach(ctx context.Context, path string, s Settings, l *lock) (pool *sql.DB, aside spill, err error) {
	attached, first := false, enter
	connector, err := duckdb.NewConnector(":memory:", func(e driver.ExecerContext) error {
		if !attached {
			return nil
		}
		_, err := e.ExecContext(context.Background(), first, nil)
		return err
	})
	if err != nil {
		return nil, spill{}, err
	}
	if l != nil {
		first = usual
	}
	pool = sql.OpenDB(connector)
	if aside, err = spillFolder(path, s.TempDir, l != nil); err != nil {
		return nil, spill{}, errors.Join(err, pool.Close())
	}
	if err = configure(ctx, pool, path, aside.path, s, l); err != nil {
		return nil, spill{}, errors.Join(inUse(path, err), pool.Close(), aside.remove())
	}
	// later connections of the pool come to the same file
	attached = true
	return pool, aside, nil
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
			return fmt.Errorf("%w: %q is not an amount of memory, such as 4GB: %w", errSetting, s.Memory, err)
		}
	}
	mode := ""
	switch {
	case l != nil:
		mode = " (READ_ONLY)"
	case s.SmallBlocks:
		mode = " (BLOCK_SIZE 16384)"
	}
	settings = append(settings, "ATTACH "+Literal(path)+" AS "+catalog+mode, enter)
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

// spill is the folder for work that does not fit in memory, of one database alone: two
// that share one would write over each other's files, and a reader may read any file in
// its own.
type spill struct {
	path   string // empty: nothing is spilled, and work that does not fit fails
	remove func() error
}

// spillFolder makes it. Where nothing can be written, as on a share that is only to be
// read, a reader does without: rows are never put where nobody clears them.
func spillFolder(path, dir string, reading bool) (spill, error) {
	if dir == "" && !reading {
		folder := path + ".tmp"
		return spill{folder, func() error { return os.RemoveAll(folder) }}, os.MkdirAll(folder, 0o700)
	}
	made, err := temp.Make(dir, "spill")
	if err == nil {
		return spill{made.Path, made.Close}, nil
	}
	if reading {
		return spill{"", func() error { return nil }}, nil
	}
	return spill{}, err
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
