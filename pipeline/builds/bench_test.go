package builds_test

import (
	"context"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/synth"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

var benchRows = flag.Int("rows", 5_000_000, "referrals in the benchmark's extract")

// BenchmarkLandStageBuild measures landing, staging and building the typed
// tables of one referral extract beside DuckDB's bare typed read_csv of the same
// file, in one run. The budget is 2 times its time.
func BenchmarkLandStageBuild(b *testing.B) {
	ws, file := benchWorkspace(b, *benchRows, "referrals")
	landStageBuild(b, ws, file, "")
}

// BenchmarkMappedLandStageBuild does so for an extract written as a provider's own
// system writes it, with a mapping in force: its own headers, labels for codes, Yes
// and No, day-first dates, a column derived from another, and words for nothing.
func BenchmarkMappedLandStageBuild(b *testing.B) {
	ws, file := benchWorkspace(b, *benchRows, "referrals")
	for i, provider := range ws.Register.Providers {
		for n, feed := range provider.Feeds {
			if feed.Feed == "referrals" {
				ws.Register.Providers[i].Feeds[n] = mapped(b, ws, file, feed)
			}
		}
	}
	landStageBuild(b, ws, file, ", dateformat = '%d/%m/%Y'")
}

// mapped writes an extract anew in a provider's own words, and gives its feed with
// the mapping that understands them.
func mapped(b *testing.B, ws *workspace.Workspace, file string, feed register.Feed) register.Feed {
	b.Helper()
	c, _ := ws.Contract("referrals")
	feed.Columns, feed.Codes = map[string]register.Names{}, map[string]map[string]string{}
	feed.Dates, feed.Blanks = register.Names{"day-first", "two-digit-years"}, register.Names{"N/A"}
	feed.YesNo = map[string]register.Names{"Y": {"Yes"}, "N": {"No"}, "NK": {"Unknown"}}
	theirs := map[string]map[string]string{} // column, our code, theirs
	for _, col := range c.Columns {
		feed.Columns[col.Name] = register.Names{"Old name of " + col.Name, "Their " + col.Title}
		theirs[col.Name] = map[string]string{}
		if col.Type != "code" {
			continue
		}
		feed.Codes[col.Name] = map[string]string{}
		for _, row := range ws.Lists[col.List] {
			feed.Codes[col.Name][row["label"]], theirs[col.Name][row["code"]] = row["code"], row["label"]
		}
	}
	delete(feed.Columns, "updated_at")
	feed.Derive = map[string]register.Derived{"ho_offence_code": {From: register.Names{"Their Home Office offence code"}, Part: "^([0-9A-Za-z/]+)"}}
	delete(feed.Columns, "ho_offence_code")
	out, err := os.Create(file + ".new")
	if err != nil {
		b.Fatal(err)
	}
	w := csv.NewWriter(out)
	in, err := os.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	r := csv.NewReader(in)
	r.ReuseRecord = true
	for n := 0; ; n++ {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			b.Fatal(err)
		}
		for i, col := range c.Columns {
			record[i] = inTheirWords(col.Type, record[i], theirs[col.Name])
			if n == 0 && col.Name != "updated_at" {
				record[i] = "Their " + col.Title
			}
		}
		if err := w.Write(record); err != nil {
			b.Fatal(err)
		}
	}
	w.Flush()
	if err := errors.Join(w.Error(), out.Close(), in.Close(), os.Rename(file+".new", file)); err != nil {
		b.Fatal(err)
	}
	return feed
}

// inTheirWords writes a value as a provider's own system does.
func inTheirWords(kind, value string, labels map[string]string) string {
	switch {
	case labels[value] != "":
		return labels[value]
	case strings.HasPrefix(kind, "yes/no"):
		return strings.NewReplacer("NK", "Unknown", "Y", "Yes", "N", "No").Replace(value)
	case kind == "date" && len(value) == 10:
		return value[8:] + "/" + value[5:7] + "/" + value[:4]
	}
	return value
}

// landStageBuild measures one extract beside DuckDB's bare read of it, which is
// told what it must know of the file's dates.
func landStageBuild(b *testing.B, ws *workspace.Workspace, file, told string) {
	ctx := context.Background()
	for b.Loop() {
		bare := timed(b, "read_csv", func() error { return bareRead(ctx, ws, file, filepath.Join(b.TempDir(), "bare.duckdb"), told) })
		if err := os.RemoveAll(ws.Path()); err != nil {
			b.Fatal(err)
		}
		if err := ws.Load(); err != nil {
			b.Fatal(err)
		}
		var sources []typed.Staged
		ours := timed(b, "land", func() error { _, err := intake.Land(ctx, ws, nil, landing.Given{}); return err })
		ours += timed(b, "stage", func() (err error) { sources, err = typed.Stage(ctx, ws); return err })
		ours += timed(b, "build typed", func() error { return typedOnly(ctx, ws, sources, filepath.Join(b.TempDir(), "typed.duckdb")) })
		for _, s := range sources {
			if s.Refused != "" {
				b.Fatalf("%s is refused: %s", s.Name, s.Refused)
			}
		}
		b.ReportMetric(ours.Seconds()/bare.Seconds(), "times-read_csv")
		b.ReportMetric(peakMiB(), "peak-MiB")
		b.Logf("%d rows: ours %.1f s, read_csv %.1f s, ratio %.2f (budget 2), peak memory %.0f MiB", *benchRows, ours.Seconds(), bare.Seconds(), ours.Seconds()/bare.Seconds(), peakMiB())
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
		ws, _ := benchWorkspace(b, 20_000)
		first := timed(b, "first run", func() error { _, err := pipeline.Run(ctx, ws, at); return err })
		again := timed(b, "second run", func() error { _, err := pipeline.Run(ctx, ws, at); return err })
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
func benchWorkspace(b *testing.B, referrals int, only ...string) (*workspace.Workspace, string) {
	b.Helper()
	dir := b.TempDir()
	if _, err := synth.Write(context.Background(), dir, synth.Options{Referrals: referrals, Seed: 1, Year: 2023, Only: only}); err != nil {
		b.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "inbox", "*referrals*.csv"))
	if err != nil || len(files) == 0 {
		b.Fatalf("no referral extract was made: %v", err)
	}
	ws, err := workspace.Open(dir, workspace.Use{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		b.Fatal(err)
	}
	return ws, files[0]
}

// bareRead is the yardstick: DuckDB's own typed read of the same file.
func bareRead(ctx context.Context, ws *workspace.Workspace, file, into, told string) error {
	db, err := warehouse.Create(ctx, into, ws.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	c, _ := ws.Contract("referrals")
	var columns []string
	for _, col := range c.Columns {
		kind := map[string]string{"date": "DATE", "datetime": "TIMESTAMP", "integer": "INTEGER", "money": "DECIMAL(18,2)"}[col.Type]
		if kind == "" {
			kind = "VARCHAR"
		}
		columns = append(columns, fmt.Sprintf("'%s': '%s'", col.Name, kind))
	}
	_, err = db.Exec(ctx, fmt.Sprintf("CREATE TABLE bare AS FROM read_csv('%s', header = true, auto_detect = false, delim = ',', quote = '\"', columns = {%s}%s)",
		filepath.ToSlash(file), strings.Join(columns, ", "), told))
	return err
}

// typedOnly builds the typed tables without model, metrics and checks.
func typedOnly(ctx context.Context, ws *workspace.Workspace, sources []typed.Staged, into string) error {
	db, err := warehouse.Create(ctx, into, ws.Settings)
	if err != nil {
		return err
	}
	defer db.Close()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := typed.LoadRules(ctx, ws, conn, "bench"); err != nil {
		return err
	}
	return typed.Load(ctx, ws, conn, sources)
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
