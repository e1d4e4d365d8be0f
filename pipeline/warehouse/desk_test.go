package warehouse_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"mojreturns/pipeline/warehouse"
)

// slow takes some tenths of a second, and counts nothing that another question counts.
func slow(n int) warehouse.Question {
	return warehouse.Question{SQL: fmt.Sprintf("SELECT count(*) AS n FROM range(%d) a, range(2000) b WHERE (a.range * b.range) %% 7 = 3", 4000+n)}
}

// One warehouse is open however many ask, a newer one takes its place for those who come
// after, and the older stays open for those who read it and no longer.
func TestDeskKeepsOneWarehouseOpen(t *testing.T) {
	dir, bounds := askable(t)
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	first, err := desk.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	second, err := desk.Reader(t.Context())
	if err != nil || second.DB != first.DB {
		t.Fatalf("a second reader has a warehouse of its own: %v", err)
	}
	if n, readers := desk.Open(); n != 1 || readers != 2 {
		t.Errorf("%d warehouses are open for %d readers", n, readers)
	}
	publish(t, dir, "bb", "CREATE TABLE spend(txn VARCHAR)")
	a, err := desk.Ask(t.Context(), warehouse.Question{SQL: "SELECT count(*) FROM spend"})
	if err != nil || a.Published.Build != "bb" || a.Rows[0][0] != int64(0) {
		t.Errorf("the newer warehouse is not asked: %+v, %v", a, err)
	}
	if got := one(t, first.DB, "SELECT count(*) FROM spend"); got != "3" {
		t.Errorf("the older one gives %s", got)
	}
	for _, r := range []*warehouse.Reader{first, second} {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if err := first.DB.PingContext(t.Context()); err == nil {
		t.Error("the older warehouse is still open when nobody reads it")
	}
	if err := desk.Close(); err != nil {
		t.Error(err)
	}
	if _, err := desk.Reader(t.Context()); err == nil {
		t.Error("a closed desk gives a warehouse")
	}
	if got := names(t, bounds.TempDir); got != "" {
		t.Errorf("the desk left %s", got)
	}
}

// What a reader makes on its connection, or sets there, no other reader finds.
func TestDeskReadersDoNotMeet(t *testing.T) {
	dir, bounds := askable(t)
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	defer desk.Close()
	r, err := desk.Reader(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	conn, err := r.DB.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"CREATE TEMP TABLE mine AS SELECT 1 AS a", "CREATE TEMP VIEW spend AS SELECT 'mine' AS txn", "SET search_path = 'temp'"} {
		if err := warehouse.Exec(t.Context(), conn, statement); err != nil {
			t.Fatal(err)
		}
	}
	check := func(when string) {
		t.Helper()
		if _, err := desk.Ask(t.Context(), warehouse.Question{SQL: "FROM mine -- " + when}); err == nil || !strings.Contains(err.Error(), "mine") {
			t.Errorf("%s another finds the table: %v", when, err)
		}
		a, err := desk.Ask(t.Context(), warehouse.Question{SQL: "SELECT count(*) FROM spend -- " + when})
		if err != nil || a.Rows[0][0] != int64(3) {
			t.Errorf("%s another sees %v, %v", when, a.Rows, err)
		}
	}
	check("while it is open")
	if err := errors.Join(conn.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	check("afterwards")
}

// Whoever asks what is being asked already waits for that answer; DuckDB is asked once.
// That it was is told by the answers, which are one: the number of the transaction is.
func TestDeskAsksOnce(t *testing.T) {
	dir, bounds := askable(t)
	bounds.Each = 1
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	defer desk.Close()
	q := slow(0)
	q.SQL = "SELECT n, txid_current() AS r FROM (" + q.SQL + ")"
	answers := make([]string, 50)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			q := q
			q.By = fmt.Sprint(i)
			a, err := desk.Ask(t.Context(), q)
			answers[i] = fmt.Sprint(a.Rows, err)
		})
	}
	group.Wait()
	for _, a := range append(answers, ask1(t, desk, q)) { // and later, from memory
		if a != answers[0] || !strings.HasSuffix(a, "<nil>") {
			t.Fatalf("two answers: %s and %s", answers[0], a)
		}
	}
	bounds.Kept = 0
	forgetful := warehouse.NewDesk(dir, bounds, nil)
	defer forgetful.Close()
	if first := ask1(t, forgetful, q); first == ask1(t, forgetful, q) {
		t.Error("the answer does not tell whether it was asked again")
	}
	moving := warehouse.Question{SQL: "SELECT random()"}
	if first := ask1(t, desk, moving); first == ask1(t, desk, moving) {
		t.Error("an answer that is another each time is remembered")
	}
	large := warehouse.Question{SQL: "SELECT txid_current() AS r, range(300000) AS l"}
	if first := ask1(t, desk, large); first == ask1(t, desk, large) {
		t.Error("a large answer is remembered")
	}
	q.Values = map[string]any{}
	if q.MaxRows = 5; ask1(t, desk, q) == answers[0] {
		t.Error("a question with another bound is given the same answer")
	}
}

func ask1(t *testing.T, desk *warehouse.Desk, q warehouse.Question) string {
	t.Helper()
	a, err := desk.Ask(t.Context(), q)
	return fmt.Sprint(a.Rows, err)
}

// Run records that changed are seen, without a build.
func TestDeskSeesNewRunRecords(t *testing.T) {
	dir, bounds := askable(t)
	runs := oneRun()
	desk := warehouse.NewDesk(dir, bounds, runs)
	defer desk.Close()
	q := warehouse.Question{SQL: "SELECT count(*) FROM run"}
	if got := ask1(t, desk, q); got != "[[1]] <nil>" {
		t.Errorf("got %s", got)
	}
	runs.mark, runs.rows = "2", append(runs.rows, runs.rows[0])
	if got := ask1(t, desk, q); got != "[[2]] <nil>" {
		t.Errorf("after a run: %s", got)
	}
}

// Values are bound, never text; each parameter has one and each value a parameter.
func TestDeskBindsValues(t *testing.T) {
	dir, bounds := askable(t)
	desk := warehouse.NewDesk(dir, bounds, nil)
	defer desk.Close()
	q := warehouse.Question{SQL: "SELECT txn FROM spend WHERE txn = $txn AND amount > $least ORDER BY txn"}
	for _, test := range []struct {
		values map[string]any
		want   string
	}{
		{map[string]any{"txn": "T1", "least": 0}, "[[T1]] <nil>"},
		{map[string]any{"txn": "T1", "least": 50}, "[] <nil>"},
		{map[string]any{"txn": "' OR true --", "least": 0}, "[] <nil>"},
		{map[string]any{"txn": "T1"}, "[] the query is not allowed: it has 1 parameters without values: $least"},
		{nil, "[] the query is not allowed: it has 2 parameters without values: $txn, $least"},
		{map[string]any{"txn": "T1", "least": 0, "more": 1}, "[] the query is not allowed: it has no parameter $more"},
	} {
		q.Values = test.values
		if got := ask1(t, desk, q); got != test.want {
			t.Errorf("%v: %s, not %s", test.values, got, test.want)
		}
	}
}

// Turns: not more at once than may be, fewer of one asker, in the order they came, and
// one too many is turned away.
func TestDeskTurns(t *testing.T) {
	dir, bounds := askable(t)
	bounds.AtOnce, bounds.Each, bounds.Waiting, bounds.Kept = 2, 1, 3, 0
	desk := warehouse.NewDesk(dir, bounds, nil)
	defer desk.Close()
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	var busy, stopped atomic.Int32
	for i := range 12 { // all of one asker: one is worked on, three wait, eight are turned away
		group.Go(func() {
			q := warehouse.Question{By: "one", SQL: fmt.Sprintf("SELECT count(*) FROM range(10000000000000) -- %d", i)}
			switch _, err := desk.Ask(ctx, q); {
			case errors.Is(err, warehouse.ErrBusy):
				busy.Add(1)
			case errors.Is(err, context.Canceled):
				stopped.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	for busy.Load() < 8 {
		time.Sleep(10 * time.Millisecond)
	}
	// another asker has a turn although one asker's questions fill the queue
	if a, err := desk.Ask(t.Context(), warehouse.Question{By: "another", SQL: "SELECT 42"}); err != nil || a.Rows[0][0] != int32(42) && a.Rows[0][0] != int64(42) {
		t.Errorf("another asker is not answered: %v, %v", a.Rows, err)
	}
	cancel()
	group.Wait()
	if busy.Load() != 8 || stopped.Load() != 4 {
		t.Errorf("%d were turned away and %d stopped", busy.Load(), stopped.Load())
	}
	// all turns are free again
	for range 2 {
		if got := ask1(t, desk, warehouse.Question{By: "one", SQL: "SELECT 1"}); got != "[[1]] <nil>" {
			t.Error(got)
		}
	}
}

// A question whose asker has gone is stopped, and one that waits with it is not.
func TestDeskStopsWhatNobodyWaitsFor(t *testing.T) {
	dir, bounds := askable(t)
	bounds.AtOnce, bounds.Kept = 1, 0
	desk := warehouse.NewDesk(dir, bounds, nil)
	defer desk.Close()
	endless := warehouse.Question{SQL: "SELECT count(*) FROM range(10000000000000)"}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	if _, err := desk.Ask(ctx, endless); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	start := time.Now()
	if got := ask1(t, desk, warehouse.Question{SQL: "SELECT 1"}); got != "[[1]] <nil>" {
		t.Error(got)
	}
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("the one turn was free after %s", took)
	}
	// two wait for one answer: it comes to the second though the first has gone
	q := slow(1)
	leaving, leave := context.WithCancel(t.Context())
	got := make(chan string)
	go func() { desk.Ask(leaving, q); got <- "" }()
	go func() {
		time.Sleep(20 * time.Millisecond)
		a, err := desk.Ask(t.Context(), q)
		got <- fmt.Sprint(len(a.Rows), err)
	}()
	time.Sleep(60 * time.Millisecond)
	leave()
	if said := <-got + <-got; said != "1<nil>" && said != "1 <nil>" {
		t.Errorf("who waited with one who left was told %q", said)
	}
}

// A warehouse nobody asks is closed after a while: Windows deletes no open file.
func TestDeskClosesWhatIsIdle(t *testing.T) {
	dir, bounds := askable(t)
	bounds.Idle = 50 * time.Millisecond
	desk := warehouse.NewDesk(dir, bounds, nil)
	defer desk.Close()
	for range 3 {
		if got := ask1(t, desk, warehouse.Question{SQL: "SELECT count(*) FROM spend"}); got != "[[3]] <nil>" {
			t.Fatal(got)
		}
		for i := 0; ; i++ {
			if n, _ := desk.Open(); n == 0 {
				break
			} else if i > 500 {
				t.Fatal("the warehouse is still open")
			}
			time.Sleep(10 * time.Millisecond)
		}
	}
	if got := names(t, bounds.TempDir); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

// Handles, goroutines and what is open stay flat over many askers and publications.
// It takes a second for its 30 publications.
func TestDeskStaysFlat(t *testing.T) {
	dir, bounds := askable(t)
	bounds.Waiting = 0
	desk := warehouse.NewDesk(dir, bounds, oneRun())
	round := func(n int) {
		publish(t, dir, fmt.Sprintf("%02x", n), "CREATE TABLE spend AS SELECT "+fmt.Sprint(n)+" AS n")
		if err := warehouse.Prune(dir); err != nil {
			t.Fatal(err)
		}
		var group sync.WaitGroup
		for i := range 8 {
			group.Go(func() {
				q := warehouse.Question{By: fmt.Sprint(i), SQL: fmt.Sprintf("SELECT n FROM spend -- %d", i%4)}
				a, err := desk.Ask(t.Context(), q)
				if err != nil || fmt.Sprint(a.Rows[0][0]) != fmt.Sprint(n) {
					t.Errorf("round %d: %v, %v", n, a.Rows, err)
				}
			})
		}
		group.Wait()
	}
	for n := range 5 {
		round(n)
	}
	before, handles := runtime.NumGoroutine(), openFiles()
	for n := 5; n < 30; n++ {
		round(n)
	}
	if got := runtime.NumGoroutine(); got > before+5 {
		t.Errorf("%d goroutines became %d", before, got)
	}
	if got := openFiles(); got > handles+5 {
		t.Errorf("%d open files became %d", handles, got)
	}
	if err := desk.Close(); err != nil {
		t.Error(err)
	}
}

// openFiles counts this process's, where the system tells.
func openFiles() int {
	entries, err := os.ReadDir(filepath.FromSlash("/proc/self/fd"))
	if err != nil {
		return 0
	}
	return len(entries)
}
