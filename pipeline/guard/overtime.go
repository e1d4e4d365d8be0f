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
			var within []period.Period
			for _, q := range r.quarters {
				if !q.Start.Before(long.Start) && !q.End.After(long.End) {
					within = append(within, q)
				}
			}
			r.madeOf(m, at, long, within)
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

// madeOf relates a longer period to the quarters it is made of. Where some of them have no
// figure in any output, what is in the others is no more than what is in the period.
func (r *related) madeOf(m metrics.Metric, at func(period.Period) figure.Place, long period.Period, quarters []period.Period) {
	total := at(long)
	if !r.there[total] || len(quarters) == 0 || slices.ContainsFunc(quarters, func(q period.Period) bool { return !r.there[at(q)] }) {
		return
	}
	var places []figure.Place
	for _, q := range quarters {
		places = append(places, at(q))
	}
	first, last := quarters[0], quarters[len(quarters)-1]
	whole := tiles(quarters, long)
	switch {
	case m.When.Kind == "opening" && first.Start.Equal(long.Start):
		r.same(m, places[0], total)
	case (m.When.Kind == "open" || m.When.Kind == "upto") && last.End.Equal(long.End):
		r.same(m, places[len(places)-1], total)
	case whole && (m.When.Kind == "in" || m.When.Kind == "active" && (m.Count.Kind == "distinct" || len(quarters) == 1)):
		r.together(m, total, places)
	case m.When.Kind == "in" && (m.Count.Kind != "distinct" || total.Dimension == ""):
		r.amongOthers(m, total, places)
	}
}

// tiles says whether periods, in order, make up a longer one with nothing between them.
func tiles(parts []period.Period, long period.Period) bool {
	next := long.Start
	for _, p := range parts {
		if !p.Start.Equal(next) {
			return false
		}
		next = p.End.AddDate(0, 0, 1)
	}
	return next.Equal(long.End.AddDate(0, 0, 1))
}

// amongOthers says that each of some parts of a total is no more than it.
func (r *related) amongOthers(m metrics.Metric, total figure.Place, places []figure.Place) {
	for _, part := range parts(m) {
		for _, at := range places {
			r.add(disclosure.AtMost(IDOf(at).Of(part), IDOf(total).Of(part)))
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
