package pipeline

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
)

// Briefing writes the Commissioner's pack for a period, to path or, where that
// is empty, into the store's drafts.
func (p *Pipeline) Briefing(ctx context.Context, at period.Period, path string) (Output, error) {
	v, err := p.briefingView(ctx, at)
	if err != nil {
		return Output{}, err
	}
	defer v.Close()
	page := func() ([]byte, error) {
		text, _, err := p.page(ctx, v, at, disclosure.Briefing)
		return text, err
	}
	return p.write(v, at, Output{Title: "briefing", Path: path}, fmt.Sprintf("briefing-%s.html", at.Label), page)
}

func (p *Pipeline) briefingView(ctx context.Context, at period.Period) (*view, error) {
	if len(p.Returns) == 0 {
		return nil, errors.New("no return is configured, so the briefing has no fund and no service to speak of; add one under `returns`")
	}
	return p.at(ctx, at)
}

// Release is a briefing given to an audience.
type Release struct {
	Period   period.Period
	Audience string // briefing or public
	By       string // the role of who released it
}

// ReleaseBriefing keeps the pack as it goes out to an audience, with what it
// shows and hides, so that nothing released later gives away what it hides.
func (p *Pipeline) ReleaseBriefing(ctx context.Context, r Release) (Output, error) {
	if r.Audience != disclosure.Briefing && r.Audience != disclosure.Public {
		return Output{}, fmt.Errorf("the audience is %q; a briefing is released to %s or %s", r.Audience, disclosure.Briefing, disclosure.Public)
	}
	v, err := p.briefingView(ctx, r.Period)
	if err != nil {
		return Output{}, err
	}
	defer v.Close()
	page, printed, err := p.page(ctx, v, r.Period, r.Audience)
	if err != nil {
		return Output{}, err
	}
	number := 1
	if dirs, err := os.ReadDir(p.briefingsDir()); err == nil {
		number += len(dirs)
	} else if !errors.Is(err, os.ErrNotExist) {
		return Output{}, err
	}
	about, err := json.MarshalIndent(aboutRelease{Audience: r.Audience, Period: r.Period.Label, Number: number, Build: v.Build, By: r.By, At: p.Now().UTC().Truncate(time.Second)}, "", "  ")
	if err != nil {
		return Output{}, err
	}
	files := seal.Files{"briefing.html": page, aboutFile: about}
	if files[releasedFile], err = writeReleased(printed); err != nil {
		return Output{}, err
	}
	dir := filepath.Join(p.briefingsDir(), fmt.Sprintf("%03d", number))
	return Output{Title: "briefing", Path: filepath.Join(dir, "briefing.html")}, seal.Write(dir, files, nil)
}

// page makes the pack for an audience, and tells what figures it shows and hides.
func (p *Pipeline) page(ctx context.Context, v *view, at period.Period, audience string) ([]byte, []released, error) {
	frozen, err := p.frozen(ctx, v)
	if err != nil {
		return nil, nil, err
	}
	printed, err := p.guardBriefing(ctx, v, at, audience)
	if err != nil {
		return nil, nil, err
	}
	money, activity := p.Returns[0].Scopes["money"], p.Returns[0].Scopes["activity"]
	data, err := briefing.Collect(ctx, v.conn, p.Queries, briefing.Request{
		Period: at.Label, PeriodWords: at.Human(), MoneyScope: money, MoneyName: p.scopeName(money),
		ActivityScope: activity, ActivityName: p.scopeName(activity), Office: p.Register.Area.Office, Threshold: p.Disclosure.threshold(),
		Frozen: frozen.In(p.Location), Build: v.Build,
	})
	if err != nil {
		return nil, nil, err
	}
	var page bytes.Buffer
	err = briefing.Render(ctx, &page, p.Templates, data)
	return page.Bytes(), printed, err
}

// guardBriefing lays a table of figures in which small counts are hidden over
// those of the build, for the questions of the briefing.
func (p *Pipeline) guardBriefing(ctx context.Context, v *view, at period.Period, audience string) ([]released, error) {
	figures, err := p.figuresShown(ctx, v, at)
	if err != nil {
		return nil, err
	}
	asked, err := p.askedByBriefing(figures.values, at)
	if err != nil {
		return nil, err
	}
	guarded, err := p.protect(audience, at, asked, figures.values)
	if err != nil {
		return nil, err
	}
	var out []released
	var hidden [][]string
	for _, f := range asked {
		r := released{Printed: f, Shows: plain(figures.values[f.Place].Part(f.Field)), Value: figures.values[f.Place]}
		if guarded.hidden[f] {
			r.Shows = "[c]"
			hidden = append(hidden, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category})
		}
		out = append(out, r)
	}
	list, err := json.Marshal(hidden)
	if err != nil {
		return nil, err
	}
	if err := v.hide(ctx, string(list)); err != nil {
		return nil, err
	}
	return p.andUnprinted(at, out, figures.values)
}

// hide lays tables over those of the build in which the listed figures have the
// marker c, and so has what conditions say of them.
func (v *view) hide(ctx context.Context, list string) error {
	if _, err := v.conn.ExecContext(ctx, `CREATE OR REPLACE TEMP TABLE hidden AS
		SELECT h[1] AS code, h[2] AS scope, h[3] AS period, h[4] AS dimension, h[5] AS category FROM (SELECT unnest($1::JSON::VARCHAR[][]) AS h)`, list); err != nil {
		return err
	}
	for _, statement := range []string{
		`CREATE OR REPLACE TEMP TABLE guarded AS
			SELECT f.* REPLACE (CASE WHEN h.code IS NULL THEN f.value END AS value, CASE WHEN h.code IS NULL THEN f.numerator END AS numerator,
				CASE WHEN h.code IS NULL THEN f.denominator END AS denominator, CASE WHEN h.code IS NULL THEN f.n END AS n,
				CASE WHEN h.code IS NULL THEN f.marker ELSE 'c' END AS marker)
			FROM ` + v.schema + `.figure f LEFT JOIN hidden h USING (code, scope, period, dimension, category)`,
		`CREATE OR REPLACE TEMP TABLE answered AS
			SELECT c.* REPLACE (CASE WHEN h.code IS NULL THEN c.value END AS value, CASE WHEN h.code IS NULL THEN c.evidence ELSE '[c]' END AS evidence)
			FROM ` + v.schema + `.condition c LEFT JOIN hidden h ON h.code = c.code AND h.scope = 'fund:' || c.fund AND h.period = c.period`,
		"DROP VIEW IF EXISTS temp.figure", "DROP TABLE IF EXISTS temp.figure", "ALTER TABLE temp.guarded RENAME TO figure",
		"DROP VIEW IF EXISTS temp.condition", "DROP TABLE IF EXISTS temp.condition", "ALTER TABLE temp.answered RENAME TO condition",
	} {
		if err := exec(ctx, v.conn, statement); err != nil && !strings.HasPrefix(statement, "DROP") { // it is one of the two, or neither
			return err
		}
	}
	return nil
}

var quoted = regexp.MustCompile(`'([^']*)'`)

// askedByBriefing lists the figures that the briefing's questions may show: of
// every metric and breakdown that they name, for its scopes and the periods of
// the year to date, and what conditions tell at the end of the period. More than
// is shown hides more; it gives nothing away.
func (p *Pipeline) askedByBriefing(figures map[returns.Place]returns.Value, at period.Period) ([]returns.Printed, error) {
	files, err := fs.Glob(p.Queries, "briefing/*.sql")
	if err != nil {
		return nil, err
	}
	named := map[string]bool{"": true}
	for _, file := range files {
		text, err := fs.ReadFile(p.Queries, file)
		if err != nil {
			return nil, err
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			named[m[1]] = true
		}
	}
	scopes := slices.Collect(maps.Values(p.Returns[0].Scopes))
	shown := map[string]bool{at.Label: true, at.ToDate().Label: true}
	for _, quarter := range at.Year.Quarters() {
		if !quarter.End.After(at.End) {
			shown[quarter.Label] = true
		}
	}
	var out []returns.Printed
	for place := range figures {
		if p.answers(place.Code) && place.Period == at.Label && place.Scope == p.Returns[0].Scopes["money"] {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
		if named[place.Code] && named[place.Dimension] && slices.Contains(scopes, place.Scope) && shown[place.Period] {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
	}
	slices.SortFunc(out, func(a, b returns.Printed) int { return idOf(a.Place).Compare(idOf(b.Place)) })
	return out, nil
}

// answers tells whether a code is that of a condition that tells of people.
func (p *Pipeline) answers(code string) bool {
	return slices.ContainsFunc(p.metrics.Conditions, func(c metrics.Condition) bool { return c.Code == code && c.Tells != "" })
}
