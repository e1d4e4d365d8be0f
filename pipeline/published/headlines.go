package published

import (
	"cmp"
	"context"
	"slices"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Answer is a funding condition's answer for one fund at the end of a period.
type Answer struct{ Code, Title, Fund, Status, Evidence string }

// Move is a headline figure that differs from the build before.
type Move struct{ Code, Name, Scope, Before, Now string }

// Conditions are the answers to the funding conditions of every fund.
func (v *View) Conditions(ctx context.Context) ([]Answer, error) {
	rows, err := v.Conn.QueryContext(ctx, "SELECT code, title, fund, status, evidence FROM "+v.schema+".condition WHERE period = ? ORDER BY fund, code", v.Period.Label)
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

// Headlines are the totals of a period's figures, as text, in every scope.
type Headlines map[returns.Place]string

// Headlined are the headline figures of a period in the published build; none
// when nothing is published yet.
func Headlined(ctx context.Context, ws *workspace.Workspace, at period.Period) (Headlines, error) {
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil || !found {
		return nil, err
	}
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return headlines(ctx, reader.DB, at)
}

func headlines(ctx context.Context, from warehouse.Queryer, at period.Period) (Headlines, error) {
	found, err := table.Query(ctx, from, `SELECT code, scope, CASE marker WHEN '' THEN rtrim(rtrim(value::VARCHAR, '0'), '.') ELSE '[' || marker || ']' END
		FROM warehouse.main.figure WHERE period = $1 AND dimension = ''`, at.Label)
	out := Headlines{}
	for _, row := range found.Rows {
		out[returns.Place{Code: table.AsText(row[0]), Scope: table.AsText(row[1]), Period: at.Label}] = table.AsText(row[2])
	}
	return out, err
}

// Moved compares the headline figures with those of the build before.
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
			out = append(out, Move{Code: place.Code, Name: m.Name, Scope: place.Scope, Before: was, Now: value})
		}
	}
	slices.SortFunc(out, func(a, b Move) int { return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Scope, b.Scope)) })
	return out, nil
}
