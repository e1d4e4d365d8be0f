package builds_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
	"mojreturns/queries"
)

const cases = "../../testdata/metrics"

// TestMetricCases computes each metric and condition from the rows of its
// folder and compares with the figures worked by hand (testdata/metrics/README.md).
// A metric or condition without a folder fails. It is slow for its hundred and more
// cases, each of which asks DuckDB for a metric of its own.
func TestMetricCases(t *testing.T) {
	set, err := metrics.Load(queries.Files)
	if err != nil {
		t.Fatal(err)
	}
	var codes []string
	for _, m := range set.Metrics {
		codes = append(codes, m.Code)
	}
	for _, c := range set.Conditions {
		codes = append(codes, c.Code)
	}
	for _, c := range set.Checks {
		codes = append(codes, c.Code)
	}
	folders, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	seen, statuses := map[string]bool{}, map[string]bool{}
	all := &benches{free: map[string][]bench{}, test: t}
	for _, f := range folders {
		if !f.IsDir() || f.Name() == "defaults" {
			continue
		}
		code, _, _ := strings.Cut(f.Name(), "-") // a second case of a code is named C07-none
		if !slices.Contains(codes, code) {
			t.Errorf("%s/%s: no metric or condition has this code", cases, f.Name())
			continue
		}
		seen[code] = true
		for _, row := range example.ReadRows(t, filepath.Join(cases, f.Name(), "conditions.csv")) {
			statuses[code+" "+row["status"]] = true
		}
		t.Run(f.Name(), func(t *testing.T) {
			t.Parallel()
			runCase(t, all, filepath.Join(cases, f.Name()), code)
		})
	}
	for _, code := range codes {
		if !seen[code] {
			t.Errorf("%s: no folder of rows and figures for %s", cases, code)
		}
	}
	for _, c := range set.Conditions {
		for _, status := range []string{"met", "at risk", "not met", "not applicable"} {
			// metrics.md: C11 is never at risk
			if !statuses[c.Code+" "+status] && !(c.Code == "C11" && status == "at risk") {
				t.Errorf("%s: no case in which %s is %s", cases, c.Code, status)
			}
		}
	}
}

func runCase(t *testing.T, all *benches, dir, code string) {
	ctx := context.Background()
	ws, conn := all.take(t, dir)
	sources := map[string]bool{}
	for _, c := range ws.Contracts {
		file := filepath.Join(dir, c.Feed+".csv")
		if _, err := os.Stat(file); err == nil {
			loadCase(t, conn, c.Feed, file)
			sources[c.Feed] = true
		}
	}
	// what a build puts beside the typed rows, and figures that are wrong on purpose
	for _, table := range []string{"declaration", "delivery", "expectation", "fault", "stale_row"} {
		for _, row := range example.ReadRows(t, filepath.Join(dir, table+".csv")) {
			insertCase(t, conn, table, row)
			sources[table] = true
		}
	}
	if len(sources) == 0 && !fileThere(filepath.Join(dir, "register.yaml")) && !fileThere(filepath.Join(dir, "figure.csv")) {
		t.Fatalf("%s has no rows: add a CSV named after a feed", dir)
	}
	figures, conditions := filepath.Join(dir, "figures.csv"), filepath.Join(dir, "conditions.csv")
	findings := filepath.Join(dir, "findings.csv")
	expected := append(example.ReadRows(t, figures), example.ReadRows(t, conditions)...)
	expected = append(expected, example.ReadRows(t, findings)...)
	if len(expected) == 0 {
		t.Fatalf("%s expects nothing: add figures.csv, conditions.csv or findings.csv", dir)
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: conn, Periods: casePeriods(t, expected), Schema: "main"}
	for _, row := range example.ReadRows(t, filepath.Join(dir, "missing.csv")) { // what was expected and has not come
		engine.Missing = append(engine.Missing, metrics.Missing{Scope: row["scope"], Period: row["period"], Feed: row["feed"]})
	}
	for _, row := range example.ReadRows(t, filepath.Join(dir, "absent.csv")) { // what no delivery can have told of
		engine.Absent = append(engine.Absent, metrics.Absent{Scope: row["scope"], Period: row["period"], Feed: row["feed"], Marker: row["marker"]})
	}
	if err := engine.Tables(ctx); err != nil {
		t.Fatal(err)
	}
	if len(engine.Missing) > 0 { // what has not come is told of views that are held as well
		if err := engine.Hold(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range example.ReadRows(t, filepath.Join(dir, "figure.csv")) {
		insertCase(t, conn, "figure", row)
	}
	if fileThere(findings) {
		if err := engine.Conditions(ctx, ws.Queries, "C12"); err != nil { // the condition that a check reads
			t.Fatal(err)
		}
		if err := engine.Checks(ctx, code); err != nil {
			t.Fatal(err)
		}
		compareFindings(t, conn, code, example.ReadRows(t, findings))
		return
	}
	if fileThere(conditions) {
		if err := engine.Compute(ctx, "S02C", "S04", "S05"); err != nil { // the figures that conditions read
			t.Fatal(err)
		}
		if err := engine.Conditions(ctx, ws.Queries, code); err != nil {
			t.Fatal(err)
		}
		compareConditions(t, conn, code, example.ReadRows(t, conditions))
		compareBreaches(t, conn, code, example.ReadRows(t, conditions), example.ReadRows(t, filepath.Join(dir, "breaches.csv")))
		return
	}
	if err := engine.Compute(ctx, code); err != nil {
		t.Fatal(err)
	}
	compareFigures(t, conn, code, example.ReadRows(t, figures))
}

// benches are warehouses with the rules and the model in them and no rows, by
// their register. A case works on one in a transaction that is rolled back, since
// making the warehouse takes ten times as long as the case.
type benches struct {
	sync.Mutex
	free map[string][]bench
	test *testing.T // whose end is the benches'
}

type bench struct {
	ws   *workspace.Workspace
	conn *sql.Conn
}

// take lends a bench for a case until the case's test ends.
func (b *benches) take(t *testing.T, dir string) (*workspace.Workspace, *sql.Conn) {
	t.Helper()
	ctx := context.Background()
	register := registerOf(dir)
	b.Lock()
	var lent bench
	if n := len(b.free[register]); n > 0 {
		lent, b.free[register] = b.free[register][n-1], b.free[register][:n-1]
	}
	b.Unlock()
	if lent.conn == nil {
		lent.ws = caseWorkspace(b.test, dir)
		lent.conn = caseWarehouse(b.test, lent.ws)
		if err := typed.Model(ctx, lent.ws, lent.conn, "[1-9]*.sql"); err != nil {
			t.Fatal(err)
		}
	}
	if err := warehouse.Exec(ctx, lent.conn, "BEGIN"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := warehouse.Exec(ctx, lent.conn, "ROLLBACK"); err != nil {
			t.Errorf("the case cannot be taken back, so its bench is not used again: %v", err)
			return
		}
		b.Lock()
		defer b.Unlock()
		b.free[register] = append(b.free[register], lent)
	})
	return lent.ws, lent.conn
}

// registerOf is the file of a case's register: its own or the common one.
func registerOf(dir string) string {
	if file := filepath.Join(dir, "register.yaml"); fileThere(file) {
		return file
	}
	return filepath.Join(cases, "register.yaml")
}

// caseWorkspace is a workspace with the register of a case.
func caseWorkspace(t *testing.T, dir string) *workspace.Workspace {
	t.Helper()
	return example.Office(t, string(example.ReadFile(t, registerOf(dir))))
}

// caseWarehouse is a new warehouse with the rules in it and empty typed tables.
func caseWarehouse(t *testing.T, ws *workspace.Workspace) *sql.Conn {
	t.Helper()
	conn := example.TypedWarehouse(t, ws, nil)
	if err := builds.LoadPeriods(context.Background(), ws, conn, nil, nil); err != nil {
		t.Fatal(err)
	}
	return conn
}

// loadCase inserts the rows of a case; columns it does not mention come from
// defaults/<feed>.csv.
func loadCase(t *testing.T, conn *sql.Conn, feed, file string) {
	t.Helper()
	defaults := map[string]string{}
	for _, row := range example.ReadRows(t, filepath.Join(cases, "defaults", feed+".csv")) {
		defaults = row
	}
	for i, row := range example.ReadRows(t, file) {
		columns, values := []string{"delivery", `"row"`, "line", "standing"}, []string{"1", fmt.Sprint(i + 2), fmt.Sprint(i + 2), "'counted'"}
		for _, name := range columnNames(defaults, row) {
			value, given := row[name]
			if !given {
				value = strings.ReplaceAll(defaults[name], "{row}", fmt.Sprint(i+2))
			}
			literal := "NULL"
			if value != "" {
				literal = "'" + strings.ReplaceAll(value, "'", "''") + "'"
			}
			columns, values = append(columns, name), append(values, literal)
		}
		statement := fmt.Sprintf("INSERT INTO typed.%s (%s) VALUES (%s)", feed, strings.Join(columns, ", "), strings.Join(values, ", "))
		if _, err := conn.ExecContext(context.Background(), statement); err != nil {
			t.Fatalf("%s, row %d: %v", file, i+2, err)
		}
	}
	insertCase(t, conn, "delivery", map[string]string{"delivery": "1", "feed": feed, "file": feed + ".csv", "current": "true"})
}

// insertCase inserts one row into a table as it is.
func insertCase(t *testing.T, conn *sql.Conn, table string, row map[string]string) {
	t.Helper()
	var columns, values []string
	for _, name := range columnNames(row) {
		if row[name] == "" && !slices.Contains([]string{"dimension", "category", "marker"}, name) {
			continue // no value; a total's category is an empty text
		}
		columns = append(columns, `"`+name+`"`)
		values = append(values, "'"+strings.ReplaceAll(row[name], "'", "''")+"'")
	}
	statement := fmt.Sprintf("INSERT INTO main.%s (%s) VALUES (%s)", table, strings.Join(columns, ", "), strings.Join(values, ", "))
	if _, err := conn.ExecContext(context.Background(), statement); err != nil {
		t.Fatalf("%s: %v", table, err)
	}
}

func columnNames(rows ...map[string]string) []string {
	var names []string
	for _, row := range rows {
		for name := range row {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func casePeriods(t *testing.T, expected []map[string]string) []period.Period {
	t.Helper()
	var periods []period.Period
	for _, row := range expected {
		if row["period"] == "" {
			continue
		}
		at, err := period.Parse(row["period"])
		if err != nil {
			t.Fatal(err)
		}
		if !slices.ContainsFunc(periods, func(p period.Period) bool { return p.Label == at.Label }) {
			periods = append(periods, at)
		}
	}
	if len(periods) == 0 { // findings that belong to no period
		periods = period.Year(2023).Periods()
	}
	return periods
}

func query(t *testing.T, conn *sql.Conn, text string) []map[string]string {
	t.Helper()
	rows, err := conn.QueryContext(context.Background(), text)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for rows.Next() {
		values := make([]sql.NullString, len(names))
		pointers := make([]any, len(names))
		for i := range values {
			pointers[i] = &values[i]
		}
		if err := rows.Scan(pointers...); err != nil {
			t.Fatal(err)
		}
		row := map[string]string{}
		for i, name := range names {
			row[name] = values[i].String
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func fileThere(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
