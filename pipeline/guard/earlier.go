package guard

import (
	"fmt"
	"slices"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
)

// AndUnprinted adds to what a release printed the guarded figures that belong with
// it: of the same breakdowns, in every scope there is, of the same periods and the
// quarters and years to date so far.
func AndUnprinted(v *published.View, printed []archive.Released, figures map[figure.Place]returns.Value) ([]archive.Released, error) {
	at := v.Period
	g, err := For(v.Workspace, disclosure.Public)
	if err != nil {
		return nil, err
	}
	seen, there := newSeen(), map[figure.Place]bool{}
	for _, f := range printed {
		seen.add(IDOf(f.Place))
		there[f.Place] = true
	}
	g.addBetween(seen)
	for _, q := range at.Year.Quarters()[:at.Quarter()] {
		seen.periods[q.Label], seen.periods[q.ToDate().Label] = true, true
	}
	out := slices.Clone(printed)
	for place, value := range figures {
		if _, guarded := g.Metrics[place.Code]; guarded && !there[place] && seen.breakdowns[[2]string{place.Code, place.Dimension}] && seen.periods[place.Period] {
			out = append(out, archive.Released{Printed: returns.Printed{Place: place}, Value: value})
		}
	}
	slices.SortFunc(out[len(printed):], func(a, b archive.Released) int { return IDOf(a.Place).Compare(IDOf(b.Place)) })
	return out, nil
}

// Releases are those that readers of an output to an audience have seen and that
// speak of a period's financial year, the oldest first, as disclosure control needs
// them; of the year before, what is carried over from its end. They count for what is
// drafted as at an earlier time too: it is read today.
func Releases(v *published.View, audience string, g Guard) ([]disclosure.Release, error) {
	at := v.Period
	var out []disclosure.Release
	for _, r := range v.Given.Releases() {
		if r.Audience != audience && r.Audience != disclosure.Public && audience != disclosure.Public {
			continue // none of this output's readers has seen it; the public's are everybody
		}
		figures, err := archive.ReadReleased(r.File)
		if err != nil {
			return nil, err
		}
		cells, err := g.Decisions(figures)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
		if r.Year != at.Year {
			cells = slices.DeleteFunc(cells, func(d disclosure.Decision) bool {
				return !carries(g.Metrics[d.Cell.ID.Code]) || d.Cell.ID.Period != last(at.Year-1).Label
			})
		}
		out = append(out, disclosure.Release{Name: r.Name, Audience: r.Audience, Cells: cells})
	}
	return out, nil
}

// Decisions are the figures of a release as they were decided on then.
func (g Guard) Decisions(list []archive.Released) ([]disclosure.Decision, error) {
	values := map[figure.Place]returns.Value{}
	for _, f := range list {
		values[f.Place] = f.Value
	}
	var out []disclosure.Decision
	seen := map[disclosure.ID]bool{}
	for _, f := range list {
		printed := f.Printed
		if !f.IsPrinted() {
			printed.Field = "value"
		}
		cells, err := g.cells(printed, values)
		if err != nil {
			return nil, err
		}
		for _, c := range cells {
			if !seen[c.ID] {
				seen[c.ID], c.Private = true, !f.IsPrinted()
				out = append(out, disclosure.Decision{Cell: c, Hidden: f.IsHidden()})
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
