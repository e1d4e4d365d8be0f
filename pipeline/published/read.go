package published

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sort"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Answer is a funding condition's answer for one fund at the end of a period.
type Answer struct{ Code, Title, Fund, Status, Evidence string }

// Move is a headline figure that differs from the build before.
type Move struct{ Code, Name, Scope, Before, Now string }

// View is the published warehouse with the figures of a period in it: those of
// the build, or figures made now for a period the build does not keep (months).
type View struct {
	*warehouse.Reader
	Conn   *sql.Conn
	Schema string // where figure and condition stand
}

func (v *View) Close() error {
	return errors.Join(v.Conn.Close(), v.Reader.Close())
}

// Open opens the published warehouse for a period.
func Open(ctx context.Context, ws *workspace.Workspace, at period.Period, codes ...string) (*View, error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	conn, err := reader.DB.Conn(ctx)
	if err != nil {
		reader.Close()
		return nil, err
	}
	v := &View{Reader: reader, Conn: conn, Schema: "main"}
	err = prepare(ctx, ws, v, at, codes)
	if err == nil && len(codes) == 0 {
		err = declared(ctx, ws, v, at)
	}
	if err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// declared answers the declaration's condition (C14) by what the sign-off
// records say, which no build knows.
func declared(ctx context.Context, ws *workspace.Workspace, v *View, at period.Period) error {
	states, err := archive.SignedStates(ws, at)
	if err != nil || len(states) == 0 {
		return err
	}
	statements := []string{"CREATE TEMP TABLE declaration AS FROM warehouse.main.declaration"}
	if v.Schema == "main" {
		statements = append(statements, "CREATE TEMP TABLE condition AS FROM warehouse.main.condition", "CREATE TEMP TABLE breach AS FROM warehouse.main.breach", "CREATE TEMP VIEW figure AS FROM warehouse.main.figure")
		v.Schema = "temp"
	}
	statements = append(statements, "DELETE FROM temp.condition WHERE code = 'C14' AND period = '"+at.Label+"'")
	for _, statement := range statements {
		if err := warehouse.Exec(ctx, v.Conn, statement); err != nil {
			return err
		}
	}
	for _, s := range states {
		if _, err := v.Conn.ExecContext(ctx, "INSERT INTO temp.declaration VALUES (?, ?, ?, nullif(?, '')::DATE)", s.Fund, at.Label, s.State, s.Date); err != nil {
			return err
		}
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: v.Conn, Periods: []period.Period{at}, Schema: "temp"}
	return engine.Conditions(ctx, ws.Queries, "C14")
}

func prepare(ctx context.Context, ws *workspace.Workspace, v *View, at period.Period, codes []string) error {
	var kept bool
	if err := v.Conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM main.period WHERE period = ?", at.Label).Scan(&kept); err != nil {
		return err
	}
	if kept {
		return nil
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return err
	}
	v.Schema = "temp"
	periods := []period.Period{at}
	engine := metrics.Engine{Set: ws.Metrics, Conn: v.Conn, Periods: periods, Missing: typed.Missing(ws, periods, sources), Schema: "temp"}
	if err := engine.Tables(ctx); err != nil {
		return err
	}
	if err := engine.Compute(ctx, codes...); err != nil {
		return err
	}
	if len(codes) > 0 {
		return nil
	}
	return engine.Conditions(ctx, ws.Queries)
}

// Conditions answers the funding conditions of every fund for a period.
func Conditions(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]Answer, error) {
	v, err := Open(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	rows, err := v.Conn.QueryContext(ctx, "SELECT code, title, fund, status, evidence FROM "+v.Schema+".condition WHERE period = ? ORDER BY fund, code", at.Label)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Answer
	for rows.Next() {
		var a Answer
		if err := rows.Scan(&a.Code, &a.Title, &a.Fund, &a.Status, &a.Evidence); err != nil {
			return nil, err
		}
		out = append(out, a)
	}
	return out, rows.Err()
}

type figureKey struct{ code, name, scope string }

// Totals are the headline figures of a period in the published build; none
// when nothing is published yet.
func Totals(ctx context.Context, ws *workspace.Workspace, at period.Period) (map[figureKey]string, error) {
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil || !found {
		return nil, err
	}
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	rows, err := reader.DB.QueryContext(ctx, `SELECT code, name, scope, CASE marker WHEN '' THEN rtrim(rtrim(value::VARCHAR, '0'), '.') ELSE '[' || marker || ']' END
		FROM figure WHERE period = ? AND dimension = ''`, at.Label)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[figureKey]string{}
	for rows.Next() {
		var k figureKey
		var value string
		if err := rows.Scan(&k.code, &k.name, &k.scope, &value); err != nil {
			return nil, err
		}
		out[k] = value
	}
	return out, rows.Err()
}

// Moved compares the headline figures with those of the build before.
func Moved(ctx context.Context, ws *workspace.Workspace, at period.Period, before map[figureKey]string) ([]Move, error) {
	if before == nil {
		return nil, nil
	}
	now, err := Totals(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	var out []Move
	for k, value := range now {
		if was, ok := before[k]; ok && was != value {
			out = append(out, Move{Code: k.code, Name: k.name, Scope: k.scope, Before: was, Now: value})
		}
	}
	sort.Slice(out, func(i, j int) bool {
		return fmt.Sprint(out[i].Code, " ", out[i].Scope) < fmt.Sprint(out[j].Code, " ", out[j].Scope)
	})
	return out, nil
}
