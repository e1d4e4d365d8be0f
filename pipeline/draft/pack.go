package draft

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
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
	printed, err := guardBriefing(ctx, v, audience)
	if err != nil {
		return nil, nil, err
	}
	money, activity := ws.Returns[0].Scopes["money"], ws.Returns[0].Scopes["activity"]
	data, err := briefing.Collect(ctx, v.Conn, ws.Queries, briefing.Request{
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

// guardBriefing lays a table of figures in which small counts are hidden over
// those of the build, for the questions of the briefing.
func guardBriefing(ctx context.Context, v *published.View, audience string) ([]archive.Released, error) {
	figures, err := guard.FiguresShown(ctx, v)
	if err != nil {
		return nil, err
	}
	asked, err := askedByBriefing(v, figures.Values)
	if err != nil {
		return nil, err
	}
	guarded, err := guard.Protect(v, audience, asked, figures.Values)
	if err != nil {
		return nil, err
	}
	var out []archive.Released
	var hidden [][]string
	for _, f := range asked {
		r := archive.Released{Printed: f, Shows: figure.Plain(figures.Values[f.Place].Part(f.Field)), Value: figures.Values[f.Place]}
		if guarded.Hidden[f] {
			r.Shows = "[c]"
			hidden = append(hidden, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category})
		}
		out = append(out, r)
	}
	list, err := json.Marshal(hidden)
	if err != nil {
		return nil, err
	}
	if err := hide(ctx, v, string(list)); err != nil {
		return nil, err
	}
	return guard.AndUnprinted(v, out, figures.Values)
}

// hide lays tables over those of the build in which the listed figures have the
// marker c, and so has what conditions say of them.
func hide(ctx context.Context, v *published.View, list string) error {
	if _, err := v.Conn.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE hidden AS
		SELECT h[1] AS code, h[2] AS scope, h[3] AS period, h[4] AS dimension, h[5] AS category FROM (SELECT unnest($1::JSON::VARCHAR[][]) AS h)`, list); err != nil {
		return err
	}
	if err := v.Lay(ctx, "figure", func(below string) string {
		return `
		SELECT f.* REPLACE (CASE WHEN h.code IS NULL THEN f.value END AS value, CASE WHEN h.code IS NULL THEN f.numerator END AS numerator,
			CASE WHEN h.code IS NULL THEN f.denominator END AS denominator, CASE WHEN h.code IS NULL THEN f.n END AS n,
			CASE WHEN h.code IS NULL THEN f.marker ELSE 'c' END AS marker)
		FROM ` + below + ` f LEFT JOIN hidden h USING (code, scope, period, dimension, category)`
	}); err != nil {
		return err
	}
	return v.Lay(ctx, "condition", func(below string) string {
		return `
		SELECT c.* REPLACE (CASE WHEN h.code IS NULL THEN c.value END AS value, CASE WHEN h.code IS NULL THEN c.evidence ELSE '[c]' END AS evidence)
		FROM ` + below + ` c LEFT JOIN hidden h ON h.code = c.code AND h.scope = 'fund:' || c.fund AND h.period = c.period`
	})
}

var quoted = regexp.MustCompile(`'([^']*)'`)

// askedByBriefing lists the figures that the briefing's questions may show: of
// every metric and breakdown that they name, for its scopes and the periods of
// the year to date, and what conditions tell at the end of the period. More than
// is shown hides more; it gives nothing away.
func askedByBriefing(v *published.View, figures map[figure.Place]returns.Value) ([]returns.Printed, error) {
	ws, at := v.Workspace, v.Period
	files, err := fs.Glob(ws.Queries, "briefing/*.sql")
	if err != nil {
		return nil, err
	}
	named := map[string]bool{"": true}
	for _, file := range files {
		text, err := fs.ReadFile(ws.Queries, file)
		if err != nil {
			return nil, err
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = true
		}
	}
	scopes := slices.Collect(maps.Values(ws.Returns[0].Scopes))
	shown := map[string]bool{at.Label: true, at.ToDate().Label: true}
	for _, quarter := range at.Year.Quarters() {
		if !quarter.End.After(at.End) {
			shown[quarter.Label] = true
		}
	}
	var out []returns.Printed
	for place := range figures {
		if answers(ws, place.Code) && place.Period == at.Label && place.Scope == ws.Returns[0].Scopes["money"] {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
		if named[place.Code] && named[place.Dimension] && slices.Contains(scopes, place.Scope) && shown[place.Period] {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
	}
	slices.SortFunc(out, func(a, b returns.Printed) int { return guard.IDOf(a.Place).Compare(guard.IDOf(b.Place)) })
	return out, nil
}

// answers tells whether a code is that of a condition that tells of people.
func answers(ws *workspace.Workspace, code string) bool {
	return slices.ContainsFunc(ws.Metrics.Conditions, func(c metrics.Condition) bool { return c.Code == code && c.Tells != "" })
}
