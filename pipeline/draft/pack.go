package draft

import (
	"bytes"
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

// Briefing writes the Commissioner's pack for a period, to path or, where that
// is empty, into the store's drafts. A path that ends in .pdf is printed by a browser.
func Briefing(ctx context.Context, v *published.View, path string) (Output, error) {
	page := func() ([]byte, error) {
		text, _, err := page(ctx, v, disclosure.Briefing)
		if err == nil && strings.EqualFold(filepath.Ext(path), ".pdf") {
			return onPaper(ctx, v.Workspace, text)
		}
		return text, err
	}
	return write(v, Output{Title: "briefing", Path: path}, fmt.Sprintf("briefing-%s.html", v.Period.Label), page)
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
// with the release.
func Release(ctx context.Context, v *published.View, audience, by string, waived []archive.Waiver) (Output, error) {
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
	page, printed, err := page(ctx, v, audience)
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
	files := seal.Files{"briefing.html": page, archive.AboutFile: about}
	if files[archive.ReleasedFile], err = archive.WriteReleased(printed); err != nil {
		return Output{}, err
	}
	if files[packFile], err = fs.ReadFile(ws.Templates, textFile); err != nil {
		return Output{}, err
	}
	written, err := words(ws, v.Period)
	if err != nil {
		return Output{}, err
	}
	if written != nil {
		files[writtenFile] = written
	}
	if files[handedFile], err = handed(ws, printed); err != nil {
		return Output{}, err
	}
	if files[metadataFile], err = metadata(ws.Register.Area.Office, "Figures of the briefing, "+v.Period.Human()); err != nil {
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
	pack, err := narrated(ws, at)
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
		ActivityScope: activity, ActivityName: ws.ScopeName(activity), Office: ws.Register.Area.Office, Threshold: ws.Disclosure.Smallest(),
		Frozen: frozen.In(ws.Location), Build: v.Build,
	})
	if err != nil {
		return nil, nil, err
	}
	var page bytes.Buffer
	err = briefing.Render(ctx, &page, ws.Templates, data)
	return page.Bytes(), printed, err
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
	if err := lay(ctx, v, shown, conditions); err != nil {
		return nil, err
	}
	return guard.AndUnprinted(v, out, figures.Values)
}

// lay lays tables over those of the build that have the listed figures and no others,
// those to hide with the marker c, and so has what conditions of the listed funds
// say, and what is said of deliveries.
func lay(ctx context.Context, v *published.View, shown [][]string, conditions []string) error {
	for _, t := range []struct {
		list any
		sql  string
	}{
		{shown, `CREATE OR REPLACE TEMP TABLE shown AS
			SELECT s[1] AS code, s[2] AS scope, s[3] AS period, s[4] AS dimension, s[5] AS category, s[6] = 'c' AS hidden FROM (SELECT unnest($1::JSON::VARCHAR[][]) AS s)`},
		{conditions, "CREATE OR REPLACE TEMP TABLE answered AS SELECT unnest($1::JSON::VARCHAR[]) AS scope"},
	} {
		list, err := json.Marshal(t.list)
		if err != nil {
			return err
		}
		if _, err := v.Conn.ExecContext(ctx, t.sql, string(list)); err != nil {
			return err
		}
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
