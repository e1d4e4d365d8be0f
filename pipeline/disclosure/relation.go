package disclosure

import (
	"fmt"
	"slices"
	"strings"
)

// Relation says that its terms add up to zero, in this output and in every
// release. It may name counts that are not published; those are never negative,
// and the attacker does not know them.
type Relation []Term

// Term is a count, taken so many times.
type Term struct {
	ID    ID
	Times int64
}

// Sum says that total is the sum of parts: a table's categories, the quarters
// of a year, the margins of a crossing, the services of an area.
func Sum(total ID, parts ...ID) Relation {
	r := Relation{{total, -1}}
	for _, p := range parts {
		r = append(r, Term{p, 1})
	}
	return r
}

// Equal says that two counts are always the same, such as the denominator of a
// share and the figure it is a share of.
func Equal(a, b ID) Relation { return Relation{{a, 1}, {b, -1}} }

// AtMost says that part is no more than whole.
func AtMost(part, whole ID) Relation {
	return Sum(whole, part, whole.Of(strings.TrimSpace(whole.Part+" less "+part.String())))
}

// Once says that total counts once each those whom parts may count several
// times, as the people of a year are those of its quarters: it is no less than
// any part and no more than their sum.
func Once(total ID, parts ...ID) []Relation {
	var relations []Relation
	for _, p := range parts {
		relations = append(relations, AtMost(p, total))
	}
	again := total.Of(strings.TrimSpace(total.Part + " counted again in " + parts[0].String()))
	return append(relations, append(Sum(total, parts...), Term{again, -1}))
}

func (r Relation) String() string {
	var b strings.Builder
	for i, t := range r {
		switch {
		case i == 0 && t.Times == 1:
		case t.Times == 1:
			b.WriteString(" + ")
		case t.Times == -1:
			b.WriteString(" - ")
		default:
			fmt.Fprintf(&b, " %+d x ", t.Times)
		}
		fmt.Fprintf(&b, "(%s)", t.ID)
	}
	return strings.TrimSpace(b.String()) + " = 0"
}

// classes joins counts that relations say are equal: each is known by the first
// ID of its class.
type classes map[ID]ID

func equals(relations []Relation) classes {
	c := classes{}
	for _, r := range relations {
		if len(r) == 2 && r[0].Times == -r[1].Times {
			c.join(r[0].ID, r[1].ID)
		}
	}
	return c
}

func (c classes) join(a, b ID) {
	a, b = c.of(a), c.of(b)
	if a.Compare(b) > 0 {
		a, b = b, a
	}
	if a != b {
		c[b] = a
	}
}

func (c classes) of(id ID) ID {
	for {
		first, ok := c[id]
		if !ok {
			return id
		}
		id = first
	}
}

// reduce writes each relation over classes, each class once, and leaves out those that
// say nothing and those that say what another said.
func (c classes) reduce(relations []Relation) []Relation {
	var reduced []Relation
	seen := map[string]bool{}
	for _, r := range relations {
		times := map[ID]int64{}
		for _, t := range r {
			times[c.of(t.ID)] += t.Times
		}
		var out Relation
		for id, n := range times {
			if n != 0 {
				out = append(out, Term{id, n})
			}
		}
		slices.SortFunc(out, func(a, b Term) int { return a.ID.Compare(b.ID) })
		if key := fmt.Sprintf("%q", out); len(out) > 0 && !seen[key] {
			seen[key] = true
			reduced = append(reduced, out)
		}
	}
	return reduced
}
