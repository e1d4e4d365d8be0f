package draft

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// printedBefore is a figure as a released pack handed it out, with what people read
// beside it.
type printedBefore struct {
	Code      string `json:"code"`
	Scope     string `json:"scope"`
	Period    string `json:"period"`
	Dimension string `json:"dimension"`
	Category  string `json:"category"`
	Label     string `json:"label"`
	About     string `json:"about"` // of what and when
	Unit      string `json:"unit"`
	Shows     string `json:"shows"` // the exact figure, or its shorthand
	N         string `json:"n"`
}

// printedShape is that of a list of printedBefore, as DuckDB is told it.
const printedShape = `[{"code":"VARCHAR","scope":"VARCHAR","period":"VARCHAR","dimension":"VARCHAR","category":"VARCHAR",` +
	`"label":"VARCHAR","about":"VARCHAR","unit":"VARCHAR","shows":"VARCHAR","n":"VARCHAR"}]`

// lastPack is the pack that an audience was last given; false where none was.
func lastPack(v *published.View, audience string) (last archive.Release, found bool) {
	for _, r := range v.Given.Releases() {
		if r.Audience == audience {
			last, found = r, true
		}
	}
	return last, found
}

// layChanged lays the relation "changed": the figures that the pack may show and that the
// one before it, to the same audience, gave otherwise. Both were or are printed, so that one
// differs from the other tells nothing new; what either hides is left out. So is a count of a
// breakdown that moved by a few, and any share of one: beside each other they would describe
// the people of a late file, by age, sex and place. It returns in words which pack that was.
func layChanged(ctx context.Context, v *published.View, audience string) (last string, err error) {
	before, found := lastPack(v, audience)
	var list []printedBefore
	if found {
		if list, err = readHanded(v.Workspace, before); err != nil {
			return "", err
		}
		last = "the briefing released on " + before.At.In(v.Workspace.Location).Format("2 January 2006")
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	_, err = v.Conn.ExecContext(ctx, `CREATE TEMP TABLE changed AS
		SELECT p.label, p.about, p.code, coalesce(f.unit, '') AS unit,
			CASE WHEN p.shows NOT LIKE '[%' THEN p.shows END AS was, CASE WHEN p.shows LIKE '[%' THEN p.shows[2:-2] ELSE '' END AS was_marker, nullif(p.n, '') AS was_n,
			f.value, f.marker AS value_marker, f.n AS value_n,
			row_number() OVER (ORDER BY f.code, f.scope, p.period DESC, f.dimension, f.category) AS place
		FROM (SELECT unnest(from_json($1::JSON, '`+printedShape+`'), recursive := true)) p
		JOIN figure f USING (code, scope, period, dimension, category)
		WHERE p.shows NOT IN ('', '[c]', '[z]') AND f.marker NOT IN ('c', 'z')
			AND (p.category = '' OR f.unit = 'pounds' OR f.unit <> 'share' AND abs(f.value - TRY_CAST(p.shows AS DECIMAL(38,10))) >= $2)
			AND (f.value IS DISTINCT FROM TRY_CAST(p.shows AS DECIMAL(38,10)) OR (f.value IS NULL) <> (p.shows LIKE '[%'))`, string(text), v.Workspace.Disclosure.Smallest())
	return last, err
}

// Changed are the figures that the pack of a period would give an audience otherwise than
// the pack it was given last, which last names; empty where it was given none. Was and is
// are exact, or a shorthand.
func Changed(ctx context.Context, v *published.View, audience string) (t table.Table, last string, err error) {
	pack, err := narrated(v.Workspace, v.Period)
	if err != nil {
		return t, "", err
	}
	if _, err := guardBriefing(ctx, v, audience, pack); err != nil {
		return t, "", err
	}
	if last, err = layChanged(ctx, v, audience); err != nil {
		return t, "", err
	}
	t, err = table.Query(ctx, v.Conn, `SELECT label AS figure, about AS "of what, when", unit,
			coalesce(was, '[' || was_marker || ']') AS was,
			coalesce(rtrim(rtrim(value::VARCHAR, '0'), '.'), '[' || value_marker || ']') AS "is now", code
		FROM changed ORDER BY place`)
	if err != nil {
		return t, "", err
	}
	for _, at := range []int{3, 4} { // was, is now
		t.Columns[at].Say = func(text string, row []any) string { return published.Said(v.Workspace, table.AsText(row[5]), text) }
	}
	return t, last, nil
}

// handedYearBefore are the figures of the year before as packs to the same audience handed
// them out, the newest of each. A pack compares with what was given out, and works no
// figure of a year out again that is over: what was hidden then stays hidden.
func handedYearBefore(v *published.View, audience string) ([]printedBefore, error) {
	newest := map[figure.Place]printedBefore{}
	for _, r := range v.Given.Briefings(v.Period.Year - 1) {
		if r.Audience != audience {
			continue
		}
		list, err := readHanded(v.Workspace, r)
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if at, err := period.Parse(p.Period); err == nil && at.Year == v.Period.Year-1 {
				newest[p.place()] = p
			}
		}
	}
	var out []printedBefore
	for _, p := range newest {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b printedBefore) int { return guard.IDOf(a.place()).Compare(guard.IDOf(b.place())) })
	return out, nil
}

func (p printedBefore) place() figure.Place {
	return figure.Place{Code: p.Code, Scope: p.Scope, Period: p.Period, Dimension: p.Dimension, Category: p.Category}
}

// readHanded reads the figures that a released pack handed out. One of before packs had
// such a file handed out none.
func readHanded(ws *workspace.Workspace, r archive.Release) ([]printedBefore, error) {
	path := filepath.Join(filepath.Dir(r.File), handedFile)
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, c := range handedColumns {
		names = append(names, c[0])
	}
	handed, err := lists.ReadExactly(path, text, names...)
	if err != nil {
		return nil, fmt.Errorf("%q is not a list of figures; restore it from a backup: %w", path, err)
	}
	counted, err := countedOf(r)
	if err != nil {
		return nil, err
	}
	var out []printedBefore
	for _, row := range handed.Rows {
		m, ok := ws.Metrics.Metric(row.Get("code"))
		if !ok {
			continue // of deliveries and conditions the pack has tables of their own
		}
		p := printedBefore{Code: row.Get("code"), Scope: row.Get("scope"), Period: row.Get("period"), Dimension: row.Get("dimension"),
			Category: row.Get("category"), Label: row.Get("title"), Unit: m.Unit, Shows: row.Get("shows")}
		p.N = counted[p.place()]
		if p.Category != "" {
			p.Label += ": " + strings.TrimPrefix(published.Labelled(ws, p.Dimension, p.Code, p.Category), p.Category+" ") // people read no codes
		}
		at, err := period.Parse(p.Period)
		if err != nil {
			return nil, row.Wrong("%v", err)
		}
		p.About = ws.ScopeName(p.Scope) + ", " + at.Human()
		out = append(out, p)
	}
	slices.SortStableFunc(out, func(a, b printedBefore) int { return cmp.Compare(a.Code, b.Code) })
	return out, nil
}

// countedOf is how many people or rows each figure of a release is of.
func countedOf(r archive.Release) (map[figure.Place]string, error) {
	list, err := archive.ReadReleased(r.File)
	out := map[figure.Place]string{}
	for _, f := range list {
		out[f.Place] = f.Value.N
	}
	return out, err
}
