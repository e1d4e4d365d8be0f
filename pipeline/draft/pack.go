package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/narrative"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Briefing writes the Commissioner's pack for a period, to path or, where that
// is empty, into the store's drafts.
func Briefing(ctx context.Context, v *published.View, path string) (Output, error) {
	page := func() ([]byte, error) {
		text, _, err := page(ctx, v, disclosure.Briefing)
		return text, err
	}
	return write(v, Output{Title: "briefing", Path: path}, fmt.Sprintf("briefing-%s.html", v.Period.Label), page)
}

// Release keeps the pack as it goes out to an audience (briefing or public), with
// what it shows and hides, so that nothing released later gives away what it
// hides. By is the role of who releases it. It refuses while the gate objects to the
// period's data, but for what is waived with a reason, which is kept with the release.
func Release(ctx context.Context, v *published.View, audience, by string, waived []archive.Waiver) (Output, error) {
	if audience != disclosure.Briefing && audience != disclosure.Public {
		return Output{}, fmt.Errorf("the audience is %q; a briefing is released to %s or %s", audience, disclosure.Briefing, disclosure.Public)
	}
	ws := v.Workspace
	objections, err := gate.Data(ctx, v)
	if err == nil {
		err = gate.Refuse(objections, waived, gate.Waive)
	}
	if err != nil {
		return Output{}, err
	}
	page, printed, err := page(ctx, v, audience)
	if err != nil {
		return Output{}, err
	}
	next, err := seal.Next(archive.BriefingsDir(ws), "")
	if err != nil {
		return Output{}, err
	}
	about, err := json.MarshalIndent(archive.AboutRelease{Audience: audience, Period: v.Period.Label, Number: next.Number, Build: v.Build, By: by, Waived: waived, At: ws.Now().UTC().Truncate(time.Second)}, "", "  ")
	if err != nil {
		return Output{}, err
	}
	files := seal.Files{"briefing.html": page, archive.AboutFile: about}
	if files[archive.ReleasedFile], err = archive.WriteReleased(printed); err != nil {
		return Output{}, err
	}
	return Output{Title: "briefing", Path: filepath.Join(next.Dir, "briefing.html")}, ws.Seal(next.Dir, files, nil, archive.Lines(journal.Released, by, waived)...)
}

// page makes the pack for an audience, and tells what figures it shows and hides.
func page(ctx context.Context, v *published.View, audience string) ([]byte, []archive.Released, error) {
	ws, at := v.Workspace, v.Period
	if len(ws.Returns) == 0 {
		return nil, nil, errors.New("no return is configured, so the briefing has no fund and no service to speak of; add one under `returns`")
	}
	frozen, err := v.Frozen(ctx)
	if err != nil {
		return nil, nil, err
	}
	pack, err := narrated(ws)
	if err != nil {
		return nil, nil, err
	}
	printed, err := guardBriefing(ctx, v, audience, pack)
	if err != nil {
		return nil, nil, err
	}
	money, activity := ws.Returns[0].Scopes["money"], ws.Returns[0].Scopes["activity"]
	data, err := briefing.Collect(ctx, v.Conn, ws.Queries, briefing.Request{
		Pack: pack, Before: quarterBefore(at), OfService: func(code string) bool { return ofService(ws, code) },
		Period: at.Label, PeriodWords: at.Human(), MoneyScope: money, MoneyName: ws.ScopeName(money),
		ActivityScope: activity, ActivityName: ws.ScopeName(activity), Office: ws.Register.Area.Office, Threshold: ws.Disclosure.Smallest(), People: ofPeople(ws),
		Frozen: frozen.In(ws.Location), Build: v.Build,
	})
	if err != nil {
		return nil, nil, err
	}
	var page bytes.Buffer
	err = briefing.Render(ctx, &page, ws.Templates, data)
	return page.Bytes(), printed, err
}

// ofPeople are the feeds whose rows are of people, trained or supported.
func ofPeople(ws *workspace.Workspace) []string {
	var feeds []string
	for _, c := range ws.Contracts {
		if ws.Guards(c.Feed, true) {
			feeds = append(feeds, c.Feed)
		}
	}
	return feeds
}

// guardBriefing lays a table of the figures that the briefing declares, in which small
// counts are hidden, over those of the build: its questions find no others.
func guardBriefing(ctx context.Context, v *published.View, audience string, pack narrative.Pack) ([]archive.Released, error) {
	figures, err := guard.FiguresShown(ctx, v)
	if err != nil {
		return nil, err
	}
	asked, err := askedByBriefing(v, pack, figures.Values)
	if err != nil {
		return nil, err
	}
	guarded, err := guard.Protect(v, audience, asked, figures.Values)
	if err != nil {
		return nil, err
	}
	var out []archive.Released
	var shown [][]string
	for _, f := range asked {
		r := archive.Released{Printed: f, Shows: figure.Plain(figures.Values[f.Place].Part(f.Field)), Value: figures.Values[f.Place]}
		mark := ""
		if guarded.Hidden[f] {
			r.Shows, mark = "[c]", "c"
		}
		shown = append(shown, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, mark})
		out = append(out, r)
	}
	list, err := json.Marshal(shown)
	if err != nil {
		return nil, err
	}
	if err := lay(ctx, v, string(list)); err != nil {
		return nil, err
	}
	return guard.AndUnprinted(v, out, figures.Values)
}

// lay lays tables over those of the build that have the listed figures and no others,
// those to hide with the marker c, and so has what conditions say of them.
func lay(ctx context.Context, v *published.View, list string) error {
	if _, err := v.Conn.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE shown AS
		SELECT s[1] AS code, s[2] AS scope, s[3] AS period, s[4] AS dimension, s[5] AS category, s[6] = 'c' AS hidden FROM (SELECT unnest($1::JSON::VARCHAR[][]) AS s)`, list); err != nil {
		return err
	}
	if err := v.Lay(ctx, "figure", func(below string) string {
		return `
		SELECT f.* REPLACE (CASE WHEN NOT s.hidden THEN f.value END AS value, CASE WHEN NOT s.hidden THEN f.numerator END AS numerator,
			CASE WHEN NOT s.hidden THEN f.denominator END AS denominator, CASE WHEN NOT s.hidden THEN f.n END AS n,
			CASE WHEN s.hidden THEN 'c' ELSE f.marker END AS marker)
		FROM ` + below + ` f JOIN shown s USING (code, scope, period, dimension, category)`
	}); err != nil {
		return err
	}
	return v.Lay(ctx, "condition", func(below string) string {
		return `
		SELECT c.* REPLACE (CASE WHEN s.code IS NULL THEN c.value END AS value, CASE WHEN s.code IS NULL THEN c.evidence ELSE '[c]' END AS evidence)
		FROM ` + below + ` c LEFT JOIN shown s ON s.hidden AND s.code = c.code AND s.scope = 'fund:' || c.fund AND s.period = c.period`
	})
}

// askedByBriefing lists the figures that the pack's text binds and that its questions
// declare, for the periods they name, and what conditions tell at the end of the period.
func askedByBriefing(v *published.View, pack narrative.Pack, figures map[figure.Place]returns.Value) ([]returns.Printed, error) {
	ws, at := v.Workspace, v.Period
	declared, err := briefing.Declared(ws.Queries)
	if err == nil {
		err = checkDeclared(ws, declared)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range pack.Shows() {
		scope := "money"
		if ofService(ws, s.Code) {
			scope = "activity"
		}
		declared = append(declared, briefing.Shown{Code: s.Code, Dimension: s.Dimension, Scope: scope, Periods: []string{s.When}, At: s.At})
	}
	periods := map[string]string{at.Label: "this", at.ToDate().Label: "to-date"}
	if before := quarterBefore(at); before != "" {
		periods[before] = "last-quarter"
	}
	may := map[figure.Place]bool{} // without category
	for _, d := range declared {
		for label, word := range periods {
			if slices.Contains(d.Periods, word) {
				may[figure.Place{Code: d.Code, Scope: ws.Returns[0].Scopes[d.Scope], Period: label, Dimension: d.Dimension}] = true
			}
		}
		for _, quarter := range at.Year.Quarters() {
			if slices.Contains(d.Periods, "quarters") && !quarter.End.After(at.End) {
				may[figure.Place{Code: d.Code, Scope: ws.Returns[0].Scopes[d.Scope], Period: quarter.Label, Dimension: d.Dimension}] = true
			}
		}
	}
	var out []returns.Printed
	for place := range figures {
		of := place
		of.Category = ""
		if answers(ws, place.Code) {
			of.Code = briefing.Conditions
		}
		if may[of] {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
	}
	slices.SortFunc(out, func(a, b returns.Printed) int { return guard.IDOf(a.Place).Compare(guard.IDOf(b.Place)) })
	return out, nil
}

// narrated reads the text of the pack, briefing/pack.md of the templates.
func narrated(ws *workspace.Workspace) (narrative.Pack, error) {
	const file = "briefing/pack.md"
	text, err := fs.ReadFile(ws.Templates, file)
	if err != nil {
		return narrative.Pack{}, err
	}
	known := narrative.Known{Metric: func(code string) (by []string, ok bool) {
		m, ok := ws.Metrics.Metric(code)
		for _, b := range m.By {
			by = append(by, b.String())
		}
		return by, ok
	}}
	for _, m := range ws.Metrics.Metrics {
		known.Codes = append(known.Codes, m.Code)
	}
	known.Tables, known.Words = briefing.Vocabulary()
	return narrative.Parse(file, string(text), known)
}

// ofService tells whether a metric has figures of a service.
func ofService(ws *workspace.Workspace, code string) bool {
	m, _ := ws.Metrics.Metric(code)
	return slices.Contains(m.Scopes, "service")
}

// quarterBefore is the quarter before a quarter, of the same year; empty where there is
// none.
func quarterBefore(at period.Period) string {
	if at.Kind != period.Quarter || at.Quarter() == 1 {
		return ""
	}
	return at.Year.Quarters()[at.Quarter()-2].Label
}

// checkDeclared tells of codes and breakdowns that no metric has.
func checkDeclared(ws *workspace.Workspace, declared []briefing.Shown) error {
	var errs []error
	for _, d := range declared {
		m, ok := ws.Metrics.Metric(d.Code)
		switch {
		case d.Code == briefing.Conditions && d.Dimension == "":
		case !ok:
			errs = append(errs, fmt.Errorf("%s: shows %q, which is not a metric", d.At, d.Code))
		case d.Dimension != "" && !slices.ContainsFunc(m.By, func(b metrics.Breakdown) bool { return b.String() == d.Dimension }):
			errs = append(errs, fmt.Errorf("%s: shows %s by %q, which it is not broken down by", d.At, d.Code, d.Dimension))
		}
	}
	return errors.Join(errs...)
}

// answers tells whether a code is that of a condition that tells of people.
func answers(ws *workspace.Workspace, code string) bool {
	return slices.ContainsFunc(ws.Metrics.Conditions, func(c metrics.Condition) bool { return c.Code == code && c.Tells != "" })
}
