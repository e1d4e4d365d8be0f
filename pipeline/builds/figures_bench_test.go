package builds_test

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// BenchmarkFigures measures every metric and condition of a year, in all its
// periods and scopes, beside one plain GROUP BY for each (metric, breakdown)
// over the same warehouse, of everything in the year. The budget is 1.9 times.
func BenchmarkFigures(b *testing.B) {
	ctx := context.Background()
	ws, _ := benchWorkspace(b, *benchRows)
	year := period.Year(2023)
	for b.Loop() {
		conn, sources := benchWarehouse(b, ws)
		var bare time.Duration
		for _, text := range plainQueries(ws.Metrics, year) {
			start := time.Now()
			if err := drain(ctx, conn, text); err != nil {
				b.Fatalf("%s: %v", text, err)
			}
			bare += time.Since(start)
		}
		engine := metrics.Engine{Set: ws.Metrics, Conn: conn, Periods: year.Periods(), Missing: typed.Missing(ws, year.Periods(), sources), Absent: typed.Absent(ws, year.Periods(), sources), Schema: "main"}
		if err := engine.Tables(ctx); err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		last := start
		var took []slow
		engine.Computed = func(code string) {
			took = append(took, slow{code, time.Since(last)})
			last = time.Now()
		}
		if err := engine.Compute(ctx); err != nil {
			b.Fatal(err)
		}
		conditions := timed(b, "conditions", func() error { return engine.Conditions(ctx, ws.Queries) })
		ours := time.Since(start)
		timed(b, "checks", func() error { return engine.Checks(ctx) })
		b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-group-by")
		b.ReportMetric(peakMiB(), "peak-MiB")
		// printed, since a benchmark's log is cut after ten lines
		fmt.Printf("\n%d referrals: ours %.1f s (conditions %.1f s), plain GROUP BY %.1f s, ratio %.2f (budget 1.9), peak memory %.0f MiB; slowest:%s\n",
			*benchRows, ours.Seconds(), conditions.Seconds(), bare.Seconds(), ours.Seconds()/bare.Seconds(), peakMiB(), slowest(took))
	}
}

type slow struct {
	code string
	took time.Duration
}

// slowest names the five metrics that took longest.
func slowest(took []slow) string {
	slices.SortFunc(took, func(a, b slow) int { return cmp.Compare(b.took, a.took) })
	text := ""
	for _, s := range took[:min(len(took), 5)] {
		text += fmt.Sprintf(" %s %.1f s", s.code, s.took.Seconds())
	}
	return text
}

// benchWarehouse builds everything up to the figures.
func benchWarehouse(b *testing.B, ws *workspace.Workspace) (*sql.Conn, []typed.Staged) {
	b.Helper()
	ctx := context.Background()
	var sources []typed.Staged
	timed(b, "land", func() error { _, err := intake.Land(ctx, ws, nil, landing.Given{}); return err })
	timed(b, "stage", func() (err error) { sources, err = typed.Stage(ctx, ws); return err })
	db, err := warehouse.Create(ctx, filepath.Join(b.TempDir(), "bench.duckdb"), ws.Settings)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	conn, err := db.Conn(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { conn.Close() })
	timed(b, "typed rows", func() error {
		if err := typed.LoadRules(ctx, ws, conn, "bench"); err != nil {
			return err
		}
		return typed.Load(ctx, ws, conn, sources)
	})
	timed(b, "model", func() error { return typed.Model(ctx, ws, conn, "[1-9]*.sql") })
	if err := builds.LoadPeriods(ctx, ws, conn, period.Year(2023).Periods(), sources); err != nil {
		b.Fatal(err)
	}
	return conn, sources
}

// plainQueries is the yardstick: what an analyst would write for the year.
func plainQueries(set *metrics.Set, year period.Year) []string {
	var out []string
	for _, m := range set.Metrics {
		if m.Count.Kind == "formula" {
			continue
		}
		measure := map[metrics.CountKind]string{"rows": "count(*)", "rate": "count(*)", "distinct": "count(DISTINCT %s)", "sum": "sum(%s)", "mean": "avg(%s)",
			"median": "quantile_cont(%s, 0.5)", "p90": "quantile_cont(%s, 0.9)", "share": "avg((%s)::INTEGER)"}[m.Count.Kind]
		if strings.Contains(measure, "%s") {
			measure = fmt.Sprintf(measure, m.Count.Expr)
		}
		from := fmt.Sprintf("(SELECT DATE '%s' AS period_start, DATE '%s' AS period_end) p, LATERAL (\n%s\n) r WHERE %s",
			year.Start().Format(time.DateOnly), year.End().Format(time.DateOnly), m.SQL, m.When.Predicate())
		if !strings.Contains(m.SQL, "period_") {
			from = fmt.Sprintf("(SELECT *, DATE '%s' AS period_start, DATE '%s' AS period_end FROM (\n%s\n)) p WHERE %s",
				year.Start().Format(time.DateOnly), year.End().Format(time.DateOnly), m.SQL, m.When.Predicate())
		}
		out = append(out, "SELECT "+measure+" FROM "+from)
		for _, by := range m.By {
			columns := strings.Join(by, ", ")
			out = append(out, fmt.Sprintf("SELECT %s, %s FROM %s GROUP BY %s", columns, measure, from, columns))
		}
	}
	return out
}

func drain(ctx context.Context, conn *sql.Conn, text string) error {
	rows, err := conn.QueryContext(ctx, text)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
	}
	return rows.Err()
}
