package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/warehouse"
)

// askable publishes a small warehouse and gives its folder, and what a desk over it gives.
func askable(t testing.TB) (string, warehouse.Bounds) {
	t.Helper()
	dir := t.TempDir()
	publish(t, dir, "aa",
		"CREATE SCHEMA typed",
		"CREATE TABLE typed.spend AS SELECT * FROM (VALUES ('T1', 12.30::DECIMAL(18,2)), ('T2', -4.00), ('T3', 100.00)) t(txn, amount)",
		"CREATE VIEW spend AS FROM typed.spend",
		"CREATE MACRO doubled(x) AS x * 2",
		"CREATE MACRO large() AS TABLE FROM typed.spend WHERE amount > 50",
	)
	return dir, warehouse.Bounds{
		Settings: warehouse.Settings{Memory: "200MB", Threads: 2, TempDir: t.TempDir()},
		AtOnce:   2, Each: 2, Waiting: 8, Kept: 8,
	}
}

// records are run records that questions find beside the warehouse.
type records struct {
	mark string
	rows [][]any
}

func (r *records) Mark() (string, error) { return r.mark, nil }

func (r *records) Tables() ([]warehouse.Small, error) {
	return []warehouse.Small{{Table: "run(started TIMESTAMPTZ, command VARCHAR)", Rows: r.rows}}, nil
}

func oneRun() *records {
	return &records{"1", [][]any{{time.Date(2024, 4, 2, 9, 30, 0, 0, time.UTC), "run --period 2023-24-Q4"}}}
}

// asking is a desk, which every question of a test is asked of, and the way to ask it.
func asking(t *testing.T, dir string, bounds warehouse.Bounds) func(query string) (warehouse.Answer, error) {
	t.Helper()
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	t.Cleanup(func() {
		if err := desk.Close(); err != nil {
			t.Error(err)
		}
		if got := names(t, bounds.TempDir); bounds.TempDir != "" && got != "" {
			t.Errorf("the desk left %s", got)
		}
	})
	return func(query string) (warehouse.Answer, error) {
		return desk.Ask(t.Context(), warehouse.Question{SQL: query, MaxRows: 1000, Timeout: 30 * time.Second})
	}
}

func TestAskAnswers(t *testing.T) {
	dir, bounds := askable(t)
	ask := asking(t, dir, bounds)
	for _, test := range []struct {
		query   string
		columns string
		rows    [][]any
	}{
		{"SELECT txn, amount FROM spend ORDER BY amount", "txn VARCHAR, amount DECIMAL(18,2)", [][]any{{"T2", "-4.00"}, {"T1", "12.30"}, {"T3", "100.00"}}},
		{"  -- what was run\nSELECT command, started FROM run; -- end", "command VARCHAR, started TIMESTAMPTZ", [][]any{{"run --period 2023-24-Q4", "2024-04-02T09:30:00Z"}}},
		{"WITH s AS (FROM spend) SELECT count(*) AS n FROM s", "n BIGINT", [][]any{{int64(3)}}},
		{"FROM typed.spend WHERE amount < 0", "txn VARCHAR, amount DECIMAL(18,2)", [][]any{{"T2", "-4.00"}}},
		{"VALUES (1), (2)", "col0 INTEGER", [][]any{{int64(1)}, {int64(2)}}},
		{"SELECT 1 AS a, 2 AS a", "a INTEGER, a INTEGER", [][]any{{int64(1), int64(2)}}},
		{"SELECT doubled(21) AS d", "d INTEGER", [][]any{{int64(42)}}},
		{"FROM large()", "txn VARCHAR, amount DECIMAL(18,2)", [][]any{{"T3", "100.00"}}},
		{"SELECT column_name FROM (DESCRIBE spend)", "column_name VARCHAR", [][]any{{"txn"}, {"amount"}}},
		{"SHOW TABLES", "name VARCHAR", [][]any{{"run"}, {"spend"}}},
		{"SELECT range AS i FROM range(2)", "i BIGINT", [][]any{{int64(0)}, {int64(1)}}},
		{"(SELECT 1 AS a)", "a INTEGER", [][]any{{int64(1)}}},
		{"PIVOT typed.spend ON txn IN ('T1') USING sum(amount)", "T1 DECIMAL(38,2)", nil},
	} {
		t.Run(test.query, func(t *testing.T) {
			a, err := ask(test.query)
			if err != nil {
				t.Fatal(err)
			}
			var columns []string
			for _, c := range a.Columns {
				columns = append(columns, c.Name+" "+c.Type)
			}
			if test.rows == nil { // only that it may be asked
				return
			}
			if diff := cmp.Diff(test.columns, strings.Join(columns, ", ")); diff != "" {
				t.Error(diff)
			}
			if diff := cmp.Diff(test.rows, a.Rows); diff != "" {
				t.Error(diff)
			}
			if a.Published.Build != "aa" || a.More {
				t.Errorf("answered from %+v, more %v", a.Published, a.More)
			}
		})
	}
	for _, query := range []string{"DESCRIBE spend", "SUMMARIZE spend", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE FROM spend", "SHOW ALL TABLES", "TABLE spend"} {
		if a, err := ask(query); err != nil || len(a.Rows) == 0 {
			t.Errorf("%s: %d rows, %v", query, len(a.Rows), err)
		}
	}
}

// escapes are the attempts of testdata/escapes.txt, and those that are nothing.
func escapes(t *testing.T, names map[string]string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/escapes.txt")
	if err != nil {
		t.Fatal(err)
	}
	out := []string{"", ";", " -- only a comment"}
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimRight(line, "\r\n"); strings.HasPrefix(line, "-- ") {
			continue
		}
		for name, is := range names {
			line = strings.ReplaceAll(line, name, is)
		}
		out = append(out, line)
	}
	if len(out) < 200 {
		t.Fatalf("only %d attempts", len(out))
	}
	return out
}

func TestAskRefuses(t *testing.T) {
	dir, bounds := askable(t)
	ask := asking(t, dir, bounds)
	outside := t.TempDir()
	csv := filepath.Join(outside, "secret.csv")
	if err := os.WriteFile(csv, []byte("a\n1\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	published, _, err := warehouse.Latest(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(outside, "out")
	for _, query := range escapes(t, map[string]string{"{csv}": csv, "{outside}": outside, "{out}": out, "{published}": published.Path}) {
		if a, err := ask(query); err == nil {
			t.Errorf("allowed, with %d rows: %s", len(a.Rows), query)
		}
	}
	if a, err := ask("SELECT command, sum(n) FROM run, (SELECT 100 AS n) GROUP BY ALL"); err != nil || fmt.Sprint(a.Rows) != "[[run --period 2023-24-Q4 100]]" {
		t.Errorf("what others read was changed: %v, %v", a.Rows, err)
	}
	if got := names(t, outside); got != "secret.csv" {
		t.Errorf("files appeared: %s", got)
	}
}

// Every table function of DuckDB that is not known to be harmless is refused by
// its name, whatever its arguments. A new version of DuckDB brings new ones.
func TestAskRefusesEveryOtherTableFunction(t *testing.T) {
	dir, bounds := askable(t)
	ask := asking(t, dir, bounds)
	harmless := strings.Fields(`duckdb_columns duckdb_constraints duckdb_databases duckdb_functions duckdb_indexes duckdb_keywords
		duckdb_schemas duckdb_tables duckdb_types duckdb_views generate_series json_each json_tree pragma_show pragma_table_info
		pragma_version range repeat repeat_row summary unnest`)
	a, err := ask("SELECT DISTINCT function_name FROM duckdb_functions() WHERE function_type = 'table' ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	refused := 0
	for _, row := range a.Rows {
		name := fmt.Sprint(row[0])
		if slices.Contains(harmless, name) {
			continue
		}
		refused++
		if _, err := ask("FROM " + name + "('x')"); !errors.Is(err, warehouse.ErrRefused) {
			t.Errorf("%s() is not refused: %v", name, err)
		}
	}
	if refused < 50 {
		t.Errorf("only %d functions were tried", refused)
	}
}

func TestAskSentences(t *testing.T) {
	dir, bounds := askable(t)
	ask := asking(t, dir, bounds)
	for query, want := range map[string]string{
		"SELECT 1; SELECT 2":             "the query is not allowed: there are 2 statements; ask one question at a time",
		"DELETE FROM run":                "the query is not allowed: only one SELECT is (or WITH, FROM, VALUES, SHOW, DESCRIBE, SUMMARIZE, EXPLAIN; PIVOT with an IN list)",
		"FROM read_text('/etc/passwd')":  "the query is not allowed: read_text() cannot be used here; a query reads the warehouse's own tables only",
		"FROM '/etc/passwd'":             `the query is not allowed: "/etc/passwd" is a file; a query reads the warehouse's own tables only`,
		"SELECT 'it":                     "line 1: the text in quotes that starts here is not closed",
		"SELECT txn\nFROM spendd":        "Catalog Error: Table with name spendd does not exist!\nDid you mean \"spend\"?\n\nLINE 2: FROM spendd\n             ^",
		"SELEC 1":                        "Parser Error: syntax error at or near \"SELEC\"\n\nLINE 1: SELEC 1\n        ^",
		"SELECT amount::DATE FROM spend": "Conversion Error: Unimplemented type for cast (DECIMAL(18,2) -> DATE) when casting from source column amount\n\nLINE 1: SELECT amount::DATE FROM spend\n                     ^",
	} {
		_, err := ask(query)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n%v\nnot\n%s", query, err, want)
		}
	}
}

func TestAskLimits(t *testing.T) {
	dir, bounds := askable(t)
	ask := func(bounds warehouse.Bounds, q warehouse.Question) (warehouse.Answer, error) {
		desk := warehouse.NewDesk(dir, bounds, oneRun())
		defer desk.Close()
		return desk.Ask(t.Context(), q)
	}
	t.Run("Rows", func(t *testing.T) {
		for query, more := range map[string]bool{
			"FROM spend ORDER BY txn":                true,
			"FROM spend ORDER BY txn LIMIT 2 -- two": false,
			"SELECT * FROM range(1000000000000)":     true,
		} {
			a, err := ask(bounds, warehouse.Question{SQL: query, MaxRows: 2})
			if err != nil || len(a.Rows) != 2 || a.More != more {
				t.Errorf("%s: %d rows, more %v, %v", query, len(a.Rows), a.More, err)
			}
		}
		a, err := ask(bounds, warehouse.Question{SQL: "SELECT txn FROM spend ORDER BY amount DESC", MaxRows: 2})
		if diff := cmp.Diff([][]any{{"T3"}, {"T1"}}, a.Rows); err != nil || diff != "" {
			t.Error(err, diff)
		}
	})
	t.Run("Time", func(t *testing.T) {
		start := time.Now()
		_, err := ask(bounds, warehouse.Question{SQL: "SELECT count(*) FROM range(10000000000000)", Timeout: 300 * time.Millisecond})
		if !errors.Is(err, warehouse.ErrTimeLimit) || !strings.Contains(err.Error(), "it took longer than 300ms") {
			t.Errorf("got %v", err)
		}
		if took := time.Since(start); took > 10*time.Second {
			t.Errorf("it was stopped after %s", took)
		}
	})
	t.Run("Memory", func(t *testing.T) {
		bounds := bounds
		bounds.Memory = "50MB"
		_, err := ask(bounds, warehouse.Question{SQL: "SELECT list(range) FROM range(50000000)"})
		if !errors.Is(err, warehouse.ErrRefused) || !strings.Contains(err.Error(), "needs more memory than it may have") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("Cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if _, err := warehouse.NewDesk(dir, bounds, nil).Ask(ctx, warehouse.Question{SQL: "SELECT 1"}); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("Nothing published", func(t *testing.T) {
		if _, err := warehouse.NewDesk(t.TempDir(), bounds, nil).Ask(t.Context(), warehouse.Question{SQL: "SELECT 1"}); !errors.Is(err, warehouse.ErrNothingPublished) {
			t.Errorf("got %v", err)
		}
	})
}

// A sandbox and a reader may have the same file open at once.
func TestAskBesideAReader(t *testing.T) {
	dir, bounds := askable(t)
	ask := asking(t, dir, bounds)
	r, err := warehouse.OpenPublished(context.Background(), dir, warehouse.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := ask("FROM spend"); err != nil {
		t.Error(err)
	}
	if got := one(t, r.DB, "SELECT count(*) FROM spend"); got != "3" {
		t.Errorf("the reader reads %s", got)
	}
}
