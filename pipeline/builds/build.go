// Package builds turns typed rows into one new warehouse, named by all that
// decides what is in it, and publishes it whole.
package builds

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Report tells what a build did.
type Report struct {
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
func Build(ctx context.Context, ws *workspace.Workspace) (Report, error) {
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return Report{}, err
	}
	build, err := Identity(ws, sources)
	if err != nil {
		return Report{}, err
	}
	latest, found, err := warehouse.Latest(ws.BuildDir())
	if err != nil {
		return Report{}, err
	}
	if found && latest.Build == build {
		report, err := unchanged(ctx, ws, latest)
		if !errors.Is(err, warehouse.ErrDamaged) {
			return report, err
		}
		aside, err := warehouse.PutAside(latest)
		if err != nil {
			return Report{}, fmt.Errorf("the published warehouse is damaged and cannot be put aside: is it open in another program? %w", err)
		}
		ws.Log.Warn("the published warehouse was damaged: it is put aside, and made again", "file", aside)
	}
	path, report, err := buildFile(ctx, ws, sources, build)
	if err != nil {
		return Report{}, err
	}
	if report.Published, err = warehouse.Publish(ctx, ws.BuildDir(), path, build); err != nil {
		return report, err
	}
	if err := warehouse.Prune(ws.BuildDir()); err != nil {
		ws.Log.Warn("an older build could not be removed; the next build tries again", "error", err)
	}
	return report, nil
}

// unchanged reports of a build that is published already.
func unchanged(ctx context.Context, ws *workspace.Workspace, latest warehouse.Published) (Report, error) {
	if err := latest.Check(); err != nil {
		return Report{}, err
	}
	reader, err := warehouse.OpenPublished(ctx, ws.BuildDir(), ws.Settings)
	if err != nil {
		return Report{}, err
	}
	report, err := counts(ctx, reader.DB)
	report.Published, report.Unchanged = latest, true
	return report, errors.Join(err, reader.Close())
}

// buildFile builds into a new file of its own; a failure removes it.
func buildFile(ctx context.Context, ws *workspace.Workspace, sources []typed.Staged, build string) (path string, report Report, err error) {
	dir := ws.BuildDir()
	if err := os.MkdirAll(dir, 0o770); err != nil {
		return "", report, err
	}
	if err := warehouse.Clear(dir); err != nil {
		return "", report, err
	}
	path = filepath.Join(dir, "building-"+build+".duckdb")
	settings := ws.Settings
	settings.SmallBlocks = typed.Few(sources)
	db, err := warehouse.Create(ctx, path, settings)
	if err != nil {
		return "", report, err
	}
	if err = fill(ctx, ws, db, sources, build); err == nil {
		report, err = counts(ctx, db.Pool())
	}
	if err := errors.Join(err, db.Close()); err != nil {
		return "", report, errors.Join(err, warehouse.Clear(dir))
	}
	return path, report, nil
}

// fill is the build itself: rules and register, typed rows, model, figures,
// conditions, checks, and the views for people.
func fill(ctx context.Context, ws *workspace.Workspace, db *warehouse.DB, sources []typed.Staged, build string) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if typed.Few(sources) {
		for _, setting := range []string{"SET threads = 1", "SET disabled_compression_methods = 'fsst,zstd'"} {
			if err := warehouse.Exec(ctx, conn, setting); err != nil {
				return err
			}
		}
	}
	// one transaction: each would write and flush its own part of the log
	if err := warehouse.Exec(ctx, conn, "BEGIN TRANSACTION"); err != nil {
		return err
	}
	if err := fillSteps(ctx, ws, conn, sources, build); err != nil {
		return errors.Join(err, warehouse.Exec(context.WithoutCancel(ctx), conn, "ROLLBACK"))
	}
	return warehouse.Exec(ctx, conn, "COMMIT")
}

func fillSteps(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []typed.Staged, build string) error {
	for _, step := range []struct {
		work string
		do   func() error
	}{
		{"code lists and register", func() error { return typed.LoadRules(ctx, ws, conn, build) }},
		{"typed rows", func() error { return typed.Load(ctx, ws, conn, sources) }},
		{"model", func() error { return typed.Model(ctx, ws, conn, "[1-9]*.sql") }},
		{"figures", func() error { return figures(ctx, ws, conn, sources) }},
		{"labelled views", func() error { return typed.Labelled(ctx, ws, conn) }},
	} {
		ws.Log.Debug("building", "step", step.work)
		ws.Tell("building: "+step.work, 0, 0)
		if err := step.do(); err != nil {
			return fmt.Errorf("build failed at %s: %w", step.work, err)
		}
	}
	return nil
}

// figures computes every metric, condition and check for every period of every
// financial year that something was delivered for.
func figures(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []typed.Staged) error {
	periods, err := periodsOf(sources)
	if err != nil {
		return err
	}
	if sources, err = typed.Judged(ctx, ws, conn, sources); err != nil {
		return err
	}
	if err := LoadPeriods(ctx, ws, conn, periods, sources); err != nil {
		return err
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: conn, Periods: periods, Missing: typed.Missing(ws, periods, sources), Absent: typed.Absent(ws, periods, sources), Schema: "main",
		Computed: func(code string) { ws.Log.Debug("computed", "metric", code) }}
	if err := engine.Tables(ctx); err != nil {
		return err
	}
	if len(periods) == 0 { // nothing that counts has come
		return engine.Nothing(ctx)
	}
	if typed.Few(sources) {
		if err := engine.Hold(ctx); err != nil {
			return err
		}
	}
	if err := engine.Compute(ctx); err != nil {
		return err
	}
	if err := engine.Account(ctx); err != nil {
		return err
	}
	if err := engine.Conditions(ctx, ws.Queries); err != nil {
		return err
	}
	return engine.Checks(ctx)
}

// periodsOf lists the periods of every year of the current deliveries.
func periodsOf(sources []typed.Staged) ([]period.Period, error) {
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

// counts reads from a warehouse what became of each file's rows.
func counts(ctx context.Context, from warehouse.Queryer) (report Report, err error) {
	type counted struct {
		FileCount
		Current bool
	}
	files, err := warehouse.Select[counted](ctx, from, `SELECT file, sha256, provider, feed, sheet, rows, accepted, rejected, counted,
			superseded AS older, message, current
		FROM delivery ORDER BY delivery, number, feed, sheet`)
	for _, f := range files {
		switch {
		case f.Current:
			report.Files = append(report.Files, f.FileCount)
		case !strings.HasPrefix(f.Message, "replaced by") && !strings.HasPrefix(f.Message, "sent again"):
			report.Refused = append(report.Refused, f.FileCount)
		}
	}
	return report, err
}

// Reader opens what readers see, or says how to make it.
func Reader(ctx context.Context, ws *workspace.Workspace) (*warehouse.Reader, error) {
	dir, err := Ready(ctx, ws)
	switch {
	case err != nil:
		return nil, err
	case ws.Desk != nil:
		return ws.Desk.Reader(ctx)
	}
	return warehouse.OpenPublished(ctx, dir, ws.Settings)
}
