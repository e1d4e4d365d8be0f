package published

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Answer is a funding condition's answer for one fund at the end of a period.
type Answer struct{ Code, Title, Fund, Status, Evidence string }

// Move is a headline figure that differs from the build before, as people read it. Its
// period is that of the View, or an earlier quarter of the year.
type Move struct{ Code, Name, Scope, Period, Before, Now string }

// Conditions are the answers to the funding conditions of every fund.
func (v *View) Conditions(ctx context.Context) ([]Answer, error) {
	return warehouse.Select[Answer](ctx, v.Conn, "SELECT code, title, fund, status, evidence FROM "+v.schema+".condition WHERE period = ? ORDER BY fund, code", v.Period.Label)
}

// Headlines are the totals of a period's figures and of the quarters before it in its
// year, as text, in every scope: a late file may change what was open then.
type Headlines map[figure.Place]string

// Headlined are the headline figures of a period in the published build; none
// when nothing is published yet, or it is damaged, which the next build mends.
func Headlined(ctx context.Context, ws *workspace.Workspace, at period.Period) (Headlines, error) {
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil || !found {
		return nil, err
	}
	reader, err := builds.Reader(ctx, ws)
	if errors.Is(err, warehouse.ErrDamaged) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return headlines(ctx, reader.DB, at)
}

func headlines(ctx context.Context, from warehouse.Queryer, at period.Period) (Headlines, error) {
	asked := []string{at.Label}
	for _, q := range at.Year.Quarters() {
		if q.End.Before(at.Start) {
			asked = append(asked, q.Label)
		}
	}
	labels, err := json.Marshal(asked)
	if err != nil {
		return nil, err
	}
	type headline struct{ Code, Scope, Period, Shows string }
	found, err := warehouse.Select[headline](ctx, from, `SELECT code, scope, period,
			CASE marker WHEN '' THEN rtrim(rtrim(value::VARCHAR, '0'), '.') ELSE '[' || marker || ']' END AS shows
		FROM warehouse.main.figure WHERE period IN (SELECT unnest($1::JSON::VARCHAR[])) AND dimension = ''`, string(labels))
	out := Headlines{}
	for _, h := range found {
		out[figure.Place{Code: h.Code, Scope: h.Scope, Period: h.Period}] = h.Shows
	}
	return out, err
}

// Moved compares the headline figures with those of the build before: the period's own
// first, then those of the newest quarter before it.
func (v *View) Moved(ctx context.Context, before Headlines) ([]Move, error) {
	if before == nil {
		return nil, nil
	}
	now, err := headlines(ctx, v.Conn, v.Period)
	if err != nil {
		return nil, err
	}
	var out []Move
	for place, value := range now {
		if was, ok := before[place]; ok && was != value {
			m, _ := v.Workspace.Metrics.Metric(place.Code)
			out = append(out, Move{Code: place.Code, Name: m.Name, Scope: place.Scope, Period: place.Period,
				Before: Said(v.Workspace, place.Code, was), Now: Said(v.Workspace, place.Code, value)})
		}
	}
	slices.SortFunc(out, func(a, b Move) int {
		return cmp.Or(v.earlier(a)-v.earlier(b), cmp.Compare(b.Period, a.Period), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Scope, b.Scope))
	})
	return out, nil
}

// earlier is 1 for a move of a quarter before the View's period, which is told after its own.
func (v *View) earlier(m Move) int {
	if m.Period != v.Period.Label {
		return 1
	}
	return 0
}
