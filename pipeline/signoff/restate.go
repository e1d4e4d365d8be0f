package signoff

import (
	"context"
	"fmt"
	"io/fs"
	"math/big"
	"os"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Restated is a cell of a return that has moved between a sealed version and
// another, or what would be printed now.
type Restated struct {
	Cell     string // such as T04_Source!D7
	Code     string // of a metric or a condition, a fund's term, or a column such as referrals.sex_code
	Was, Now string // values, or markers in brackets
	By       string // the difference, where both are numbers
	Tells    string // the three as people read them: "was £3.00, is £5.00 (+£2.00)"
	Rows     []MovedRow
}

// side is one of the two versions compared. A seal whose files were erased since has
// its figures and no rows: v is nil.
type side struct {
	at     period.Period
	v      *published.View
	values published.Figures
	files  map[string]delivered // by hash and sheet
}

type delivered struct{ provider, feed string }

// Diff compares a sealed version of a return (0: the newest) with another, or
// with what the published figures would print now (to: 0): which cells moved, by
// how much, and which rows, from which files, moved them.
func Diff(ctx context.Context, ws *workspace.Workspace, name string, at period.Period, from, to int) ([]Restated, error) {
	sealed, err := archive.Version(ws, name, at, from)
	if err != nil {
		return nil, err
	}
	then, release, err := sideOf(ctx, ws, at, &sealed)
	if err != nil {
		return nil, err
	}
	defer release()
	var other *archive.Sealed
	if to > 0 {
		found, err := archive.Version(ws, name, at, to)
		if err != nil {
			return nil, err
		}
		other = &found
	}
	now, release, err := sideOf(ctx, ws, at, other)
	if err != nil {
		return nil, err
	}
	defer release()
	template, err := fs.Sub(os.DirFS(sealed.Dir), archive.TemplateDir)
	if err != nil {
		return nil, err
	}
	opened, err := returns.Open(template)
	if err != nil {
		return nil, err
	}
	return compare(ctx, ws, then, now, opened, sealed.About.Settings)
}

// compare lists the cells that say something else on the other side.
func compare(ctx context.Context, ws *workspace.Workspace, then, now side, t returns.Template, settings workspace.Return) ([]Restated, error) {
	for _, s := range []side{then, now} {
		if err := t.AddOthers(settings.Scopes, s.at, s.values.Values); err != nil {
			return nil, err
		}
	}
	was, err := then.cells(ctx, t, settings)
	if err != nil {
		return nil, err
	}
	is, err := now.cells(ctx, t, settings)
	if err != nil {
		return nil, err
	}
	after := map[string]string{}
	for _, c := range is {
		after[c.name] = c.shows
	}
	var out []Restated
	listed := map[string]bool{} // the conditions whose rows are: one cell of each will do
	for _, c := range was {
		shows, ok := after[c.name]
		if !ok || c.shows == shows || c.code == declarationCondition {
			continue // no rows can be had of a side that was erased, nor its account of the data
		}
		moved := Restated{Cell: c.name, Code: c.code, Was: c.shows, Now: shows, By: by(c.shows, shows)}
		moved.Tells = tells(ws, c.held, moved)
		answer := c.code + " " + c.held.Place.Scope
		if c.hasRows && then.v != nil && now.v != nil && !(c.held.Condition && listed[answer]) {
			listed[answer] = true
			if moved.Rows, err = movedRows(ctx, then, now, settings, c.held); err != nil {
				return nil, err
			}
		}
		out = append(out, moved)
	}
	return out, nil
}

// sideCell is what a mapped cell says on one side.
type sideCell struct {
	name, code, shows string
	held              returns.Held
	hasRows           bool
}

// cells are those of figures and conditions in the order of the cell map, then
// those of the funds' terms and of the quality of the data.
func (s side) cells(ctx context.Context, t returns.Template, settings workspace.Return) ([]sideCell, error) {
	var out []sideCell
	shown, err := t.Cells(settings.Scopes, s.at)
	if err != nil {
		return nil, err
	}
	for _, c := range shown {
		held := returns.Held{Place: c.Place, Condition: c.Condition, Field: c.Field}
		out = append(out, sideCell{name: c.Cell, code: c.Place.Code, shows: s.shows(c), held: held, hasRows: true})
	}
	if s.v == nil {
		return out, nil
	}
	r := returns.Request{Template: t, Scopes: settings.Scopes, Period: s.at}
	if r.Funds, err = draft.Funds(s.v.Workspace, s.at); err != nil {
		return nil, err
	}
	if r.Quality, err = s.v.Quality(ctx, settings); err != nil {
		return nil, err
	}
	beside, err := r.Beside()
	for _, b := range beside {
		c := sideCell{name: b.Cell, code: b.Field, shows: figure.Plain(b.Shows), held: returns.Held{Column: b.Column, Field: b.Field}}
		if b.Column != "" {
			c.code, c.hasRows = b.Column, strings.Contains(b.Column, ".") // duplicates are findings, not rows
		}
		out = append(out, c)
	}
	return out, err
}

// sideOf opens a sealed version with its own rules, or what is published now.
func sideOf(ctx context.Context, ws *workspace.Workspace, at period.Period, sealed *archive.Sealed) (s side, release func(), err error) {
	s.at, release = at, func() {}
	if sealed != nil {
		gone, err := archive.Gone(ws, *sealed)
		if err != nil {
			return s, nil, err
		}
		if gone != "" {
			ws.Log.Warn(fmt.Sprintf("version %d is compared figure by figure, and no rows can be named: %s", sealed.About.Version, gone))
			s.values, err = sealedFigures(sealed.Dir)
			return s, release, err
		}
		if ws, release, err = asSealed(ws, *sealed); err != nil {
			return s, nil, err
		}
	}
	fail := func(err error) (side, func(), error) {
		if s.v != nil {
			s.v.Close()
		}
		release()
		return side{}, nil, err
	}
	if s.v, err = published.Open(ctx, ws, at); err != nil {
		return fail(err)
	}
	if s.values, err = s.v.Figures(ctx); err != nil {
		return fail(err)
	}
	type file struct{ SHA256, Sheet, Provider, Feed string }
	files, err := warehouse.Select[file](ctx, s.v.Conn, "SELECT sha256, sheet, provider, feed FROM main.delivery WHERE current")
	if err != nil {
		return fail(err)
	}
	s.files = map[string]delivered{}
	for _, f := range files {
		s.files[f.SHA256+" "+f.Sheet] = delivered{provider: f.Provider, feed: f.Feed}
	}
	remove := release
	return s, func() { s.v.Close(); remove() }, nil
}

// sealedFigures reads the figures of a seal back.
func sealedFigures(dir string) (published.Figures, error) {
	f := published.Figures{Values: map[figure.Place]returns.Value{}, Conditions: map[[3]string]returns.Condition{}}
	list, err := lists.Open(os.DirFS(dir), archive.FiguresFile,
		"code", "scope", "period", "dimension", "category", "value", "numerator", "denominator", "n", "marker", "status", "evidence")
	if err != nil {
		return f, fmt.Errorf("the seal in %q: %w", dir, err)
	}
	for _, row := range list.Rows {
		at := row.Map()
		if at["status"] != "" {
			f.Conditions[[3]string{at["code"], at["scope"], at["period"]}] = returns.Condition{Status: at["status"], Evidence: at["evidence"],
				Value: at["value"], Limit: at["denominator"], Breaches: at["n"]}
			continue
		}
		f.Values[figure.Place{Code: at["code"], Scope: at["scope"], Period: at["period"], Dimension: at["dimension"], Category: at["category"]}] =
			returns.Value{Value: at["value"], N: at["n"], Numerator: at["numerator"], Denominator: at["denominator"], Marker: at["marker"]}
	}
	return f, nil
}

// shows is what a cell says on this side.
func (s side) shows(c returns.Shown) string {
	if c.Condition {
		answer, ok := s.values.Condition(c.Place.Code, c.Place.Scope, c.Place.Period)
		if !ok {
			return "[x]"
		}
		if c.Field == "value" || c.Field == "limit_value" {
			return figure.Plain(answer.Part(c.Field))
		}
		return answer.Part(c.Field)
	}
	value, ok := s.values.Figure(c.Place)
	if !ok {
		return "[x]"
	}
	return figure.Plain(value.Part(c.Field))
}

// tells says how a cell moved; of its value, in the unit of its metric or condition.
func tells(ws *workspace.Workspace, held returns.Held, m Restated) string {
	said := func(text string) string {
		if held.Field == "value" || held.Field == "limit_value" {
			return published.Said(ws, m.Code, text)
		}
		return text
	}
	if said(m.Was) == said(m.Now) { // it moved by less than is printed
		said = func(text string) string { return text }
	}
	moved := "was " + said(m.Was) + ", is " + said(m.Now)
	if by, more := strings.CutPrefix(m.By, "+"); more {
		moved += " (+" + said(by) + ")"
	} else if m.By != "" {
		moved += " (" + said(m.By) + ")"
	}
	return moved
}

// by is the difference of two numbers; empty where one is a marker or words.
func by(was, now string) string {
	a, ok1 := new(big.Rat).SetString(was)
	b, ok2 := new(big.Rat).SetString(now)
	if !ok1 || !ok2 {
		return ""
	}
	text := figure.Plain(new(big.Rat).Sub(b, a).FloatString(10))
	if !strings.HasPrefix(text, "-") {
		text = "+" + text
	}
	return text
}
