package guard

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
)

// chosen is which rows a metric counts, as far as its SELECT can be read: of a table, those
// that meet all of some conditions.
type chosen struct {
	table string
	where []string
}

var (
	spaces    = regexp.MustCompile(`\s+`)
	isChosen  = regexp.MustCompile(`^SELECT \*(?:, .*)? FROM (\w+)(?: WHERE (.*))?$`)
	byOneCode = regexp.MustCompile(`^(\w+) = '([^']*)'$`)
)

// choice reads a metric's SELECT. One that joins or groups is not read, and nothing is
// said of it. What is joined by OR is one condition.
func choice(m metrics.Metric) (chosen, bool) {
	var lines []string
	for line := range strings.Lines(m.SQL) {
		if text, _, _ := strings.Cut(line, "--"); strings.TrimSpace(text) != "" {
			lines = append(lines, text)
		}
	}
	found := isChosen.FindStringSubmatch(strings.TrimSpace(spaces.ReplaceAllString(strings.Join(lines, " "), " ")))
	if found == nil {
		return chosen{}, false
	}
	out := chosen{table: found[1]}
	switch where := found[2]; {
	case where == "":
	case strings.Contains(where, " OR ") || strings.Contains(where, " BETWEEN "):
		out.where = []string{where}
	default:
		out.where = strings.Split(where, " AND ")
	}
	return out, true
}

// narrower are the conditions that a choice asks for besides those of another; not ok where
// it does not choose among those rows.
func (c chosen) narrower(than chosen) (besides []string, ok bool) {
	for _, condition := range than.where {
		if !slices.Contains(c.where, condition) {
			return nil, false
		}
	}
	for _, condition := range c.where {
		if !slices.Contains(than.where, condition) {
			besides = append(besides, condition)
		}
	}
	return besides, c.table == than.table
}

// base is the part of a metric's figure that says how many rows, or people, it is of.
func base(m metrics.Metric) string { return parts(m)[len(parts(m))-1] }

// pair is a metric of rows that are some of another's, or all of them.
type pair struct {
	m, of   metrics.Metric
	besides []string // what the rows of m meet besides
	exact   bool     // whether the other counts its rows, each once
}

// pairs are those whose figures are tied by that, in order.
func (g Guard) pairs() []pair {
	choices := map[string]chosen{}
	for code, m := range g.Metrics {
		if c, ok := choice(m); ok && len(parts(m)) > 0 {
			choices[code] = c
		}
	}
	codes := slices.Sorted(maps.Keys(choices))
	people := func(m metrics.Metric) bool { return m.Count.Kind == metrics.Distinct }
	var out []pair
	for _, code := range codes {
		for _, other := range codes {
			p := pair{m: g.Metrics[code], of: g.Metrics[other]}
			besides, ok := choices[code].narrower(choices[other])
			if code == other || !ok || p.m.When != p.of.When {
				continue
			}
			p.besides, p.exact = besides, p.of.Count.Kind == metrics.Rows
			alike := len(besides) == 0 && code < other && p.m.Count.Kind != metrics.Rows && !people(p.m) && !people(p.of)
			if p.exact || alike {
				out = append(out, p)
			}
		}
	}
	return out
}

// category is the one of the other's breakdowns that a condition chooses.
func (p pair) category(condition string) (dimension, category string, ok bool) {
	found := byOneCode.FindStringSubmatch(condition)
	if found == nil || !p.exact || !slices.ContainsFunc(p.of.By, func(b metrics.Breakdown) bool { return b.String() == found[1] }) {
		return "", "", false
	}
	return found[1], found[2], true
}

// ties are the breakdowns that the pair's relations name together.
func (p pair) ties() [][]breakdown {
	out := [][]breakdown{{{p.m.Code, ""}, {p.of.Code, ""}}}
	for _, condition := range p.besides {
		if dimension, _, ok := p.category(condition); ok {
			out = append(out, []breakdown{{p.m.Code, ""}, {p.of.Code, dimension}})
		}
	}
	return out
}

// among: a metric whose rows are some of another's, or all, is of no more than that counts;
// where they are all, perhaps of as many, and where they are those of one category, of as
// many as the category. (It can be of fewer rows than it has: of those that say.)
func (r *related) among() {
	for _, p := range r.pairs() {
		if !p.exact {
			r.eachAs(p.m, p.of) // both are of some of the same rows
			continue
		}
		r.amongRows(p.m, p.of, len(p.besides) == 0 && p.m.Count.Kind != metrics.Distinct)
		r.inCategory(p)
	}
}

// shared are the breakdowns that two metrics have, and the total.
func (r *related) shared(a, b metrics.Metric) [][2]string {
	return slices.DeleteFunc(r.all(a), func(category [2]string) bool {
		return category[0] != "" && !slices.ContainsFunc(b.By, func(by metrics.Breakdown) bool { return by.String() == category[0] })
	})
}

// everywhere does something for each scope and period of two figures that are there.
func (r *related) everywhere(a, b figure.Place, do func(a, b disclosure.ID)) {
	for _, scope := range r.scopes {
		for _, p := range r.periods {
			a.Scope, b.Scope, a.Period, b.Period = scope, scope, p, p
			if r.there[a] && r.there[b] {
				do(IDOf(a), IDOf(b))
			}
		}
	}
}

func (r *related) amongRows(m, of metrics.Metric, all bool) {
	for _, category := range r.shared(m, of) {
		at := figure.Place{Code: m.Code, Dimension: category[0], Category: category[1]}
		in := at
		in.Code = of.Code
		r.everywhere(at, in, func(few, many disclosure.ID) {
			few, many = few.Of(base(m)), many.Of(base(of))
			r.add("the same rows, or some of them", disclosure.AtMost(few, many))
			if all {
				r.add("perhaps the same rows, or some of them", disclosure.Equal(few, many))
			}
		})
	}
}

func (r *related) eachAs(m, of metrics.Metric) {
	for _, category := range r.shared(m, of) {
		at := figure.Place{Code: m.Code, Dimension: category[0], Category: category[1]}
		in := at
		in.Code = of.Code
		r.everywhere(at, in, func(one, other disclosure.ID) {
			r.add("perhaps the same rows, or some of them", disclosure.Equal(one.Of(base(m)), other.Of(base(of))))
		})
	}
}

// inCategory: rows that are chosen by one code of a breakdown are that category's, or some
// of them.
func (r *related) inCategory(p pair) {
	for _, condition := range p.besides {
		dimension, category, ok := p.category(condition)
		if !ok {
			continue
		}
		r.everywhere(figure.Place{Code: p.m.Code}, figure.Place{Code: p.of.Code, Dimension: dimension, Category: category}, func(few, many disclosure.ID) {
			few, many = few.Of(base(p.m)), many.Of(base(p.of))
			r.add("rows of one category, or some of them", disclosure.AtMost(few, many))
			if len(p.besides) == 1 && p.m.Count.Kind != metrics.Distinct {
				r.add("perhaps rows of one category, or some of them", disclosure.Equal(few, many))
			}
		})
	}
}
