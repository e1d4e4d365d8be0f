package pipeline

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
)

// release is what was given to an audience: a sealed return, or a briefing.
type release struct {
	name, audience, file string
	year                 period.Year
	at                   time.Time
}

// released is a figure as an output printed it, with what is behind it.
type released struct {
	returns.Printed
	Shows string
	Value returns.Value
}

var releasedColumns = []string{"code", "scope", "period", "dimension", "category", "field", "shows", "value", "numerator", "denominator", "n"}

// isPrinted tells whether the output has the figure. The others of a release are
// those that belong with what it printed: what is released later must fit them too.
func (f released) isPrinted() bool { return f.Field != "" }

// andUnprinted adds to what a release printed the guarded figures that belong with
// it: of the same breakdowns, in every scope there is, of the same periods and the
// quarters and years to date so far.
func (p *Pipeline) andUnprinted(at period.Period, printed []released, figures map[returns.Place]returns.Value) ([]released, error) {
	g, err := p.guard(disclosure.Public)
	if err != nil {
		return nil, err
	}
	seen, there := newSeen(), map[returns.Place]bool{}
	for _, f := range printed {
		seen.add(idOf(f.Place))
		there[f.Place] = true
	}
	for _, q := range at.Year.Quarters()[:at.Quarter()] {
		seen.periods[q.Label], seen.periods[q.ToDate().Label] = true, true
	}
	out := slices.Clone(printed)
	for place, value := range figures {
		if _, guarded := g.metrics[place.Code]; guarded && !there[place] && seen.breakdowns[[2]string{place.Code, place.Dimension}] && seen.periods[place.Period] {
			out = append(out, released{Printed: returns.Printed{Place: place}, Value: value})
		}
	}
	slices.SortFunc(out[len(printed):], func(a, b released) int { return idOf(a.Place).Compare(idOf(b.Place)) })
	return out, nil
}

// writeReleased writes the figures of a release as CSV. It holds what was hidden,
// so it never leaves the store.
func writeReleased(list []released) ([]byte, error) {
	var text bytes.Buffer
	out := csv.NewWriter(&text)
	records := [][]string{releasedColumns}
	for _, f := range list {
		records = append(records, []string{f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, f.Field, f.Shows,
			f.Value.Value, f.Value.Numerator, f.Value.Denominator, f.Value.N})
	}
	err := out.WriteAll(records)
	return text.Bytes(), err
}

// readReleased reads what writeReleased wrote.
func readReleased(path string) ([]released, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	if len(records) == 0 || !slices.Equal(records[0], releasedColumns) {
		return nil, fmt.Errorf("%q is not a list of released figures", path)
	}
	var out []released
	for _, r := range records[1:] {
		f := released{
			Printed: returns.Printed{Place: returns.Place{Code: r[0], Scope: r[1], Period: r[2], Dimension: r[3], Category: r[4]}, Field: r[5]},
			Shows:   r[6], Value: returns.Value{Value: r[7], Numerator: r[8], Denominator: r[9], N: r[10]}}
		if f.Shows == "[z]" {
			f.Value.Marker = "z"
		}
		out = append(out, f)
	}
	return out, nil
}

// isHidden tells whether the release hid the figure.
func (f released) isHidden() bool { return f.Shows == "[c]" }

// sealedReturns lists every sealed version of every return for the periods of a
// financial year, in the order they were sealed.
func (p *Pipeline) sealedReturns(year period.Year) ([]Sealed, error) {
	dirs, err := filepath.Glob(p.Store("returns", "*", "*"))
	if err != nil {
		return nil, err
	}
	var out []Sealed
	for _, dir := range dirs {
		at, err := period.Parse(filepath.Base(dir))
		if err != nil || at.Year != year {
			continue
		}
		versions, err := seal.Versions(dir)
		if err != nil {
			return nil, err
		}
		for _, version := range versions {
			s, err := readSealed(filepath.Join(dir, version))
			if err != nil {
				return nil, err
			}
			if p.again == nil || slices.Contains(p.again.releases, s.name()) {
				out = append(out, s)
			}
		}
	}
	slices.SortFunc(out, func(a, b Sealed) int {
		return cmp.Or(a.About.At.Compare(b.About.At), cmp.Compare(a.name(), b.name()))
	})
	return out, nil
}

// briefingsDir is where released briefings are kept.
func (p *Pipeline) briefingsDir() string { return p.Store("releases", "briefing") }

// aboutRelease says what a released briefing is.
type aboutRelease struct {
	Audience string    `json:"audience"`
	Period   string    `json:"period"`
	Number   int       `json:"number"`
	Build    string    `json:"build"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at"`
}

// releasedBriefings lists the briefings released for the periods of a financial
// year, in order.
func (p *Pipeline) releasedBriefings(year period.Year) ([]release, error) {
	files, err := filepath.Glob(filepath.Join(p.briefingsDir(), "*", aboutFile))
	if err != nil {
		return nil, err
	}
	slices.Sort(files)
	var out []release
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var about aboutRelease
		if err := json.Unmarshal(text, &about); err != nil {
			return nil, fmt.Errorf("%q cannot be read; restore it from a backup: %w", file, err)
		}
		at, err := period.Parse(about.Period)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", file, err)
		}
		if at.Year == year {
			dir := filepath.Dir(file)
			out = append(out, release{name: "briefing " + filepath.Base(dir), audience: about.Audience, file: filepath.Join(dir, releasedFile), year: year, at: about.At})
		}
	}
	return out, nil
}

// releases are those that readers of an output to an audience have seen and that
// speak of a period's financial year, the oldest first, as disclosure control needs
// them; of the year before, what is carried over from its end. They count for what is
// drafted as at an earlier time too: it is read today.
func (p *Pipeline) releases(audience string, at period.Period, g guard) ([]disclosure.Release, error) {
	var list []release
	for _, year := range []period.Year{at.Year - 1, at.Year} {
		sealed, err := p.sealedReturns(year)
		if err != nil {
			return nil, err
		}
		for _, s := range sealed {
			list = append(list, release{name: s.name(), audience: disclosure.Ministry, file: filepath.Join(s.Dir, releasedFile), year: year, at: s.About.At})
		}
		briefings, err := p.releasedBriefings(year)
		if err != nil {
			return nil, err
		}
		for _, b := range briefings {
			if p.again == nil || slices.Contains(p.again.releases, b.name) {
				list = append(list, b)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b release) int { return cmp.Or(a.at.Compare(b.at), strings.Compare(a.name, b.name)) })
	var out []disclosure.Release
	for _, r := range list {
		if r.audience != audience && r.audience != disclosure.Public && audience != disclosure.Public {
			continue // none of this output's readers has seen it; the public's are everybody
		}
		figures, err := readReleased(r.file)
		if err != nil {
			return nil, err
		}
		cells, err := g.decisions(figures)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.name, err)
		}
		if r.year != at.Year {
			cells = slices.DeleteFunc(cells, func(d disclosure.Decision) bool {
				return !carries(g.metrics[d.Cell.ID.Code]) || d.Cell.ID.Period != last(at.Year-1).Label
			})
		}
		out = append(out, disclosure.Release{Name: r.name, Audience: r.audience, Cells: cells})
	}
	return out, nil
}

// decisions are the figures of a release as they were decided on then.
func (g guard) decisions(list []released) ([]disclosure.Decision, error) {
	values := map[returns.Place]returns.Value{}
	for _, f := range list {
		values[f.Place] = f.Value
	}
	var out []disclosure.Decision
	seen := map[disclosure.ID]bool{}
	for _, f := range list {
		printed := f.Printed
		if !f.isPrinted() {
			printed.Field = "value"
		}
		cells, err := g.cells(printed, values)
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			if !seen[c.ID] {
				seen[c.ID], c.Private = true, !f.isPrinted()
				out = append(out, disclosure.Decision{Cell: c, Hidden: f.isHidden()})
			}
		}
	}
	return out, nil
}

// carries tells whether what a metric counts at the end of a year is what the next
// begins with: cases that are open, and what is counted up to a day.
func carries(m metrics.Metric) bool { return m.When.Kind == "open" || m.When.Kind == "upto" }

// last is the last quarter of a financial year.
func last(year period.Year) period.Period { return year.Quarters()[3] }

// releaseNames lists everything released that bears on a financial year.
func (p *Pipeline) releaseNames(year period.Year) ([]string, error) {
	before, err := p.releasedIn(year - 1)
	if err != nil {
		return nil, err
	}
	names, err := p.releasedIn(year)
	return append(before, names...), err
}

// releasedIn lists what was released for the periods of a financial year.
func (p *Pipeline) releasedIn(year period.Year) ([]string, error) {
	names := []string{}
	sealed, err := p.sealedReturns(year)
	if err != nil {
		return nil, err
	}
	for _, s := range sealed {
		names = append(names, s.name())
	}
	briefings, err := p.releasedBriefings(year)
	for _, b := range briefings {
		names = append(names, b.name)
	}
	return names, err
}
