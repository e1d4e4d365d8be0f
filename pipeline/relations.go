package pipeline

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// related is the figures of some scopes, arranged for finding what adds up to what.
type related struct {
	guard
	scopes, periods []string
	quarters        []period.Period // in order of time
	longer          []period.Period // than a quarter
	// categories are those of a breakdown of a metric, in order, wherever it has figures.
	categories map[[2]string][]string
	// there are the figures that exist: a relation speaks of no others.
	there map[returns.Place]bool
	out   []disclosure.Relation
}

// seen is what the outputs show, or showed, anything of.
type seen struct {
	breakdowns      map[[2]string]bool // code and dimension; every code with the total
	scopes, periods map[string]bool
}

func newSeen() seen {
	return seen{map[[2]string]bool{}, map[string]bool{}, map[string]bool{}}
}

func (s seen) add(id disclosure.ID) {
	s.breakdowns[[2]string{id.Code, id.Dimension}], s.breakdowns[[2]string{id.Code, ""}] = true, true
	s.scopes[id.Scope], s.periods[id.Period] = true, true
}

func (s seen) has(at returns.Place) bool {
	return s.breakdowns[[2]string{at.Code, at.Dimension}] && s.scopes[at.Scope] && s.periods[at.Period]
}

// relations are all that an attacker knows about how guarded figures belong
// together: totals and categories, crossings and their margins, quarters and the
// year to date, and the identities of reference/relation.csv.
//
// Figures that no output shows anything of are left out: a breakdown or a period
// that nobody has seen can always be made to fit, and tells nothing.
func (g guard) relations(figures map[returns.Place]returns.Value, seen seen) []disclosure.Relation {
	scopes := slices.Sorted(maps.Keys(seen.scopes))
	r := related{guard: g, scopes: scopes, categories: map[[2]string][]string{}, there: map[returns.Place]bool{}}
	periods := map[string]bool{}
	for at := range figures {
		m, ok := g.set.Metric(at.Code)
		if _, guarded := g.guarded(m); !ok || !guarded || !seen.has(at) {
			continue
		}
		r.there[at], periods[at.Period] = true, true
		if key := [2]string{at.Code, at.Dimension}; at.Dimension != "" && !slices.Contains(r.categories[key], at.Category) {
			r.categories[key] = append(r.categories[key], at.Category)
		}
	}
	r.periods = slices.Sorted(maps.Keys(periods))
	for _, label := range r.periods {
		p, err := period.Parse(label)
		switch {
		case err != nil || p.Kind == period.Month:
		case p.Kind == period.Quarter:
			r.quarters = append(r.quarters, p)
		default:
			r.longer = append(r.longer, p)
		}
	}
	slices.SortFunc(r.quarters, func(a, b period.Period) int { return a.Start.Compare(b.Start) })
	for _, c := range r.categories {
		slices.Sort(c)
	}
	for _, m := range g.set.Metrics {
		if _, guarded := g.guarded(m); !guarded {
			continue
		}
		for _, scope := range scopes {
			for _, p := range r.periods {
				r.breakdowns(m, scope, p)
			}
			r.overTime(m, scope)
		}
		if m.Count.Kind == "formula" {
			r.formula(m)
		}
	}
	for _, id := range g.identities {
		for _, scope := range scopes {
			for _, p := range r.periods {
				r.identity(id, scope, p)
			}
		}
	}
	return r.out
}

// parts are the counts of people within a metric's figure that add up as its rows do.
func parts(m metrics.Metric) []string {
	switch m.Count.Kind {
	case "rows", "distinct":
		return []string{""}
	case "share":
		return []string{disclosure.Numerator, disclosure.Denominator}
	case "formula":
		return nil // what it is made of adds up, and it is tied to that
	}
	return []string{disclosure.Number}
}

func (r *related) add(relations ...disclosure.Relation) { r.out = append(r.out, relations...) }

// breakdowns: categories add up to their total, and crossings to their margins.
func (r *related) breakdowns(m metrics.Metric, scope, at string) {
	total := returns.Place{Code: m.Code, Scope: scope, Period: at}
	for _, b := range m.By {
		for _, part := range parts(m) {
			switch {
			case len(b) == 2:
				r.margins(m, total, b, part)
			case !m.NoTotal:
				r.sum(total, r.each(m.Code, b.String(), total, func(string) bool { return true }), part)
			}
		}
	}
}

// margins: a crossing adds up to each category of the dimensions it crosses.
func (r *related) margins(m metrics.Metric, total returns.Place, b metrics.Breakdown, part string) {
	for side, dimension := range b {
		for _, category := range r.categories[[2]string{m.Code, dimension}] {
			margin := total
			margin.Dimension, margin.Category = dimension, category
			r.sum(margin, r.each(m.Code, b.String(), total, func(crossed string) bool {
				first, second, _ := strings.Cut(crossed, " x ")
				return []string{first, second}[side] == category
			}), part)
		}
	}
}

// each lists the places of a breakdown's categories that are asked for.
func (r *related) each(code, dimension string, total returns.Place, asked func(category string) bool) []returns.Place {
	var out []returns.Place
	for _, category := range r.categories[[2]string{code, dimension}] {
		at := total
		at.Dimension, at.Category = dimension, category
		if asked(category) && r.there[at] {
			out = append(out, at)
		}
	}
	return out
}

// sum says that the parts of a total add up to it, where all are there.
func (r *related) sum(total returns.Place, places []returns.Place, part string) {
	if !r.there[total] || len(places) == 0 {
		return
	}
	var ids []disclosure.ID
	for _, at := range places {
		if !r.there[at] {
			return
		}
		ids = append(ids, idOf(at).Of(part))
	}
	r.add(disclosure.Sum(idOf(total).Of(part), ids...))
}

// overTime: quarters make up longer periods, each in the way the metric counts.
func (r *related) overTime(m metrics.Metric, scope string) {
	for _, category := range r.all(m) {
		at := func(label string) returns.Place {
			return returns.Place{Code: m.Code, Scope: scope, Period: label, Dimension: category[0], Category: category[1]}
		}
		for _, long := range r.longer {
			var within []returns.Place
			for _, q := range r.quarters {
				if !q.Start.Before(long.Start) && !q.End.After(long.End) {
					within = append(within, at(q.Label))
				}
			}
			r.madeOf(m, at(long.Label), within)
		}
		for i := 1; i < len(r.quarters); i++ {
			r.opening(m, at(r.quarters[i].Label), r.quarters[i-1].Label)
		}
	}
}

// all lists a metric's breakdowns and categories, its total first.
func (r *related) all(m metrics.Metric) [][2]string {
	out := [][2]string{{}}
	for _, b := range m.By {
		for _, category := range r.categories[[2]string{m.Code, b.String()}] {
			out = append(out, [2]string{b.String(), category})
		}
	}
	return out
}

// madeOf relates a longer period to the quarters it is made of.
func (r *related) madeOf(m metrics.Metric, long returns.Place, quarters []returns.Place) {
	if !r.there[long] || len(quarters) == 0 || slices.ContainsFunc(quarters, func(q returns.Place) bool { return !r.there[q] }) {
		return
	}
	first, last := quarters[0], quarters[len(quarters)-1]
	for _, part := range parts(m) {
		switch {
		case m.When.Kind == "opening":
			r.add(disclosure.Equal(idOf(long).Of(part), idOf(first).Of(part)))
		case m.When.Kind == "open" || m.When.Kind == "upto":
			r.add(disclosure.Equal(idOf(long).Of(part), idOf(last).Of(part)))
		case m.Count.Kind == "distinct" && long.Dimension == "":
			var ids []disclosure.ID
			for _, q := range quarters {
				ids = append(ids, idOf(q))
			}
			r.add(disclosure.Once(idOf(long), ids...)...)
		case m.When.Kind == "in" && m.Count.Kind != "distinct":
			r.sum(long, quarters, part)
		}
	}
}

// opening: what was open before a quarter is what was open at the end of the one
// before, where another metric counts the same rows so.
func (r *related) opening(m metrics.Metric, at returns.Place, before string) {
	if m.When.Kind != "opening" || !r.there[at] {
		return
	}
	for _, o := range r.set.Metrics {
		if o.When.Kind == "open" && o.When.Start == m.When.Start && o.When.End == m.When.End && o.SQL == m.SQL && o.Count.Kind == m.Count.Kind {
			last := at
			last.Code, last.Period = o.Code, before
			if r.there[last] {
				r.add(disclosure.Equal(idOf(at), idOf(last)))
			}
		}
	}
}

// formula ties a figure made of others to them.
func (r *related) formula(m metrics.Metric) {
	at := slices.SortedFunc(maps.Keys(r.there), func(a, b returns.Place) int { return idOf(a).Compare(idOf(b)) })
	for _, place := range at {
		if place.Code != m.Code {
			continue
		}
		of := func(n *metrics.Node) disclosure.ID {
			id := idOf(place)
			id.Code = n.Part.Code
			if n.Part.Dimension != "" {
				id.Dimension, id.Category = n.Part.Dimension, n.Part.Category
			}
			return id
		}
		if r.isShare(m) {
			d := m.Count.Formula.Division()
			r.add(disclosure.Equal(idOf(place).Of(disclosure.Numerator), of(d.Left)), disclosure.Equal(idOf(place).Of(disclosure.Denominator), of(d.Right)))
			continue
		}
		for _, p := range m.Count.Formula.Parts() {
			if r.countPart(&metrics.Node{Part: &p}) {
				r.add(disclosure.Equal(idOf(place).Of(disclosure.Number), of(&metrics.Node{Part: &p})))
				break // the figure's n is that of its first guarded part
			}
		}
	}
}

// identity applies an identity in a scope and period, once for each category that
// a * stands for.
func (r *related) identity(id identity, scope, at string) {
	stars := []string{""}
	for _, o := range slices.Concat(id.left, id.right) {
		if o.category == "*" {
			stars = r.categories[[2]string{o.code, o.dimension}]
			break
		}
	}
	for _, star := range stars {
		var relation disclosure.Relation
		whole := true
		term := func(o operand, sign int64) {
			place := returns.Place{Code: o.code, Scope: scope, Period: at, Dimension: o.dimension, Category: o.category}
			if o.category == "*" {
				place.Category = star
			}
			whole = whole && r.there[place]
			relation = append(relation, disclosure.Term{ID: idOf(place).Of(o.part), Times: sign * o.times})
		}
		for _, o := range id.left {
			term(o, 1)
		}
		for _, o := range id.right {
			term(o, -1)
		}
		if id.atMost {
			slack := disclosure.ID{Code: "room in " + id.text, Scope: scope, Period: at, Category: star}
			relation = append(relation, disclosure.Term{ID: slack, Times: 1})
		}
		if whole {
			r.add(relation)
		}
	}
}

// percentages ties a share of a breakdown's total to the figures it is made of.
func percentages(cells []disclosure.Cell) []disclosure.Relation {
	var out []disclosure.Relation
	for _, c := range cells {
		if c.ID.Part != percent {
			continue
		}
		total := c.ID.Of("")
		total.Dimension, total.Category = "", ""
		out = append(out, disclosure.Equal(c.ID.Of(disclosure.Numerator), c.ID.Of("")), disclosure.Equal(c.ID.Of(disclosure.Denominator), total))
	}
	slices.SortFunc(out, func(a, b disclosure.Relation) int { return cmp.Compare(a.String(), b.String()) })
	return out
}
