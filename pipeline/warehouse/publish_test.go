package warehouse_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/warehouse"
)

func TestPublish(t *testing.T) {
	ctx := context.Background()
	t.Run("Nothing yet", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "missing")
		if _, found, err := warehouse.Latest(dir); found || err != nil {
			t.Errorf("found %v, error %v", found, err)
		}
		if _, err := warehouse.OpenPublished(ctx, dir, warehouse.Settings{}); !errors.Is(err, warehouse.ErrNothingPublished) {
			t.Errorf("got %v", err)
		}
		if err := warehouse.Clear(dir); err != nil {
			t.Error(err)
		}
	})
	t.Run("Numbers count up and the last two stay", func(t *testing.T) {
		dir := t.TempDir()
		for i, want := range []string{
			"000001-a0.duckdb",
			"000001-a0.duckdb 000002-a1.duckdb",
			"000002-a1.duckdb 000003-a2.duckdb",
			"000003-a2.duckdb 000004-a3.duckdb",
		} {
			name := fmt.Sprintf("a%d", i)
			p := publish(t, dir, name)
			if p.Number != i+1 || p.Build != name {
				t.Errorf("published %+v", p)
			}
			got := strings.Join(slices.DeleteFunc(strings.Fields(names(t, dir)), func(name string) bool { return strings.HasSuffix(name, ".sha256") }), " ")
			if got != want {
				t.Errorf("the folder holds %s, not %s", got, want)
			}
			if latest, found, err := warehouse.Latest(dir); err != nil || !found || latest != p {
				t.Errorf("latest is %+v %v %v", latest, found, err)
			}
		}
	})
	t.Run("The highest number is the latest, not the last by name", func(t *testing.T) {
		dir := t.TempDir()
		for _, name := range []string{"999999-aa.duckdb", "1000000-bb.duckdb", "000001-zz.duckdb", "notes.txt", "000009-UPPER.duckdb"} {
			if err := os.WriteFile(filepath.Join(dir, name), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if p, _, _ := warehouse.Latest(dir); p.Number != 1000000 || p.Build != "bb" {
			t.Errorf("latest is %+v", p)
		}
	})
	t.Run("A file that was not closed is refused", func(t *testing.T) {
		dir := t.TempDir()
		path := filepath.Join(dir, "building-aa.duckdb")
		for _, name := range []string{path, path + ".wal"} {
			if err := os.WriteFile(name, []byte("x"), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := warehouse.Publish(ctx, dir, path, "aa"); err == nil || !strings.Contains(err.Error(), "was not closed properly") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("A build's name is letters and digits", func(t *testing.T) {
		dir := t.TempDir()
		if _, err := warehouse.Publish(ctx, dir, filepath.Join(dir, "x"), "../aa"); err == nil || !strings.Contains(err.Error(), "small letters and digits") {
			t.Errorf("got %v", err)
		}
	})
}

// A program that is killed leaves its half-built files; nobody sees them, and
// the next build clears them away.
func TestBuildThatWasKilled(t *testing.T) {
	dir := t.TempDir()
	want := publish(t, dir, "aa", "CREATE TABLE t AS SELECT 1 AS a")
	for _, name := range []string{"building-bb.duckdb", "building-bb.duckdb.wal", filepath.Join("building-bb.duckdb.tmp", "spilled")} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, []byte("half"), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, err := warehouse.Latest(dir); got != want || err != nil {
		t.Errorf("latest is %+v, %v", got, err)
	}
	if err := warehouse.Clear(dir); err != nil {
		t.Fatal(err)
	}
	if got := names(t, dir); got != "000001-aa.duckdb 000001-aa.duckdb.sha256" {
		t.Errorf("the folder holds %s", got)
	}
	if got := publish(t, dir, "bb").Number; got != 2 {
		t.Errorf("the next build is number %d", got)
	}
}

func TestReadersAndPublishing(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	open := func() *warehouse.Reader {
		t.Helper()
		r, err := warehouse.OpenPublished(ctx, dir, warehouse.Settings{Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { r.Close() })
		return r
	}
	publish(t, dir, "a1", "CREATE TABLE t AS SELECT 1 AS a FROM range(200000)")
	first, second := open(), open()
	for i := 2; i <= 4; i++ {
		publish(t, dir, fmt.Sprintf("a%d", i), fmt.Sprintf("CREATE TABLE t AS SELECT %d AS a", i))
	}
	newest := open()
	for _, r := range []*warehouse.Reader{first, second} {
		if got := one(t, r.DB, "SELECT sum(a) FROM t"); got != "200000" || r.Number != 1 {
			t.Errorf("an open reader now reads %s from number %d", got, r.Number)
		}
	}
	if got := one(t, newest.DB, "SELECT a FROM t"); got != "4" || newest.Build != "a4" {
		t.Errorf("a new reader reads %s from %s", got, newest.Build)
	}
}

// Readers open while builds are published and pruned under their hands.
func TestOpenWhilePublishing(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	publish(t, dir, "a0", "CREATE TABLE t AS SELECT 1 AS a")
	done := make(chan error, 1)
	stop := make(chan struct{})
	go func() {
		for {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			r, err := warehouse.OpenPublished(ctx, dir, warehouse.Settings{Threads: 1})
			if err == nil {
				err = r.Close()
			}
			if err != nil {
				done <- err
				return
			}
		}
	}()
	for i := range 12 {
		publish(t, dir, fmt.Sprintf("b%d", i), "CREATE TABLE t AS SELECT 1 AS a")
	}
	close(stop)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestReaderIsLocked(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	publish(t, dir, "aa", "CREATE TABLE figure AS SELECT 1 AS a", "CREATE VIEW v AS FROM figure")
	r, err := warehouse.OpenPublished(ctx, dir, warehouse.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte("a\n1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{
		"CREATE TABLE x(a INTEGER)", "DROP TABLE figure", "UPDATE figure SET a = 2",
		"FROM read_csv('" + outside + "')", "COPY figure TO '" + outside + "'", "ATTACH '" + outside + ".duckdb' AS other",
		"INSTALL httpfs", "LOAD httpfs", "SET threads = 1", "SET lock_configuration = false", "SET enable_external_access = true",
	} {
		if _, err := r.DB.ExecContext(ctx, query); err == nil {
			t.Errorf("allowed: %s", query)
		}
	}
	t.Run("Temporary tables may be made", func(t *testing.T) {
		c, err := r.DB.Conn(ctx)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.ExecContext(ctx, "CREATE TEMP TABLE figure AS SELECT a + 1 AS a FROM v"); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string]string{
			"FROM temp.figure": "2",
			// DuckDB looks among temporary tables first, even for "main." and
			// inside a view; only the catalog's name gets past them
			"FROM main.figure":           "2",
			"FROM v":                     "2",
			"FROM warehouse.main.figure": "1",
		} {
			if got := one(t, c, query); got != want {
				t.Errorf("%s gives %s, not %s", query, got, want)
			}
		}
	})
}

// holdFile names the file that a second run of this test program keeps open.
const holdFile = "MOJRETURNS_TEST_HOLD"

// TestHoldAsAnotherProgram is that second program, and nothing otherwise.
func TestHoldAsAnotherProgram(t *testing.T) {
	path := os.Getenv(holdFile)
	if path == "" {
		return
	}
	db, err := sql.Open("duckdb", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.Ping(); err != nil {
		t.Fatal(err)
	}
	fmt.Println("holding")
	bufio.NewReader(os.Stdin).ReadByte()
}

func TestFileHeldByAnotherProgram(t *testing.T) {
	dir := t.TempDir()
	p := publish(t, dir, "aa")
	other := exec.Command(os.Args[0], "-test.run=^TestHoldAsAnotherProgram$")
	other.Env = append(os.Environ(), holdFile+"="+p.Path)
	out, err := other.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer other.Wait()
	defer in.Close()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "holding\n" {
		t.Fatalf("the other program said %q, %v", line, err)
	}
	_, err = warehouse.OpenPublished(context.Background(), dir, warehouse.Settings{})
	if !errors.Is(err, warehouse.ErrInUse) || !strings.Contains(err.Error(), "close it there and try again") {
		t.Fatalf("got %v", err)
	}
	if process := fmt.Sprintf("(process %d)", other.Process.Pid); !strings.Contains(err.Error(), process) {
		t.Logf("this system does not tell the holder: %v", err)
	}
}
