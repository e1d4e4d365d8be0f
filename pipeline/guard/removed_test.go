package guard

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
)

// Kinds of relation are needed: without it, a story leaks. For each, a relation of the
// example's year is taken, and told of a few people with one sum beside it: 21 are 20 and 1,
// so that the 20 are hidden with the 1; and the relation says that they are 20. Who has what
// is shown, the relation and the sum, and reckons with bounds, finds the 1 if the relation
// is left out of what the program knows, and does not if it is not. It takes seconds: there
// are thousands of relations, and some stories of each kind are tried.
func TestEveryKindOfRelationIsNeeded(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	f := example.FiguresOf(t, ws, "2023-24-Q4")
	v := given(t, ws, "2023-24-Q4")
	g, err := For(ws, disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	if err := example.View(t, ws, v.Period).Accounts(t.Context(), f); err != nil {
		t.Fatal(err)
	}
	seen := newSeen()
	for at := range f.Values {
		seen.add(IDOf(at))
	}
	byKind := map[string][]disclosure.Relation{}
	for _, s := range g.relations(f.Values, seen, "") {
		if len(s.relation) <= 14 {
			kind := strings.TrimPrefix(s.kind, "perhaps ")
			byKind[kind] = append(byKind[kind], s.relation)
		}
	}
	for _, id := range g.identities {
		if kind := "relation.csv: " + id.text; byKind[kind] == nil {
			t.Errorf("%s: nothing of the example is of it", kind)
		}
	}
	for kind := range untold {
		if byKind[kind] == nil {
			t.Errorf("%s: there is no such kind", kind)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(byKind)) {
		if untold[kind] != "" {
			continue
		}
		t.Run(kind, func(t *testing.T) {
			all := byKind[kind]
			for i := range min(len(all), 40) { // spread over all of them
				relation := all[i*len(all)/min(len(all), 40)]
				for s := range g.storiesOf(relation) {
					if s.v = v; !s.knows(g, kind, relation) || !s.leaks(t, kind) {
						continue
					}
					if s.leaks(t, "") {
						t.Errorf("with all relations, the 1 is found of %v", s.values)
					}
					return
				}
			}
			t.Error("nothing leaks without it: is it needed?")
		})
	}
}

// untold are kinds of which no such story leaks, and why they are kept: what an inequality
// says is a leak only beside other marks than these stories have.
var untold = map[string]string{
	"columns have the same rows":                                                        "TestAccountsAreHeldAgainstFigures: three of the same rows are hidden together",
	"who is counted by a code has one":                                                  "TestAccountsAreHeldAgainstFigures: 40 have a source of 50, one blank and one faulty",
	"who is counted has a date":                                                         "TestAccountsAreHeldAgainstFigures: 48 have started of 50, one blank and one faulty",
	"rows were delivered rejected":                                                      "a row that was delivered more than once is rejected once",
	"quarters count people once":                                                        "a bound from both sides, beside the marks of several quarters",
	"quarters count people once, by category":                                           "a bound from above, beside the marks of several quarters",
	"scopes count people once":                                                          "a bound from both sides, beside the marks of several services",
	"scopes count people once, by category":                                             "a bound from above, beside the marks of several services",
	"rows of one category, or some of them":                                             "of the same counts the total is a bound as well, where that is printed",
	"relation.csv: R08S:denominator = R07:numerator":                                    "TestTotalsBetweenPrintedOnesCount: a chain over what nobody prints",
	"relation.csv: R15:denominator + R11[closure_reason=(blank)] = R11":                 "the category is printed nowhere by itself",
	"relation.csv: O1[outcome=*] at most R15:numerator":                                 "a bound beside the marks of several outcomes",
	"relation.csv: O3[outcome x scale=*] at most O2[outcome x scale=*]":                 "a bound beside the marks of several scales",
	"relation.csv: O3[outcome=*] + O4[outcome=*] + O5[outcome=*] at most O2[outcome=*]": "a bound on three that are printed by themselves",
}

// aStory is a story with the sums that its reader knows.
type aStory struct {
	story
	sums []disclosure.Relation
	one  disclosure.ID // the 1 that he is not to know
}

// storiesOf are those of a relation, in which two of its counts are 20 and the others none.
func (g Guard) storiesOf(relation disclosure.Relation) func(yield func(aStory) bool) {
	return func(yield func(aStory) bool) {
		for i, x := range relation {
			for j, z := range relation {
				if g.Metrics[x.ID.Code].Count.Kind == metrics.Formula || x.Times*z.Times >= 0 || x.Times != -z.Times || i == j || g.Metrics[x.ID.Code].Code == "" || g.Metrics[z.ID.Code].Code == "" {
					continue
				}
				for _, beside := range []func(*aStory, figure.Place) bool{g.besideScopes, g.besidePrinted, g.besideCategory, g.withinTotal} {
					s := aStory{story: story{values: map[figure.Place]returns.Value{}}, sums: []disclosure.Relation{relation}}
					ok := true
					for k, term := range relation {
						if m := g.Metrics[term.ID.Code]; m.Code != "" {
							n := 0
							if k == i || k == j {
								n = 20
							}
							ok = ok && s.tell(term.ID, m, n)
						}
					}
					if ok && beside(&s, placeOf(x.ID)) && !yield(s) {
						return
					}
				}
			}
		}
	}
}

// knows tells whether the program says the relation of the story's figures.
func (s aStory) knows(g Guard, kind string, relation disclosure.Relation) bool {
	seen := newSeen()
	for at := range s.values {
		seen.add(IDOf(at))
	}
	return slices.ContainsFunc(g.relations(s.values, seen, ""), func(o said) bool {
		return strings.TrimPrefix(o.kind, "perhaps ") == kind && o.relation.String() == relation.String()
	})
}

func placeOf(id disclosure.ID) figure.Place {
	return figure.Place{Code: id.Code, Scope: id.Scope, Period: id.Period, Dimension: id.Dimension, Category: id.Category}
}

// tell prints a figure of so many; not ok where it is told otherwise already.
func (s *aStory) tell(id disclosure.ID, m metrics.Metric, n int) bool {
	at, v := placeOf(id), returns.Value{Value: fmt.Sprint(n), N: fmt.Sprint(n)}
	if kind := m.Count.Kind; kind != metrics.Rows && kind != metrics.Distinct {
		v = returns.Value{Value: "2", Numerator: fmt.Sprint(n), Denominator: fmt.Sprint(n), N: fmt.Sprint(n)}
		if n == 0 {
			v = returns.Value{Marker: "z", N: "0", Numerator: "0", Denominator: "0"}
		}
	}
	if had, told := s.values[at]; told {
		return had.Value == v.Value && had.N == v.N
	}
	s.says(at, v)
	return true
}

// besideScopes has 1 at another service or provider, and prints what all have.
func (g Guard) besideScopes(s *aStory, at figure.Place) bool {
	m := g.Metrics[at.Code]
	for _, u := range g.unions {
		if m.Count.Kind == metrics.Distinct || !slices.Contains(u.parts, at.Scope) || len(u.parts) < 2 {
			continue
		}
		whole := IDOf(at).Of(base(m))
		whole.Scope = u.whole
		var parts []disclosure.ID
		ok, one := s.tell(whole, m, 21), true
		for _, scope := range u.parts {
			part := IDOf(at).Of(base(m))
			part.Scope = scope
			parts = append(parts, part)
			if scope == at.Scope {
				continue
			}
			n := 0
			if one {
				n, one, s.one = 1, false, part
			}
			ok = ok && s.tell(part, m, n)
			s.printed = slices.DeleteFunc(s.printed, func(f returns.Printed) bool { return f.Place == placeOf(part) && n > 0 })
		}
		s.sums = append(s.sums, disclosure.Sum(whole, parts...))
		return ok
	}
	return false
}

// besidePrinted prints the 1 as well.
func (g Guard) besidePrinted(s *aStory, at figure.Place) bool {
	if !g.besideScopes(s, at) {
		return false
	}
	s.printed = append(s.printed, returns.Printed{Place: placeOf(s.one), Field: "value"})
	return true
}

// besideCategory has 1 in another category of the breakdown, and prints the total.
func (g Guard) besideCategory(s *aStory, at figure.Place) bool {
	m := g.Metrics[at.Code]
	if at.Dimension == "" || m.NoTotal || len(parts(m)) == 0 {
		return false
	}
	other := at
	other.Category = "another"
	switch at.Dimension {
	case returns.Filled:
		other.Category = returns.Complete
	case returns.Standing:
		other.Category = "accepted"
	}
	s.one = IDOf(other).Of(base(m))
	ok := s.tell(s.one, m, 1)
	total, n, ids := IDOf(at.Total()).Of(base(m)), 0, []disclosure.ID(nil)
	for place, v := range s.values {
		if place.Total() == at.Total() && place.Dimension == at.Dimension {
			k := 0
			fmt.Sscan(v.N, &k)
			n, ids = n+k, append(ids, IDOf(place).Of(base(m)))
		}
	}
	s.sums = append(s.sums, disclosure.Sum(total, ids...))
	return ok && s.tell(total, m, n)
}

// withinTotal has 19 and 1 in categories of a total.
func (g Guard) withinTotal(s *aStory, at figure.Place) bool {
	m := g.Metrics[at.Code]
	if at.Dimension != "" || m.NoTotal || len(parts(m)) == 0 {
		return false
	}
	for _, b := range m.By {
		if len(b) > 1 || slices.ContainsFunc(slices.Collect(maps.Keys(s.values)), func(p figure.Place) bool { return p.Code == at.Code && p.Dimension == b.String() }) {
			continue
		}
		many, few := at, at
		many.Dimension, few.Dimension = b.String(), b.String()
		many.Category, few.Category = "many", "another"
		s.one = IDOf(few).Of(base(m))
		s.sums = append(s.sums, disclosure.Sum(IDOf(at).Of(base(m)), s.one, IDOf(many).Of(base(m))))
		return s.tell(s.one, m, 1) && s.tell(IDOf(many).Of(base(m)), m, 19)
	}
	return false
}

// leaks tells whether the 1 is found where a kind of relation is left out.
func (s aStory) leaks(t *testing.T, without string) bool {
	t.Helper()
	guarded, err := protect(s.v, disclosure.Public, s.printed, s.values, without, false)
	if err != nil {
		return false
	}
	low, high := map[disclosure.ID]int{}, map[disclosure.ID]int{}
	const most = 1000
	for _, sum := range s.sums {
		for _, term := range sum {
			low[term.ID], high[term.ID] = 0, most
		}
	}
	for _, f := range s.printed {
		for id := range low {
			if placeOf(id) != f.Place {
				continue
			}
			n := 0
			fmt.Sscan(s.values[f.Place].N, &n)
			if !guarded.Hidden[f] {
				low[id], high[id] = n, n
			} else if id.Part != disclosure.Numerator {
				low[id] = 1
			}
		}
	}
	for again := true; again; {
		again = false
		for _, sum := range s.sums {
			for _, term := range sum {
				least, greatest := 0, 0 // of the others, as often as they are taken
				for _, o := range sum {
					a, b := int(o.Times)*low[o.ID], int(o.Times)*high[o.ID]
					if o.ID != term.ID {
						least, greatest = least+min(a, b), greatest+max(a, b)
					}
				}
				from, to := -greatest, -least
				if term.Times < 0 {
					from, to = least, greatest
				}
				if from > low[term.ID] {
					low[term.ID], again = from, true
				}
				if to < high[term.ID] {
					high[term.ID], again = to, true
				}
			}
		}
	}
	return low[s.one] == 1 && high[s.one] == 1
}
