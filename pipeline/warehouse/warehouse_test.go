package warehouse_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/warehouse"
)

// build makes a closed warehouse file from SQL statements.
func build(t testing.TB, path string, statements ...string) {
	t.Helper()
	ctx := context.Background()
	db, err := warehouse.Create(ctx, path, warehouse.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		if _, err := db.Exec(ctx, s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

// publish builds and publishes a warehouse in dir.
func publish(t testing.TB, dir, name string, statements ...string) warehouse.Published {
	t.Helper()
	path := filepath.Join(dir, "building-"+name+".duckdb")
	build(t, path, statements...)
	p, err := warehouse.Publish(context.Background(), dir, path, name)
	if err := errors.Join(err, warehouse.Prune(dir)); err != nil {
		t.Fatal(err)
	}
	return p
}

// conn is a connection to a new, empty warehouse.
func conn(t *testing.T) *sql.Conn {
	t.Helper()
	db, err := warehouse.Create(context.Background(), filepath.Join(t.TempDir(), "w.duckdb"), warehouse.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	c, err := db.Conn(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(c.Close(), db.Close()); err != nil {
			t.Error(err)
		}
	})
	return c
}

// one gives the single value of a query as text.
func one(t *testing.T, q warehouse.Queryer, query string) string {
	t.Helper()
	rows, err := q.QueryContext(context.Background(), "SELECT ("+query+")::VARCHAR")
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	var s sql.NullString
	for rows.Next() {
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return s.String
}

func names(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	var all []string
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return strings.Join(all, " ")
}

func TestVersionIsDuckDBs(t *testing.T) {
	if got := one(t, conn(t), "version()"); got != "v"+warehouse.Version {
		t.Errorf("DuckDB is %s and Version says %s", got, warehouse.Version)
	}
}

func TestCreate(t *testing.T) {
	ctx := context.Background()
	t.Run("Refuses a file that exists", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "w.duckdb")
		build(t, path)
		_, err := warehouse.Create(ctx, path, warehouse.Settings{})
		if err == nil || !strings.Contains(err.Error(), "a file of that name exists") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("Leaves one file behind", func(t *testing.T) {
		dir := t.TempDir()
		build(t, filepath.Join(dir, "w.duckdb"), "CREATE TABLE t AS SELECT range AS a FROM range(1000)")
		if got := names(t, dir); got != "w.duckdb" {
			t.Errorf("the folder holds %s", got)
		}
	})
	t.Run("Says that a memory limit is wrong", func(t *testing.T) {
		dir := t.TempDir()
		_, err := warehouse.Create(ctx, filepath.Join(dir, "w.duckdb"), warehouse.Settings{Memory: "plenty"})
		if err == nil || !strings.Contains(err.Error(), `"plenty" is not an amount of memory`) {
			t.Errorf("got %v", err)
		}
		if got := names(t, dir); got != "" {
			t.Errorf("the folder holds %s", got)
		}
	})
	t.Run("Uses the settings given", func(t *testing.T) {
		temp := filepath.Join(t.TempDir(), "new", "spill")
		db, err := warehouse.Create(ctx, filepath.Join(t.TempDir(), "w.duckdb"), warehouse.Settings{Memory: "300MiB", Threads: 1, TempDir: temp, Unordered: true})
		if err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			"current_setting('memory_limit')":                                "300.0 MiB",
			"current_setting('threads')":                                     "1",
			"current_setting('preserve_insertion_order')":                    "false",
			"current_setting('autoinstall_known_extensions')":                "false",
			"current_setting('autoload_known_extensions')":                   "false",
			"current_setting('TimeZone')":                                    "UTC",
			"starts_with(current_setting('temp_directory'), '" + temp + "')": "true",
		} {
			if got := one(t, db.Pool(), query); got != want {
				t.Errorf("%s is %s, not %s", query, got, want)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if got := names(t, temp); got != "" {
			t.Errorf("spilled files stay: %s", got)
		}
	})
	t.Run("Every connection is to the file, in UTC", func(t *testing.T) {
		db, err := warehouse.Create(ctx, filepath.Join(t.TempDir(), "w.duckdb"), warehouse.Settings{})
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		for range 3 {
			c, err := db.Conn(ctx)
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			if got := one(t, c, "current_database() || ' ' || current_setting('TimeZone')"); got != "warehouse UTC" {
				t.Errorf("a connection is to %s", got)
			}
		}
	})
}

// The driver reads a path as a URL: what follows ? or # would be taken for
// settings or dropped, and % for the start of a code.
func TestOddFolderNames(t *testing.T) {
	for _, folder := range []string{"C# work", "100%", "a%20b", "O'Neil & Sons", "£ für alle", "a;b"} {
		t.Run(folder, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), folder)
			if err := os.Mkdir(dir, 0o777); err != nil {
				t.Fatal(err)
			}
			publish(t, dir, "aa", "CREATE TABLE t AS SELECT 7 AS a")
			r, err := warehouse.OpenPublished(context.Background(), dir, warehouse.Settings{})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if got := one(t, r.DB, "SELECT a FROM t"); got != "7" {
				t.Errorf("read %s", got)
			}
			if _, err := r.DB.Exec("INSERT INTO t VALUES (8)"); err == nil || !strings.Contains(err.Error(), "read-only") {
				t.Errorf("a published warehouse was changed: %v", err)
			}
		})
	}
}

// Many small tables fill small blocks better: a build of few rows is that.
func TestSmallBlocks(t *testing.T) {
	ctx := context.Background()
	size := func(small bool) int64 {
		path := filepath.Join(t.TempDir(), "w.duckdb")
		db, err := warehouse.Create(ctx, path, warehouse.Settings{Threads: 1, SmallBlocks: small})
		if err != nil {
			t.Fatal(err)
		}
		for i := range 5 {
			if _, err := db.Exec(ctx, fmt.Sprintf("CREATE TABLE t%d AS SELECT range AS n FROM range(10)", i)); err != nil {
				t.Fatal(err)
			}
		}
		info, err := os.Stat(path)
		if err := errors.Join(err, db.Close()); err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	if small, usual := size(true), size(false); small*4 > usual {
		t.Errorf("the file with small blocks has %d bytes, the other %d", small, usual)
	}
}
