package pipeline

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/synth"
	"mojreturns/pipeline/warehouse"
	"mojreturns/queries"
	"mojreturns/templates"
)

var benchRows = flag.Int("rows", 5_000_000, "referrals in the benchmark's extract")

// BenchmarkLandStageBuild measures landing, staging and building the typed
// tables of one referral extract beside DuckDB's bare typed read_csv of the same
// file, in one run. The budget is 4 times its time.
func BenchmarkLandStageBuild(b *testing.B) {
	ctx := context.Background()
	p, file := benchWorkspace(b, *benchRows, "referrals")
	for b.Loop() {
		bare := timed(b, "read_csv", func() error { return bareRead(ctx, p, file, filepath.Join(b.TempDir(), "bare.duckdb")) })
		if err := os.RemoveAll(p.Store()); err != nil {
			b.Fatal(err)
		}
		if err := p.Open(); err != nil {
			b.Fatal(err)
		}
		var sources []staged
		ours := timed(b, "land", func() error { _, err := p.Land(ctx, nil, landing.Given{}); return err })
		ours += timed(b, "stage", func() (err error) { sources, err = p.stage(ctx); return err })
		ours += timed(b, "build typed", func() error { return typedOnly(ctx, p, sources, filepath.Join(b.TempDir(), "typed.duckdb")) })
		b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-read_csv")
		b.ReportMetric(peakMiB(), "peak-MiB")
		b.Logf("%d rows: ours %.1f s, read_csv %.1f s, ratio %.2f (budget 4), peak memory %.0f MiB", *benchRows, ours.Seconds(), bare.Seconds(), ours.Seconds()/bare.Seconds(), peakMiB())
	}
}

// BenchmarkRunAgain measures a whole run of a PCC-year and the same again with
// nothing changed. The budget of the second is a tenth of the first.
func BenchmarkRunAgain(b *testing.B) {
	ctx := context.Background()
	at, err := period.Parse("2023-24-Q4")
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		p, _ := benchWorkspace(b, 20_000)
		first := timed(b, "first run", func() error { _, err := p.Run(ctx, at); return err })
		again := timed(b, "second run", func() error { _, err := p.Run(ctx, at); return err })
		b.ReportMetric(again.Seconds()/first.Seconds(), "second/first")
		b.ReportMetric(first.Seconds(), "first-s")
	}
}

func timed(b *testing.B, what string, do func() error) time.Duration {
	b.Helper()
	start := time.Now()
	if err := do(); err != nil {
		b.Fatalf("%s: %v", what, err)
	}
	took := time.Since(start)
	b.Logf("%-12s %6.1f s", what, took.Seconds())
	return took
}

// benchWorkspace is a synthetic workspace of the feeds named (none: all).
func benchWorkspace(b *testing.B, referrals int, only ...string) (*Pipeline, string) {
	b.Helper()
	dir := b.TempDir()
	if _, err := synth.Write(context.Background(), dir, synth.Options{Referrals: referrals, Seed: 1, Year: 2023, Only: only}); err != nil {
		b.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "inbox", "*referrals*.csv"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no referral extract was made: %v", err)
	}
	p := &Pipeline{Dir: dir, Register: benchRegister(b, dir), Queries: queries.Files, Templates: templates.Files, Location: time.UTC,
		Now: time.Now, Log: slog.New(slog.DiscardHandler), Returns: []Return{{Name: "moj-quarterly", Template: "moj-quarterly"}}}
	p.Returns[0].Scopes = map[string]string{"money": "fund:" + p.Register.Funds[0].Code, "activity": "service:" + p.Register.Services[0].Code}
	p.Returns[0].Fields = map[string]string{"recipient": "-", "area": "-", "agreement": "-", "contact": "-"}
	if err := p.Open(); err != nil {
		b.Fatal(err)
	}
	return p, files[0]
}

func benchRegister(b *testing.B, dir string) register.Register {
	b.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "mojreturns.yaml"))
	if err != nil {
		b.Fatal(err)
	}
	var r register.Register
	if err := yaml.Unmarshal(text, &r); err != nil {
		b.Fatal(err)
	}
	return r
}

// bareRead is the yardstick: DuckDB's own typed read of the same file.
func bareRead(ctx context.Context, p *Pipeline, file, into string) error {
	db, err := warehouse.Create(ctx, into, p.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	c, _ := p.contractFor("referrals")
	var columns []string
	for _, col := range c.Columns {
		kind := map[string]string{"date": "DATE", "datetime": "TIMESTAMP", "integer": "INTEGER", "money": "DECIMAL(18,2)"}[col.Type]
		if kind == "" {
			kind = "VARCHAR"
		}
		columns = append(columns, fmt.Sprintf("'%s': '%s'", col.Name, kind))
	}
	_, err = db.Exec(ctx, fmt.Sprintf("CREATE TABLE bare AS FROM read_csv('%s', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {%s})",
		filepath.ToSlash(file), strings.Join(columns, ", ")))
	return err
}

// typedOnly builds the typed tables without model, metrics and checks.
func typedOnly(ctx context.Context, p *Pipeline, sources []staged, into string) error {
	db, err := warehouse.Create(ctx, into, p.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := p.loadRules(ctx, conn, "bench"); err != nil {
		return err
	}
	return p.typed(ctx, conn, sources)
}

var highWater = regexp.MustCompile(`VmHWM:\s+([0-9]+) kB`)

// peakMiB is the most memory the process has held, where the system tells; 0
// elsewhere.
func peakMiB() float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	m := highWater.FindSubmatch(text)
	if m == nil {
		return 0
	}
	kib, err := strconv.ParseFloat(string(m[1]), 64)
	if err != nil {
		return 0
	}
	return kib / 1024
}
