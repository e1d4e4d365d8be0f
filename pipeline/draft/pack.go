package draft

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/docx"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/narrative"
	"mojreturns/pipeline/pdf"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Kinds are those of file that the pack can be written as, by their endings.
var Kinds = []string{"html", "pdf", "docx"}

// Briefing writes the Commissioner's pack for a period, to path, whose ending says what it
// is (a PDF is printed by a browser), or as a page into the store's drafts.
func Briefing(ctx context.Context, v *published.View, path string) (Output, error) {
	kind := cmp.Or(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")), "html")
	made, err := briefings(ctx, v, []string{kind}, path)
	if err != nil {
		return Output{}, err
	}
	return made[0], nil
}

// Briefings keeps the pack as a file of each kind in the store's drafts. Where there is no
// browser, what was made before and after the PDF is there, and the error is
// pdf.ErrNoBrowser.
func Briefings(ctx context.Context, v *published.View, kinds ...string) ([]Output, error) {
	return briefings(ctx, v, kinds, "")
}

// briefings collects the pack once: a View is guarded once.
func briefings(ctx context.Context, v *published.View, kinds []string, path string) (out []Output, err error) {
	var data *briefing.Data
	var printless error
	for _, kind := range kinds {
		make := func() ([]byte, error) {
			if data == nil {
				collected, _, err := collect(ctx, v, disclosure.Briefing)
				if err != nil {
					return nil, err
				}
				data = &collected
			}
			return written(ctx, v.Workspace, *data, kind)
		}
		o, err := write(v, Output{Title: "briefing", Path: path}, fmt.Sprintf("briefing-%s.%s", v.Period.Label, kind), make)
		switch {
		case errors.Is(err, pdf.ErrNoBrowser) && len(kinds) > 1:
			printless = err
			continue
		case err != nil:
			return out, err
		}
		out = append(out, o)
	}
	return out, printless
}

// written is the pack as a file of a kind.
func written(ctx context.Context, ws *workspace.Workspace, data briefing.Data, kind string) ([]byte, error) {
	if kind == "docx" {
		return docx.Write(briefing.Document(data))
	}
	var page bytes.Buffer
	if err := briefing.Render(ctx, &page, ws.Templates, data); err != nil || kind != "pdf" {
		return page.Bytes(), err
	}
	return onPaper(ctx, ws, page.Bytes())
}

// onPaper prints a page as PDF.
func onPaper(ctx context.Context, ws *workspace.Workspace, page []byte) (text []byte, err error) {
	browser, err := pdf.Browser(os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("%w: write the briefing as .html and print it where there is one", err)
	}
	aside, err := ws.Temp("pdf")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, aside.Close()) }()
	return pdf.Print(ctx, browser, page, aside.Path)
}

// textFile is the pack's text among the templates, packFile in a release, and writtenFile
// there what people wrote.
const textFile, packFile, writtenFile = "briefing/pack.md", "pack.md", "commentary.md"

// Release keeps the pack as it goes out to an audience (briefing or public), with
// what it shows and hides, so that nothing released later gives away what it hides,
// with its text and people's words, and with its figures as a file that may go with it. By
// is the role of who releases it. It refuses while the gate objects to the period's data or
// words that are needed are missing, but for what is waived with a reason, which is kept
// with the release. It is kept as page and for a word processor, and as what is named also.
func Release(ctx context.Context, v *published.View, audience, by string, waived []archive.Waiver, also ...string) (Output, error) {
	if audience != disclosure.Briefing && audience != disclosure.Public {
		return Output{}, fmt.Errorf("the audience is %q; a briefing is released to %s or %s", audience, disclosure.Briefing, disclosure.Public)
	}
	ws := v.Workspace
	pack, err := narrated(ws, v.Period)
	if err != nil {
		return Output{}, err
	}
	objections, err := gate.Briefing(ctx, v, wordsFile(v.Period), unwritten(pack))
	if err == nil {
		err = gate.Refuse(objections, waived, gate.Waive)
	}
	if err != nil {
		return Output{}, err
	}
	data, printed, err := collect(ctx, v, audience)
	if err != nil {
		return Output{}, err
	}
	next, err := seal.Next(archive.BriefingsDir(ws), "")
	if err != nil {
		return Output{}, err
	}
	j, err := ws.Journal()
	if err != nil {
		return Output{}, err
	}
	about, err := json.MarshalIndent(archive.AboutRelease{Audience: audience, Period: v.Period.Label, Number: next.Number, Build: v.Build, By: by, Waived: waived, At: ws.Now().UTC().Truncate(time.Second), Journal: j.Head()}, "", "  ")
	if err != nil {
		return Output{}, err
	}
	files := seal.Files{archive.AboutFile: about}
	for _, kind := range append([]string{"html", "docx"}, also...) {
		if files["briefing."+kind], err = written(ctx, ws, data, kind); err != nil {
			return Output{}, err
		}
	}
	if files["bindings.json"], err = json.MarshalIndent(data.Bound, "", "  "); err != nil {
		return Output{}, err
	}
	if files[archive.ReleasedFile], err = archive.WriteReleased(printed); err != nil {
		return Output{}, err
	}
	if files[packFile], err = fs.ReadFile(ws.Templates, textFile); err != nil {
		return Output{}, err
	}
	theirs, err := words(ws, v.Period)
	if err != nil {
		return Output{}, err
	}
	if theirs != nil {
		files[writtenFile] = theirs
	}
	if files[handedFile], err = handed(ws, printed); err != nil {
		return Output{}, err
	}
	if files[metadataFile], err = metadata(ws.Register.Area.Office, "Figures of the briefing, "+v.Period.Human()); err != nil {
		return Output{}, err
	}
	return Output{Title: "briefing", Path: filepath.Join(next.Dir, "briefing.html")}, ws.Seal(next.Dir, files, nil, archive.Lines(journal.Released, by, waived)...)
}

// collect makes the pack for an audience, and tells what figures it shows and hides.
func collect(ctx context.Context, v *published.View, audience string) (briefing.Data, []archive.Released, error) {
	ws, at := v.Workspace, v.Period
	if len(ws.Returns) == 0 {
		return briefing.Data{}, nil, errors.New("no return is configured, so the briefing has no fund and no service to speak of; add one under `returns`")
	}
	frozen, err := v.Frozen(ctx)
	if err != nil {
		return briefing.Data{}, nil, err
	}
	pack, err := narrated(ws, at)
	if err != nil {
		return briefing.Data{}, nil, err
	}
	printed, err := guardBriefing(ctx, v, audience, pack)
	if err != nil {
		return briefing.Data{}, nil, err
	}
	last, err := layChanged(ctx, v, audience)
	if err != nil {
		return briefing.Data{}, nil, fmt.Errorf("cannot tell what has changed since the last briefing: %w", err)
	}
	money, activity := ws.Returns[0].Scopes["money"], ws.Returns[0].Scopes["activity"]
	data, err := briefing.Collect(ctx, v.Conn, ws.Queries, briefing.Request{
		Pack: pack, Before: quarterBefore(at), LastYear: yearBefore(at).Label, OfService: func(code string) bool { return ofService(ws, code) },
		Period: at.Label, PeriodWords: at.Human(), MoneyScope: money, MoneyName: ws.ScopeName(money),
		ActivityScope: activity, ActivityName: ws.ScopeName(activity), Office: ws.Register.Area.Office, Threshold: ws.Disclosure.Smallest(),
		Frozen: frozen.In(ws.Location), Build: v.Build, LastRelease: last,
	})
	return data, printed, err
}

// guardBriefing lays a table of the figures that the briefing declares, in which small
// counts are hidden, over those of the build: its questions find no others.
func guardBriefing(ctx context.Context, v *published.View, audience string, pack narrative.Pack) ([]archive.Released, error) {
	declared, err := declared(v.Workspace, pack)
	if err != nil {
		return nil, err
	}
	scopes, conditions := scopesOf(v.Workspace, declared)
	figures, err := guard.FiguresShown(ctx, v, scopes...)
	if err != nil {
		return nil, err
	}
	asked := asked(v, declared, figures.Values)
	guarded, err := guard.Protect(v, audience, asked, figures.Values)
	if err != nil {
		return nil, err
	}
	out := released(asked, figures.Values, guarded.Hidden)
	var shown [][]string
	for _, f := range out {
		mark := ""
		if f.IsHidden() {
			mark = "c"
		}
		shown = append(shown, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, mark})
	}
	earlier, err := handedYearBefore(v, audience)
	if err != nil {
		return nil, err
	}
	if err := lay(ctx, v, shown, conditions, earlier); err != nil {
		return nil, err
	}
	return guard.AndUnprinted(v, out, figures.Values)
}

// released are figures as a pack prints them.
func released(asked []returns.Printed, figures map[figure.Place]returns.Value, hidden map[returns.Printed]bool) []archive.Released {
	var out []archive.Released
	for _, f := range asked {
		r := archive.Released{Printed: f, Shows: figure.Plain(figures[f.Place].Part(f.Field)), Value: figures[f.Place]}
		if hidden[f] {
			r.Shows = "[c]"
		}
		out = append(out, r)
	}
	return out
}

// lay lays tables over those of the build that have the listed figures and no others,
// those to hide with the marker c, and so has what conditions of the listed funds
// say, and what is said of deliveries; and those that packs of the year before handed out. It can be done once: what is hidden already would
// be taken for what is not there, and be shown.
func lay(ctx context.Context, v *published.View, shown [][]string, conditions []string, earlier []printedBefore) error {
	for _, t := range []struct {
		list any
		sql  string
	}{
		{shown, `CREATE TEMP TABLE shown AS
			SELECT s[1] AS code, s[2] AS scope, s[3] AS period, s[4] AS dimension, s[5] AS category, s[6] = 'c' AS hidden FROM (SELECT unnest($1::JSON::VARCHAR[][]) AS s)`},
		{conditions, "CREATE TEMP TABLE answered AS SELECT unnest($1::JSON::VARCHAR[]) AS scope"},
		{earlier, `CREATE TEMP TABLE earlier AS SELECT unnest(from_json($1::JSON, '` + printedShape + `'), recursive := true)`},
	} {
		list, err := json.Marshal(t.list)
		if err != nil {
			return err
		}
		if _, err := v.Conn.ExecContext(ctx, t.sql, string(list)); err != nil {
			return err
		}
	}
	if err := v.Keep(ctx, "figure", func(below string) string {
		return `
		SELECT f.* REPLACE (CASE WHEN NOT s.hidden THEN f.value END AS value, CASE WHEN NOT s.hidden THEN f.numerator END AS numerator,
			CASE WHEN NOT s.hidden THEN f.denominator END AS denominator, CASE WHEN NOT s.hidden THEN f.n END AS n,
			CASE WHEN s.hidden THEN 'c' ELSE f.marker END AS marker)
		FROM ` + below + ` f JOIN shown s USING (code, scope, period, dimension, category)
		UNION ALL BY NAME
		SELECT code, scope, period, dimension, category, TRY_CAST(shows AS DECIMAL(38,10)) AS value, TRY_CAST(n AS BIGINT) AS n,
			CASE WHEN shows LIKE '[%' THEN shows[2:-2] ELSE '' END AS marker, unit
		FROM earlier`
	}); err != nil {
		return err
	}
	if err := v.Lay(ctx, "delivery", func(below string) string {
		marker := func(dimension, category string) string {
			return fmt.Sprintf(`CASE WHEN ('provider:' || provider, feed, '%s', '%s') IN (SELECT (scope, code, dimension, category) FROM shown WHERE hidden) THEN 'c' ELSE '' END`, dimension, category)
		}
		return "SELECT *, " + marker("", "") + " AS rows_marker, " + marker(returns.Standing, "accepted") + " AS accepted_marker, " +
			marker(returns.Standing, "rejected") + " AS rejected_marker FROM " + below
	}); err != nil {
		return err
	}
	return v.Lay(ctx, "condition", func(below string) string {
		return `
		SELECT c.* REPLACE (CASE WHEN s.code IS NULL THEN c.value END AS value, CASE WHEN s.code IS NULL THEN c.evidence ELSE '[c]' END AS evidence)
		FROM ` + below + ` c JOIN answered a ON a.scope = 'fund:' || c.fund
		LEFT JOIN shown s ON s.hidden AND s.code = c.code AND s.scope = a.scope AND s.period = c.period`
	})
}
