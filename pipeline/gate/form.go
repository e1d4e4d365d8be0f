package gate

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// own are the gate's objections to a return, which need its form.
func own(ctx context.Context, v *published.View, r workspace.Return) ([]Objection, error) {
	template, err := v.Form(r)
	if err != nil {
		return nil, err
	}
	figures, err := broken(ctx, v, r)
	if err != nil {
		return nil, err
	}
	unsent, err := neverCame(ctx, v, r, template)
	if err != nil {
		return nil, err
	}
	left, err := Form(v, r, template, figures)
	return append(unsent, left...), err
}

// broken are the figures of breakdowns that are not 0, of the return's scopes in the
// period's financial year: all that can be left out of a form.
func broken(ctx context.Context, v *published.View, r workspace.Return) (map[figure.Place]returns.Value, error) {
	scopes, err := json.Marshal(scopesOf(r))
	if err != nil {
		return nil, err
	}
	type row struct{ Code, Scope, Period, Dimension, Category, Value string }
	found, err := warehouse.Select[row](ctx, v.Conn, `SELECT code, scope, period, dimension, category, value::VARCHAR AS value FROM figure
		WHERE period LIKE $1 AND scope IN (SELECT unnest($2::JSON::VARCHAR[])) AND dimension <> '' AND marker = '' AND value <> 0`,
		v.Period.Year.String()+"%", string(scopes))
	out := map[figure.Place]returns.Value{}
	for _, f := range found {
		out[figure.Place{Code: f.Code, Scope: f.Scope, Period: f.Period, Dimension: f.Dimension, Category: f.Category}] = returns.Value{Value: f.Value}
	}
	return out, err
}

func scopesOf(r workspace.Return) []string {
	var out []string
	for _, scope := range r.Scopes {
		out = append(out, scope)
	}
	slices.Sort(out)
	return out
}

// Form lists the objections to what a form prints of the figures: no draft is made
// while there is one.
func Form(v *published.View, r workspace.Return, template returns.Template, figures map[figure.Place]returns.Value) ([]Objection, error) {
	left, err := template.LeftOut(r.Scopes, v.Period, figures)
	if err != nil {
		return nil, err
	}
	out := madeForOthers(v, r, template)
	for len(left) > 0 {
		first := left[0]
		n := slices.IndexFunc(left, func(l returns.LeftOut) bool {
			return l.Sheet != first.Sheet || l.Place.Code != first.Place.Code || l.Place.Period != first.Place.Period || l.Place.Dimension != first.Place.Dimension
		})
		if n < 0 {
			n = len(left)
		}
		var named []string
		for _, l := range left[:n] {
			named = append(named, fmt.Sprintf("%s %s", l.Place.Category, figure.Plain(l.Value)))
		}
		out = append(out, Objection{Firm: true, Finding: published.Finding{
			Code: "G2", Title: "Every printed breakdown adds up to its total", Severity: "error", Period: v.Period.Label,
			Subject: r.Name + " " + first.Sheet, Found: 1,
			Detail: fmt.Sprintf("%s by %s of %s in %s has no row for %s", first.Place.Code, first.Place.Dimension, first.Place.Scope, first.Place.Period, strings.Join(named, ", ")),
			Remedy: "Give these categories a row in the form, or send them to an (other) row, or mark the breakdown as partial in its map.csv with the reason; if a code is wrong, have the provider mend it"}})
		left = left[n:]
	}
	return out, nil
}

// madeForOthers objects to a form of our own that was made for other lists, funds or
// services than the office has: it has rows of others, and none for its own.
func madeForOthers(v *published.View, r workspace.Return, template returns.Template) []Objection {
	err := v.Workspace.Unfit(r, template)
	if err == nil {
		return nil
	}
	return []Objection{{Firm: true, Finding: published.Finding{
		Code: "G3", Title: "The form was made for this office", Severity: "error", Period: v.Period.Label, Subject: r.Name, Found: 1,
		Detail: err.Error(), Remedy: "Make it for this office's lists, funds and services: mojreturns return make --return " + r.Name}}}
}

// neverCame lists the feeds that a return's figures need, of which no delivery tells of
// its period and none is awaited: what is awaited and late is a data check's (K03).
func neverCame(ctx context.Context, v *published.View, r workspace.Return, template returns.Template) ([]Objection, error) {
	cells, err := template.Cells(r.Scopes, v.Period)
	if err != nil {
		return nil, err
	}
	type asked struct {
		Code   string `json:"code"`
		Scope  string `json:"scope"`
		Period string `json:"period"`
	}
	count := map[asked]int{}
	for _, c := range cells {
		if !c.Condition {
			count[asked{c.Place.Code, c.Place.Scope, c.Place.Period}]++
		}
	}
	var list []any
	for a, n := range count {
		list = append(list, map[string]any{"code": a.Code, "scope": a.Scope, "period": a.Period, "cells": n})
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, err
	}
	type feed struct {
		Feed  string
		Cells int64
	}
	found, err := warehouse.Select[feed](ctx, v.Conn, `
		SELECT a.feed, sum(p.cells)::BIGINT AS cells
		FROM (SELECT unnest($1::JSON::STRUCT(code VARCHAR, scope VARCHAR, period VARCHAR, cells BIGINT)[]) AS p)
		JOIN warehouse.main.figure_feed f ON f.code = p.code
		JOIN warehouse.main.absent a ON a.feed = f.feed AND a.scope = p.scope AND a.period = p.period AND a.marker = 'x'
		JOIN figure g ON g.code = p.code AND g.scope = p.scope AND g.period = p.period AND g.dimension = '' AND g.marker = 'x'
		WHERE NOT EXISTS (FROM warehouse.main.expectation e WHERE e.feed = a.feed AND e.period = a.period AND NOT e.covered)
		GROUP BY a.feed ORDER BY a.feed`, string(text))
	var out []Objection
	for _, f := range found {
		out = append(out, Objection{Finding: published.Finding{
			Code: "G1", Title: "What a printed figure rests on was received", Severity: "error", Period: v.Period.Label, Subject: r.Name + " " + f.Feed, Found: 1,
			Detail: fmt.Sprintf("no delivery of it tells of the period and none is awaited, so %d cells show [x]", f.Cells),
			Remedy: "Land the file, and enter under providers who sends it and when; where nobody is to send it, waive it with that reason"}})
	}
	return out, err
}
