package warehouse_test

import (
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"mojreturns/pipeline/warehouse"
)

// flow reads a whole answer a part at a time.
func flow(t *testing.T, desk *warehouse.Desk, q warehouse.Question, row func([]any)) (*warehouse.Flow, error) {
	t.Helper()
	f, err := desk.Flow(t.Context(), q)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	for {
		rows, err := f.Next(t.Context())
		if err != nil || len(rows) == 0 {
			return f, err
		}
		for _, r := range rows {
			row(r)
		}
	}
}

// All rows come once, in the question's order, and never are all of them held here. A
// million rows take their second.
func TestFlow(t *testing.T) {
	dir, bounds := askable(t)
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	defer desk.Close()
	n, most := int64(0), uint64(0)
	began := time.Now()
	f, err := flow(t, desk, warehouse.Question{SQL: "SELECT 999999 - range AS i, 'a text that is not short, and one of many ' || range AS words FROM range(1000000)", MaxRows: 1_000_000}, func(row []any) {
		if row[0] != 999999-n {
			t.Fatalf("row %d is %v", n+1, row)
		}
		if n++; n%100_000 == 1 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			most = max(most, m.HeapAlloc)
			if n == 1 {
				t.Logf("the first row after %s", time.Since(began))
			}
		}
	})
	if err != nil || n != 1_000_000 || f.Rows != 1_000_000 || f.More {
		t.Fatalf("%d rows, %+v, %v", n, f, err)
	}
	t.Logf("all after %s; at most %d MB", time.Since(began), most>>20)
	if most > 64<<20 {
		t.Errorf("%d MB were held", most>>20)
	}
}

func TestFlowAnswersAsAskDoes(t *testing.T) {
	dir, bounds := askable(t)
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	defer desk.Close()
	for _, q := range []warehouse.Question{
		{SQL: "FROM spend ORDER BY txn"}, {SQL: "FROM spend ORDER BY txn", MaxRows: 2}, {SQL: "FROM spend WHERE txn = 'none'"}, {SQL: "SELECT 1 AS a, 2 AS a"}, {SQL: "DESCRIBE spend"},
		{SQL: "FROM spend WHERE txn = $txn", Values: map[string]any{"txn": "T2"}}, {SQL: "SELECT command, started FROM run"}, {SQL: "SELECT [1, 2] AS l, {'a': 1.50} AS s, NULL AS n"},
	} {
		want, err := desk.Ask(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", q.SQL, err)
		}
		var rows [][]any
		f, err := flow(t, desk, q, func(row []any) { rows = append(rows, row) })
		if err != nil || fmt.Sprint(f.Columns, rows, f.More) != fmt.Sprint(want.Columns, want.Rows, want.More) {
			t.Errorf("%s: %v, %v, not %v %v", q.SQL, rows, err, want.Columns, want.Rows)
		}
	}
	for _, refused := range []string{"DROP TABLE run", "FROM read_text('/etc/passwd')", "SELECT 1; SELECT 2", "EXPLAIN SELECT 1", "CREATE TEMP TABLE x AS SELECT 1", "SELECT $1"} {
		if _, err := flow(t, desk, warehouse.Question{SQL: refused}, nil); !errors.Is(err, warehouse.ErrRefused) {
			t.Errorf("%s: %v", refused, err)
		}
	}
	if _, err := flow(t, desk, warehouse.Question{SQL: "SELECT count(*) FROM range(10000000000000)", Timeout: time.Second}, nil); !errors.Is(err, warehouse.ErrTimeLimit) {
		t.Errorf("without end: %v", err)
	}
	// another sees nothing of an answer that is being read
	f, err := desk.Flow(t.Context(), warehouse.Question{SQL: "FROM spend"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := desk.Ask(t.Context(), warehouse.Question{SQL: `FROM "the answer"`}); err == nil {
		t.Error("an answer can be read by another")
	}
}
