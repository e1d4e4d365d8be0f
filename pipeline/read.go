package pipeline

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/warehouse"
)

// Answer is a funding condition's answer for one fund at the end of a period.
type Answer struct{ Code, Title, Fund, Status, Evidence string }

// Move is a headline figure that differs from the build before.
type Move struct{ Code, Name, Scope, Before, Now string }

// view is the published warehouse with the figures of a period in it: those of
// the build, or figures made now for a period the build does not keep (months).
type view struct {
	*warehouse.Reader
	conn   *sql.Conn
	schema string // where figure and condition stand
}

func (v *view) Close() error {
	return errors.Join(v.conn.Close(), v.Reader.Close())
}

// at opens the published warehouse for a period.
func (p *Pipeline) at(ctx context.Context, at period.Period, codes ...string) (*view, error) {
	reader, err := p.reader(ctx)
	if err != nil {
		return nil, err
	}
	conn, err := reader.DB.Conn(ctx)
	if err != nil {
		reader.Close()
		return nil, err
	}
	v := &view{Reader: reader, conn: conn, schema: "main"}
	err = p.prepare(ctx, v, at, codes)
	if err == nil && len(codes) == 0 {
		err = p.declared(ctx, v, at)
	}
	if err != nil {
		v.Close()
		return nil, err
	}
	return v, nil
}

// declared answers the declaration's condition (C14) by what the sign-off
// records say, which no build knows.
func (p *Pipeline) declared(ctx context.Context, v *view, at period.Period) error {
	states, err := p.states(at)
	if err != nil || len(states) == 0 {
		return err
	}
	statements := []string{"CREATE TEMP TABLE declaration AS FROM warehouse.main.declaration"}
	if v.schema == "main" {
		statements = append(statements, "CREATE TEMP TABLE condition AS FROM warehouse.main.condition", "CREATE TEMP TABLE breach AS FROM warehouse.main.breach", "CREATE TEMP VIEW figure AS FROM warehouse.main.figure")
		v.schema = "temp"
	}
	statements = append(statements, "DELETE FROM temp.condition WHERE code = 'C14' AND period = '"+at.Label+"'")
	for _, statement := range statements {
		if err := exec(ctx, v.conn, statement); err != nil {
			return err
		}
	}
	for _, s := range states {
		if _, err := v.conn.ExecContext(ctx, "INSERT INTO temp.declaration VALUES (?, ?, ?, nullif(?, '')::DATE)", s.fund, at.Label, s.state, s.date); err != nil {
			return err
		}
	}
	engine := metrics.Engine{Set: p.metrics, Conn: v.conn, Periods: []period.Period{at}, Schema: "temp"}
	return engine.Conditions(ctx, p.Queries, "C14")
}

type signed struct{ fund, state, date string }

// states says how far each fund's return for a period is signed: submitted or
// approved; nothing while it is a draft.
func (p *Pipeline) states(at period.Period) ([]signed, error) {
	if p.again != nil || !p.AsAt.IsZero() {
		return nil, nil
	}
	var out []signed
	for _, r := range p.Returns {
		submissions, err := p.submissions(r, at)
		if err != nil {
			return nil, err
		}
		if len(submissions) == 0 {
			continue
		}
		sealed, err := p.Sealed(r.Name, at)
		if err != nil {
			return nil, err
		}
		state, date := "submitted", ""
		if n := len(sealed); n > 0 && sealed[n-1].About.Submission.Number == len(submissions) {
			state, date = "approved", sealed[n-1].About.Declaration.Date
		}
		for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
			if fund, ok := strings.CutPrefix(r.Scopes[name], "fund:"); ok {
				out = append(out, signed{fund: fund, state: state, date: date})
			}
		}
	}
	return out, nil
}

func (p *Pipeline) prepare(ctx context.Context, v *view, at period.Period, codes []string) error {
	var kept bool
	if err := v.conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM main.period WHERE period = ?", at.Label).Scan(&kept); err != nil {
		return err
	}
	if kept {
		return nil
	}
	sources, err := p.stage(ctx)
	if err != nil {
		return err
	}
	v.schema = "temp"
	periods := []period.Period{at}
	engine := metrics.Engine{Set: p.metrics, Conn: v.conn, Periods: periods, Missing: p.missing(periods, sources), Schema: "temp"}
	if err := engine.Tables(ctx); err != nil {
		return err
	}
	if err := engine.Compute(ctx, codes...); err != nil {
		return err
	}
	if len(codes) > 0 {
		return nil
	}
	return engine.Conditions(ctx, p.Queries)
}

// Conditions answers the funding conditions of every fund for a period.
func (p *Pipeline) Conditions(ctx context.Context, at period.Period) ([]Answer, error) {
	v, err := p.at(ctx, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	rows, err := v.conn.QueryContext(ctx, "SELECT code, title, fund, status, evidence FROM "+v.schema+".condition WHERE period = ? ORDER BY fund, code", at.Label)
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

// totals are the headline figures of a period in the published build; none
// when nothing is published yet.
func (p *Pipeline) totals(ctx context.Context, at period.Period) (map[figureKey]string, error) {
	if _, found, err := warehouse.Latest(p.buildDir()); err != nil || !found {
		return nil, err
	}
	reader, err := p.reader(ctx)
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

// moved compares the headline figures with those of the build before.
func (p *Pipeline) moved(ctx context.Context, at period.Period, before map[figureKey]string) ([]Move, error) {
	if before == nil {
		return nil, nil
	}
	now, err := p.totals(ctx, at)
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
