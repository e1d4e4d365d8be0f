// Package published answers what readers ask of a build: figures, conditions,
// checks, and the rows behind them. It shows; it changes nothing.
//
// Condition C14, the declaration, is answered here from what the sign-off records say
// when a reader asks: a build knows of none, so it says "draft" (2026-11-23).
package published

import (
	"context"
	"database/sql"
	"errors"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// View is the published warehouse seen for a period: with the figures of the
// build, or with figures made now for a period the build does not keep (months),
// and with what was given out before, which is read once. What is asked of a
// build, and what is made from it, takes the View and names no period again.
type View struct {
	*warehouse.Reader
	Conn      *sql.Conn
	Workspace *workspace.Workspace
	Period    period.Period
	// Given is what was submitted, sealed and released in the period's financial
	// year and the one before; of a View of figures alone nothing.
	Given archive.Given

	schema string                      // where figure and condition stand
	laid   map[string]string           // what stands below a relation that was laid over the build's
	forms  map[string]returns.Template // by the name of their return, those that were opened
}

// Form is a return's form, opened once for the View.
func (v *View) Form(r workspace.Return) (returns.Template, error) {
	if form, ok := v.forms[r.Name]; ok {
		return form, nil
	}
	form, err := v.Workspace.Form(r)
	if err != nil {
		return form, err
	}
	if v.forms == nil {
		v.forms = map[string]returns.Template{}
	}
	v.forms[r.Name] = form
	return form, nil
}

// Close closes the View and its warehouse.
func (v *View) Close() error { return errors.Join(v.Conn.Close(), v.Reader.Close()) }

// Open opens the published warehouse for a period, with the funding conditions as
// the sign-off records answer them.
func Open(ctx context.Context, ws *workspace.Workspace, at period.Period) (*View, error) {
	return open(ctx, ws, at, func(v *View) (err error) {
		if err := v.prepare(ctx, nil); err != nil {
			return err
		}
		if v.Given, err = archive.Read(ws, at.Year); err != nil {
			return err
		}
		return v.declare(ctx)
	})
}

// OpenFigures opens the published warehouse for a period's figures alone; of a
// period the build does not keep those of the codes named (none: all).
func OpenFigures(ctx context.Context, ws *workspace.Workspace, at period.Period, codes ...string) (*View, error) {
	return open(ctx, ws, at, func(v *View) error { return v.prepare(ctx, codes) })
}

func open(ctx context.Context, ws *workspace.Workspace, at period.Period, prepare func(*View) error) (*View, error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	conn, err := reader.DB.Conn(ctx)
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	v := &View{Reader: reader, Conn: conn, Workspace: ws, Period: at, schema: "main", laid: map[string]string{}}
	if err := prepare(v); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return v, nil
}

// prepare makes the figures of a period that the build does not keep, and the
// conditions where no codes are named.
func (v *View) prepare(ctx context.Context, codes []string) error {
	var kept bool
	if err := v.Conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM main.period WHERE period = ?", v.Period.Label).Scan(&kept); err != nil {
		return err
	}
	if kept {
		return nil
	}
	sources, err := typed.Stage(ctx, v.Workspace)
	if err != nil {
		return err
	}
	if sources, err = typed.Judged(ctx, v.Workspace, v.Conn, sources); err != nil {
		return err
	}
	v.schema = "temp"
	periods := []period.Period{v.Period}
	engine := metrics.Engine{Set: v.Workspace.Metrics, Conn: v.Conn, Periods: periods,
		Missing: typed.Missing(v.Workspace, periods, sources), Absent: typed.Absent(v.Workspace, periods, sources), Schema: "temp"}
	if err := engine.Tables(ctx); err != nil {
		return err
	}
	for _, name := range []string{"figure", "condition", "breach", "finding"} {
		v.laid[name] = "temp." + name
	}
	if err := engine.Compute(ctx, codes...); err != nil {
		return err
	}
	if len(codes) > 0 {
		return nil
	}
	return engine.Conditions(ctx, v.Workspace.Queries)
}

// declare answers the declaration's condition (C14) by what the sign-off records
// say, which no build knows.
func (v *View) declare(ctx context.Context) error {
	states := v.Given.Signed(v.Workspace.Returns, v.Period)
	if len(states) == 0 {
		return nil
	}
	if v.schema == "main" {
		for _, name := range []string{"condition", "breach"} {
			if err := v.copy(ctx, name, ""); err != nil {
				return err
			}
		}
		if err := v.Lay(ctx, "figure", func(below string) string { return "FROM " + below }); err != nil {
			return err
		}
		v.schema = "temp"
	}
	if err := v.copy(ctx, "declaration", ""); err != nil {
		return err
	}
	for _, s := range states {
		if _, err := v.Conn.ExecContext(ctx, "INSERT INTO temp.declaration VALUES (?, ?, ?, nullif(?, '')::DATE)", s.Fund, v.Period.Label, s.State, s.Date); err != nil {
			return err
		}
	}
	if _, err := v.Conn.ExecContext(ctx, "DELETE FROM temp.condition WHERE code = 'C14' AND period = ?", v.Period.Label); err != nil {
		return err
	}
	engine := metrics.Engine{Set: v.Workspace.Metrics, Conn: v.Conn, Periods: []period.Period{v.Period}, Schema: "temp"}
	return engine.Conditions(ctx, v.Workspace.Queries, "C14")
}

// Lay lays a query over a relation of the build, for this View alone: whatever asks
// for the relation by its bare name then finds what the query gives of the one
// below, whose name the query is told. It is a view where copying would be a waste.
func (v *View) Lay(ctx context.Context, name string, query func(below string) string) error {
	return v.lay(ctx, name, false, query)
}

// Keep is Lay of few rows that are asked for over and over: the query is run once.
func (v *View) Keep(ctx context.Context, name string, query func(below string) string) error {
	return v.lay(ctx, name, true, query)
}

func (v *View) lay(ctx context.Context, name string, keep bool, query func(below string) string) error {
	below := v.laid[name]
	if below == "" {
		below = "warehouse.main." + name
	}
	var statements []string
	if below == "temp."+name { // made for this View: its bare name is wanted
		below += "_made"
		statements = append(statements, "ALTER TABLE temp."+name+" RENAME TO "+name+"_made")
	}
	v.laid[name] = below
	shown := query(below)
	if keep {
		statements, shown = append(statements, "CREATE TEMP TABLE "+name+"_kept AS "+shown), "FROM temp."+name+"_kept"
	}
	for _, statement := range append(statements, "CREATE OR REPLACE TEMP VIEW "+name+" AS "+shown) {
		if err := warehouse.Exec(ctx, v.Conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// copy makes a table of the View's own of a relation of the build, to be changed.
func (v *View) copy(ctx context.Context, name, where string) error {
	v.laid[name] = "temp." + name
	return warehouse.Exec(ctx, v.Conn, "CREATE TEMP TABLE "+name+" AS FROM warehouse.main."+name+where)
}
