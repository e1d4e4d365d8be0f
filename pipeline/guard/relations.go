package guard

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// related is the figures of some scopes, arranged for finding what adds up to what.
type related struct {
	Guard
	scopes, periods []string
	quarters        []period.Period // in order of time
	longer          []period.Period // than a quarter
	// categories are those of a breakdown of a metric, in order, wherever it has figures.
	categories map[[2]string][]string
	// there are the figures that exist: a relation speaks of no others.
	there map[figure.Place]bool
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

// add notes a figure. The margins of a crossing stand between it and what else is known
// of them: a share of all, or a total.
func (s seen) add(id disclosure.ID) {
	s.breakdowns[[2]string{id.Code, id.Dimension}], s.breakdowns[[2]string{id.Code, ""}] = true, true
	if one, other, crossed := strings.Cut(id.Dimension, " x "); crossed {
		s.breakdowns[[2]string{id.Code, one}], s.breakdowns[[2]string{id.Code, other}] = true, true
	}
	s.scopes[id.Scope], s.periods[id.Period] = true, true
}

func (s seen) has(at figure.Place) bool {
	return s.breakdowns[[2]string{at.Code, at.Dimension}] && s.scopes[at.Scope] && s.periods[at.Period]
}

// relations are all that an attacker knows about how guarded figures belong
// together: totals and categories, crossings and their margins, quarters and the
// year to date, services and the area, and the identities of reference/relation.csv.
//
// Figures that no output shows anything of are left out: a breakdown or a period
// that nobody has seen can always be made to fit, and tells nothing.
func (g Guard) relations(figures map[figure.Place]returns.Value, seen seen) []disclosure.Relation {
	r := related{Guard: g, scopes: slices.Sorted(maps.Keys(seen.scopes)), categories: map[[2]string][]string{}, there: map[figure.Place]bool{}}
	r.arrange(figures, seen)
	codes := slices.Sorted(maps.Keys(g.Metrics))
	for _, code := range codes {
		m := g.Metrics[code]
		for _, scope := range r.scopes {
			for _, p := range r.periods {
				r.breakdowns(m, scope, p)
			}
			r.overTime(m, scope)
		}
		r.nested(m)
		r.acrossScopes(m)
		if m.Count.Kind == "formula" {
			r.formula(m)
		}
	}
	r.accounted()
	for _, id := range g.identities {
		for _, scope := range r.scopes {
			for _, p := range r.periods {
				r.identity(id, scope, p)
			}
		}
	}
	return r.out
}

// arrange notes which figures, categories and periods there are.
func (r *related) arrange(figures map[figure.Place]returns.Value, seen seen) {
	periods, categories := map[string]bool{}, map[figure.Place]bool{}
	var others []figure.Place
	for at := range figures {
		if _, guarded := r.Metrics[at.Code]; !guarded || !seen.has(at) {
			continue
		}
		r.there[at], periods[at.Period] = true, true
		if at.Category == returns.Other {
			others = append(others, at)
			continue
		}
		category := figure.Place{Code: at.Code, Dimension: at.Dimension, Category: at.Category}
		if at.Dimension != "" && !categories[category] {
			categories[category] = true
			key := [2]string{at.Code, at.Dimension}
			r.categories[key] = append(r.categories[key], at.Category)
		}
	}
	for _, c := range r.categories {
		slices.Sort(c)
	}
	slices.SortFunc(others, figure.Compare)
	for _, at := range others {
		r.other(at, figures[at].Of)
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
	byTime := func(a, b period.Period) int { return cmp.Or(a.Start.Compare(b.Start), a.End.Compare(b.End)) }
	slices.SortStableFunc(r.quarters, byTime)
	slices.SortStableFunc(r.longer, byTime)
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
	total := figure.Place{Code: m.Code, Scope: scope, Period: at}
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

// nested: a coarser breakdown's category is the codes that are grouped into it.
func (r *related) nested(m metrics.Metric) {
	for _, n := range r.set.Nested(m, func(list string) []map[string]string { return r.lists[list] }) {
		for _, category := range slices.Sorted(maps.Keys(n.Of)) {
			for _, scope := range r.scopes {
				for _, p := range r.periods {
					group := figure.Place{Code: m.Code, Scope: scope, Period: p, Dimension: n.Coarse, Category: category}
					var places []figure.Place
					for _, code := range n.Of[category] {
						at := group
						at.Dimension, at.Category = n.Fine, code
						places = append(places, at)
					}
					for _, part := range parts(m) {
						r.sum(group, places, part)
					}
				}
			}
		}
	}
}

// margins: a crossing adds up to each category of the dimensions it crosses.
func (r *related) margins(m metrics.Metric, total figure.Place, b metrics.Breakdown, part string) {
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

// other: what stands in a row for all other categories is their sum; nothing, where
// there are none.
func (r *related) other(at figure.Place, of []string) {
	var places []figure.Place
	for _, category := range of {
		part := at
		part.Category = category
		places = append(places, part)
	}
	for _, part := range parts(r.Metrics[at.Code]) {
		r.sum(at, places, part)
	}
}

// each lists the places of a breakdown's categories that are asked for.
func (r *related) each(code, dimension string, total figure.Place, asked func(category string) bool) []figure.Place {
	var out []figure.Place
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
func (r *related) sum(total figure.Place, places []figure.Place, part string) {
	if !r.there[total] || len(places) == 0 {
		return
	}
	var ids []disclosure.ID
	for _, at := range places {
		if !r.there[at] {
			return
		}
		ids = append(ids, IDOf(at).Of(part))
	}
	r.add(disclosure.Sum(IDOf(total).Of(part), ids...))
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

// formula ties a figure made of others to them.
func (r *related) formula(m metrics.Metric) {
	var places []figure.Place
	for at := range r.there {
		if at.Code == m.Code {
			places = append(places, at)
		}
	}
	slices.SortFunc(places, func(a, b figure.Place) int { return IDOf(a).Compare(IDOf(b)) })
	for _, place := range places {
		of := func(n *metrics.Node) disclosure.ID {
			id := IDOf(place)
			id.Code = n.Part.Code
			if n.Part.Dimension != "" {
				id.Dimension, id.Category = n.Part.Dimension, n.Part.Category
			}
			return id
		}
		if r.isShare(m) {
			d := m.Count.Formula.Division()
			r.add(disclosure.Equal(IDOf(place).Of(disclosure.Numerator), of(d.Left)), disclosure.Equal(IDOf(place).Of(disclosure.Denominator), of(d.Right)))
			continue
		}
		for _, p := range m.Count.Formula.Parts() {
			if r.countPart(&metrics.Node{Part: &p}) {
				r.add(disclosure.Equal(IDOf(place).Of(disclosure.Number), of(&metrics.Node{Part: &p})))
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
			place := figure.Place{Code: o.code, Scope: scope, Period: at, Dimension: o.dimension, Category: o.category}
			if o.category == "*" {
				place.Category = star
			}
			whole = whole && r.there[place]
			relation = append(relation, disclosure.Term{ID: IDOf(place).Of(o.part), Times: sign * o.times})
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

// percentages ties a share of a breakdown's total to the figures it is made of, in
// this output and in earlier ones.
func percentages(cells []disclosure.Cell, earlier []disclosure.Release) []disclosure.Relation {
	shares := map[disclosure.ID]bool{}
	for _, c := range cells {
		shares[c.ID] = c.ID.Part == Percent
	}
	for _, r := range earlier {
		for _, d := range r.Cells {
			shares[d.Cell.ID] = d.Cell.ID.Part == Percent
		}
	}
	maps.DeleteFunc(shares, func(_ disclosure.ID, is bool) bool { return !is })
	var out []disclosure.Relation
	for _, id := range slices.SortedFunc(maps.Keys(shares), disclosure.ID.Compare) {
		total := id.Of("")
		total.Dimension, total.Category = "", ""
		out = append(out, disclosure.Equal(id.Of(disclosure.Numerator), id.Of("")), disclosure.Equal(id.Of(disclosure.Denominator), total))
	}
	return out
}
