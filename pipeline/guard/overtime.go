package guard

import (
	"maps"
	"slices"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
)

// overTime: quarters make up longer periods, each in the way the metric counts;
// periods of the same days have the same figures.
func (r *related) overTime(m metrics.Metric, scope string) {
	for _, category := range r.all(m) {
		at := func(p period.Period) figure.Place {
			return figure.Place{Code: m.Code, Scope: scope, Period: p.Label, Dimension: category[0], Category: category[1]}
		}
		for i, long := range r.longer {
			var within []figure.Place
			for _, q := range r.quarters {
				if !q.Start.Before(long.Start) && !q.End.After(long.End) {
					within = append(within, at(q))
				}
			}
			r.madeOf(m, at(long), within)
			if i > 0 && r.longer[i-1].Start.Equal(long.Start) && r.longer[i-1].End.Equal(long.End) {
				r.same(m, at(r.longer[i-1]), at(long))
			}
		}
		for i, q := range r.quarters {
			if i > 0 {
				r.opening(m, at(q), r.quarters[i-1].Label)
			}
		}
		if category[0] == "" && m.When.Kind == "upto" {
			r.sinceStart(m, scope)
		}
	}
}

// same says that two figures are of the same rows.
func (r *related) same(m metrics.Metric, a, b figure.Place) {
	if !r.there[a] || !r.there[b] {
		return
	}
	for _, part := range parts(m) {
		r.add(disclosure.Equal(IDOf(a).Of(part), IDOf(b).Of(part)))
	}
}

// sinceStart: what was counted up to the end of a quarter is what was before it
// and what the quarter added, where another metric counts the same rows so.
func (r *related) sinceStart(m metrics.Metric, scope string) {
	for _, code := range slices.Sorted(maps.Keys(r.Metrics)) {
		within := r.Metrics[code]
		if within.When.Kind != "in" || within.When.Start != m.When.Start || within.SQL != m.SQL || within.Count != m.Count {
			continue
		}
		for i, q := range r.quarters {
			now := figure.Place{Code: m.Code, Scope: scope, Period: q.Label}
			added := now
			added.Code = code
			if !r.there[now] || !r.there[added] {
				continue
			}
			before := now
			if i > 0 {
				before.Period = r.quarters[i-1].Label
			}
			for _, part := range parts(m) {
				switch {
				case i == 0: // nothing came before the year, or something did: what is untrue is left out
					r.add(disclosure.Equal(IDOf(now).Of(part), IDOf(added).Of(part)), disclosure.AtMost(IDOf(added).Of(part), IDOf(now).Of(part)))
				case r.there[before]:
					r.add(disclosure.Sum(IDOf(now).Of(part), IDOf(before).Of(part), IDOf(added).Of(part)))
				}
			}
		}
	}
}

// madeOf relates a longer period to the quarters it is made of.
func (r *related) madeOf(m metrics.Metric, long figure.Place, quarters []figure.Place) {
	if !r.there[long] || len(quarters) == 0 || slices.ContainsFunc(quarters, func(q figure.Place) bool { return !r.there[q] }) {
		return
	}
	first, last := quarters[0], quarters[len(quarters)-1]
	switch m.When.Kind {
	case "opening":
		r.same(m, first, long)
	case "open", "upto":
		r.same(m, last, long)
	case "in":
		r.together(m, long, quarters)
	case "active":
		if m.Count.Kind == "distinct" || len(quarters) == 1 {
			r.together(m, long, quarters)
		}
	}
}

// opening: what was open before a quarter is what was open at the end of the one
// before, where another metric counts the same rows so.
func (r *related) opening(m metrics.Metric, at figure.Place, before string) {
	if m.When.Kind != "opening" || !r.there[at] {
		return
	}
	for _, code := range slices.Sorted(maps.Keys(r.Metrics)) {
		o := r.Metrics[code]
		if o.When.Kind == "open" && o.When.Start == m.When.Start && o.When.End == m.When.End && o.SQL == m.SQL && o.Count.Kind == m.Count.Kind {
			last := at
			last.Code, last.Period = o.Code, before
			if r.there[last] {
				r.add(disclosure.Equal(IDOf(at), IDOf(last)))
			}
		}
	}
}
