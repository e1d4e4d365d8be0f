package intake

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Chase is what the office has to tell one provider: files that are late or not
// yet due, files that came and could not be used, and rows that could not.
type Chase struct {
	Provider register.Provider
	Office   string
	Period   string // in words
	Late     []Owed
	Coming   []Owed
	Refused  []Unusable
	Faulty   []Faulty
}

// Owed is a file that is awaited.
type Owed struct {
	landing.Expectation
	Title string    // the feed's, in words
	For   string    // the period, in words
	Name  string    // what the file should be called
	Asked time.Time // when the provider was last written to about it; zero for not yet
}

// Unusable is a file that came and does not count, with the reason.
type Unusable struct {
	File, Why string
	At        time.Time
}

// Faulty is a current file of which some rows do not count, and the headers under which
// they are wrong, as the file has them, the most rows first.
type Faulty struct {
	File, SHA256   string
	Rows, Rejected int64 // but for those that a later file has mended
	Headers        []string
	Again          string    // what the mended file should be called
	Asked          time.Time // when the provider was last written to about it; zero for not yet
}

// Chases lists what there is to tell each provider, in the order of the
// configuration; providers with nothing late, unusable or faulty are left out.
func Chases(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]Chase, error) {
	expected, err := published.Expected(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	deliveries, err := ws.Deliveries()
	if err != nil {
		return nil, err
	}
	turned, reasons, err := turnedAway(ws)
	if err != nil {
		return nil, err
	}
	deliveries = append(deliveries, turned...)
	letters, err := Letters(ws)
	if err != nil {
		return nil, err
	}
	var out []Chase
	for _, provider := range ws.Register.Providers {
		c := Chase{Provider: provider, Office: ws.Register.Area.Office, Period: at.Human()}
		for _, e := range expected {
			if e.Provider != provider.Code || e.Status == landing.Received || e.Status == landing.Rejected {
				continue
			}
			owed, err := owed(ws, provider, e, deliveries)
			if err != nil {
				return nil, err
			}
			if e.Status == landing.Late {
				c.Late = append(c.Late, owed)
			} else {
				c.Coming = append(c.Coming, owed)
			}
		}
		if c.Refused, err = unusable(ctx, ws, provider, at, turned, reasons); err != nil {
			return nil, err
		}
		if c.Faulty, err = faulty(ctx, ws, provider, at); err != nil {
			return nil, err
		}
		c.remember(letters)
		if len(c.Late)+len(c.Refused)+len(c.Faulty) > 0 {
			out = append(out, c)
		}
	}
	return out, nil
}

func owed(ws *workspace.Workspace, provider register.Provider, e landing.Expectation, deliveries []landing.Delivery) (Owed, error) {
	due, err := period.Parse(e.Period)
	if err != nil {
		return Owed{}, err
	}
	o := Owed{Expectation: e, Title: e.Feed, For: due.Human()}
	if c, ok := ws.Contract(e.Feed); ok {
		o.Title = c.Title
	}
	for _, f := range provider.Feeds {
		if f.Feed == e.Feed {
			o.Name = landing.NextName(f, due, provider.Code, deliveries, ws.Today())
		}
	}
	return o, nil
}

// turnedAway lists the files that were refused for what they hold, and why, by
// number.
func turnedAway(ws *workspace.Workspace) ([]landing.Delivery, map[int]string, error) {
	refusals, err := ws.Landing.Refusals()
	if err != nil {
		return nil, nil, err
	}
	var receipts []landing.Receipt
	why := map[int]string{}
	for _, r := range refusals {
		receipts = append(receipts, landing.Receipt{Number: r.Number, Name: r.Name, SHA256: r.SHA256, Received: r.At})
		why[r.Number] = r.Reason
	}
	turned, err := landing.Resolve(receipts, nil, ws.Register.Providers, ws.Location)
	return turned, why, err
}

// unusable lists a provider's files of a period's financial year that cannot be
// used: refused for what they hold or because they cannot be read, and not followed
// by a file of the same feed that can.
func unusable(ctx context.Context, ws *workspace.Workspace, provider register.Provider, at period.Period, turned []landing.Delivery, reasons map[int]string) ([]Unusable, error) {
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	usable := map[string]time.Time{} // by feed, the newest that can be used
	bad, why := turned, maps.Clone(reasons)
	for _, s := range sources {
		if s.Provider != provider.Code || s.Year != at.Year.String() || s.Withdrawal != nil {
			continue
		}
		if s.Refused != "" {
			why[s.Number] = refusalFor(s)
			bad = append(bad, s.Delivery)
		} else if s.Received.After(usable[s.Feed]) {
			usable[s.Feed] = s.Received
		}
	}
	var out []Unusable
	for _, d := range bad {
		u := Unusable{File: d.Name, Why: why[d.Number], At: d.Received}
		if d.Provider == provider.Code && d.Year == at.Year.String() && d.Feed != "" && d.Received.After(usable[d.Feed]) && !slices.Contains(out, u) {
			out = append(out, u)
		}
	}
	slices.SortStableFunc(out, func(a, b Unusable) int { return a.At.Compare(b.At) })
	return out, nil
}

// faulty lists a provider's current files of which rows were rejected, as the
// published warehouse has them; none before the first build.
func faulty(ctx context.Context, ws *workspace.Workspace, provider register.Provider, at period.Period) ([]Faulty, error) {
	reader, err := builds.Reader(ctx, ws)
	if errors.Is(err, warehouse.ErrNothingPublished) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	type file struct {
		File, SHA256   string
		Rows, Rejected int64
	}
	files, err := warehouse.Select[file](ctx, reader.DB, `SELECT file, sha256, sum(rows)::BIGINT AS rows, sum(rejected)::BIGINT AS rejected FROM delivery
		WHERE current AND provider = ? AND financial_year = ? GROUP BY file, sha256 HAVING sum(rejected) > 0 ORDER BY min(delivery)`, provider.Code, at.Year.String())
	if err != nil {
		return nil, err
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	mended, err := mendedLater(ctx, ws, reader, provider.Code)
	if err != nil {
		return nil, err
	}
	var out []Faulty
	for _, f := range files {
		headers, err := faultyHeaders(ctx, ws, reader, f.SHA256, mended, sources)
		if err != nil {
			return nil, err
		}
		one := Faulty{File: f.File, SHA256: f.SHA256, Rows: f.Rows, Rejected: f.Rejected - mended.in(f.SHA256), Headers: headers, Again: again(ws, f.File, f.SHA256, sources)}
		if one.Rejected > 0 {
			out = append(out, one)
		}
	}
	return out, nil
}

// again is what a file is called when it is sent again: by the next version where its
// names have one, else as it was.
func again(ws *workspace.Workspace, name, sha string, sources []typed.Staged) string {
	var deliveries []landing.Delivery
	for _, s := range sources {
		deliveries = append(deliveries, s.Delivery)
	}
	for _, d := range deliveries {
		if d.SHA256 != sha || !strings.Contains(d.Spec.Files, "{version}") {
			continue
		}
		if year, err := period.ParseYear(d.Year); err == nil {
			return landing.NextName(d.Spec, year.Quarters()[max(d.Quarter, 1)-1], d.Provider, deliveries, ws.Today())
		}
	}
	return name
}

// faultyHeaders are the headers of a file under which rows were rejected.
func faultyHeaders(ctx context.Context, ws *workspace.Workspace, reader *warehouse.Reader, sha string, mended mended, sources []typed.Staged) ([]string, error) {
	type wrong struct{ Provider, Feed, Sheet, ColumnName, Rule string }
	rejected, err := warehouse.Select[wrong](ctx, reader.DB, `SELECT provider, feed, sheet, column_name, rule FROM fault
		WHERE sha256 = ? AND severity = 'reject' AND NOT list_contains(?, concat_ws(' ', feed, "row", sheet))
		GROUP BY ALL ORDER BY count(*) DESC, feed, sheet, column_name, rule`, sha, mended.rows(sha))
	var headers []string
	for _, w := range rejected {
		for _, s := range sources {
			if s.SHA256 != sha || s.Provider != w.Provider || s.Feed != w.Feed || s.SheetTold(ws) != w.Sheet || !s.Current {
				continue
			}
			_, name := columns(s, found{column: w.ColumnName, rule: w.Rule})
			if name = ws.Safe.Name(cmp.Or(name, "the number of fields")); !slices.Contains(headers, name) {
				headers = append(headers, name)
			}
		}
	}
	return headers, err
}

// ChaseMessage writes the message to a provider, by the words of
// templates/chase/message.txt.
func ChaseMessage(ws *workspace.Workspace, c Chase) (string, error) {
	const file = "chase/message.txt"
	text, err := fs.ReadFile(ws.Templates, file)
	if err != nil {
		return "", err
	}
	words := template.FuncMap{
		"day":   func(t time.Time) string { return t.In(ws.Location).Format("2 January 2006") },
		"first": func(s string) string { return strings.ToUpper(s[:min(1, len(s))]) + s[min(1, len(s)):] },
		"count": func(n int64, one, more string) string {
			if n == 1 {
				return "1 " + one
			}
			return fmt.Sprintf("%d %s", n, more)
		},
		"join": func(names []string) string { return strings.Join(names, ", ") },
	}
	message, err := template.New(file).Funcs(words).Parse(string(text))
	if err != nil {
		return "", fmt.Errorf("the words of the message cannot be read: %w", err)
	}
	var b bytes.Buffer
	err = message.Execute(&b, c)
	return b.String(), err
}
