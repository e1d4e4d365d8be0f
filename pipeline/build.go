package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/warehouse"
)

// BuildReport tells what a build did.
type BuildReport struct {
	Published warehouse.Published
	Unchanged bool // the same inputs had been built already, so nothing was done
	Files     []FileCount
	Refused   []FileCount
}

// FileCount is one current delivery in numbers: every row is accepted or rejected.
type FileCount struct {
	File, SHA256, Provider, Feed, Sheet      string
	Rows, Accepted, Rejected, Counted, Older int64
	Message                                  string // why it does not count, if so
}

// Build makes a new warehouse from everything that is current and publishes
// it, unless one of the same inputs and rules is published already.
func (p *Pipeline) Build(ctx context.Context) (BuildReport, error) {
	sources, err := p.stage(ctx)
	if err != nil {
		return BuildReport{}, err
	}
	build, err := p.identity(sources)
	if err != nil {
		return BuildReport{}, err
	}
	latest, found, err := warehouse.Latest(p.buildDir())
	if err != nil {
		return BuildReport{}, err
	}
	if found && latest.Build == build {
		report := BuildReport{Published: latest, Unchanged: true}
		return report, p.counts(ctx, &report)
	}
	path, err := p.buildFile(ctx, sources, build)
	if err != nil {
		return BuildReport{}, err
	}
	report := BuildReport{}
	if report.Published, err = warehouse.Publish(ctx, p.buildDir(), path, build); err != nil {
		return BuildReport{}, err
	}
	return report, p.counts(ctx, &report)
}

// buildFile builds into a new file of its own; a failure removes it.
func (p *Pipeline) buildFile(ctx context.Context, sources []staged, build string) (path string, err error) {
	dir := p.buildDir()
	if err := os.MkdirAll(dir, 0o770); err != nil {
		return "", err
	}
	if err := warehouse.Clear(dir); err != nil {
		return "", err
	}
	path = filepath.Join(dir, "building-"+build+".duckdb")
	db, err := warehouse.Create(ctx, path, p.Settings)
	if err != nil {
		return "", err
	}
	err = p.fill(ctx, db, sources, build)
	if err := errors.Join(err, db.Close()); err != nil {
		return "", errors.Join(err, warehouse.Clear(dir))
	}
	return path, nil
}

// fill is the build itself: rules and register, typed rows, model, figures,
// conditions, checks.
func (p *Pipeline) fill(ctx context.Context, db *warehouse.DB, sources []staged, build string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if few(sources) {
		for _, setting := range []string{"SET threads = 1", "SET disabled_compression_methods = 'fsst,zstd'"} {
			if err := exec(ctx, conn, setting); err != nil {
				return err
			}
		}
	}
	// one transaction: each would write and flush its own part of the log
	if err := exec(ctx, conn, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := p.fillSteps(ctx, conn, sources, build); err != nil {
		return errors.Join(err, exec(context.WithoutCancel(ctx), conn, "ROLLBACK"))
	}
	return exec(ctx, conn, "COMMIT")
}

func (p *Pipeline) fillSteps(ctx context.Context, conn *sql.Conn, sources []staged, build string) error {
	for _, step := range []struct {
		work string
		do   func() error
	}{
		{"code lists and register", func() error { return p.loadRules(ctx, conn, build) }},
		{"typed rows", func() error { return p.typed(ctx, conn, sources) }},
		{"model", func() error { return p.model(ctx, conn, "[1-9]*.sql") }},
		{"figures", func() error { return p.figures(ctx, conn, sources) }},
	} {
		p.Log.Debug("building", "step", step.work)
		p.progress("building: "+step.work, 0, 0)
		if err := step.do(); err != nil {
			return fmt.Errorf("build failed at %s: %w", step.work, err)
		}
	}
	return nil
}

// few tells whether the sources are so small that a statement costs more to plan
// and to share between threads than to run.
func few(sources []staged) bool {
	var rows int64
	for _, s := range sources {
		if s.Current {
			rows += s.Table.Rows
		}
	}
	return rows <= fewRows
}

// fewRows is measured: where the two ways take as long.
const fewRows = 500_000

// model runs the model's SQL files in the order of their names.
func (p *Pipeline) model(ctx context.Context, conn *sql.Conn, pattern string) error {
	files, err := fs.Glob(p.Queries, "model/"+pattern)
	if err != nil {
		return err
	}
	sort.Strings(files)
	for _, file := range files {
		if err := warehouse.RunFile(ctx, conn, p.Queries, file); err != nil {
			return err
		}
	}
	return nil
}

// figures computes every metric, condition and check for every period of every
// financial year that something was delivered for.
func (p *Pipeline) figures(ctx context.Context, conn *sql.Conn, sources []staged) error {
	periods, err := periodsOf(sources)
	if err != nil {
		return err
	}
	if err := p.loadPeriods(ctx, conn, periods, sources); err != nil {
		return err
	}
	engine := metrics.Engine{Set: p.metrics, Conn: conn, Periods: periods, Missing: p.missing(periods, sources), Schema: "main",
		Computed: func(code string) { p.Log.Debug("computed", "metric", code) }}
	if err := engine.Tables(ctx); err != nil {
		return err
	}
	if len(periods) == 0 {
		return nil
	}
	if few(sources) {
		if err := engine.Hold(ctx); err != nil {
			return err
		}
	}
	if err := engine.Compute(ctx); err != nil {
		return err
	}
	if err := engine.Conditions(ctx, p.Queries); err != nil {
		return err
	}
	return engine.Checks(ctx)
}

// periodsOf lists the periods of every year of the current deliveries.
func periodsOf(sources []staged) ([]period.Period, error) {
	years := map[string]bool{}
	for _, s := range sources {
		if s.Current {
			years[s.Year] = true
		}
	}
	var labels []string
	for y := range years {
		labels = append(labels, y)
	}
	sort.Strings(labels)
	var periods []period.Period
	for _, label := range labels {
		year, err := period.ParseYear(label)
		if err != nil {
			return nil, err
		}
		periods = append(periods, year.Periods()...)
	}
	return periods, nil
}

// counts reads from the published warehouse what became of each file's rows.
func (p *Pipeline) counts(ctx context.Context, report *BuildReport) error {
	reader, err := warehouse.OpenPublished(ctx, p.buildDir(), p.Settings)
	if err != nil {
		return err
	}
	defer reader.Close()
	rows, err := reader.DB.QueryContext(ctx, `SELECT file, sha256, provider, feed, sheet, rows, accepted, rejected, counted, superseded, message, current
		FROM delivery ORDER BY delivery, number, feed, sheet`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var f FileCount
		var current bool
		if err := rows.Scan(&f.File, &f.SHA256, &f.Provider, &f.Feed, &f.Sheet, &f.Rows, &f.Accepted, &f.Rejected, &f.Counted, &f.Older, &f.Message, &current); err != nil {
			return err
		}
		switch {
		case current:
			report.Files = append(report.Files, f)
		case !strings.HasPrefix(f.Message, "replaced by") && !strings.HasPrefix(f.Message, "sent again"):
			report.Refused = append(report.Refused, f)
		}
	}
	return rows.Err()
}

// reader opens what readers see, or says how to make it.
func (p *Pipeline) reader(ctx context.Context) (*warehouse.Reader, error) {
	dir, err := p.published(ctx)
	if err != nil {
		return nil, err
	}
	return warehouse.OpenPublished(ctx, dir, p.Settings)
}
