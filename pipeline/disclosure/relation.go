package disclosure

import (
	"cmp"
	"encoding/binary"
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

// Within says that total is no more than parts together: whoever is in it is in
// one of them.
func Within(total ID, parts ...ID) Relation {
	again := total.Of(strings.TrimSpace(total.Part + " counted again in " + parts[0].String()))
	return append(Sum(total, parts...), Term{again, -1})
}

// Once says that total counts once each those whom parts may count several
// times, as the people of a year are those of its quarters: it is no less than
// any part and no more than their sum.
func Once(total ID, parts ...ID) []Relation {
	var relations []Relation
	for _, p := range parts {
		relations = append(relations, AtMost(p, total))
	}
	return append(relations, Within(total, parts...))
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

// names numbers the counts that cells and relations speak of. Counts that
// relations say are equal have one number, and go by the first of their IDs.
type names struct {
	numbers map[ID]int
	ids     []ID // by number
	equal   classes
}

func newNames(relations []Relation) *names {
	n := &names{numbers: map[ID]int{}}
	for _, r := range relations {
		if len(r) == 2 && r[0].Times == -r[1].Times {
			a, b := n.equal.of(n.number(r[0].ID)), n.equal.of(n.number(r[1].ID))
			if n.ids[a].Compare(n.ids[b]) > 0 {
				a, b = b, a
			}
			n.equal[b] = a
		}
	}
	return n
}

// number is that of the ID alone.
func (n *names) number(id ID) int {
	at, ok := n.numbers[id]
	if !ok {
		at = len(n.ids)
		n.numbers[id] = at
		n.ids = append(n.ids, id)
		n.equal = append(n.equal, at)
	}
	return at
}

// of is the number of all that equals the ID.
func (n *names) of(id ID) int { return n.equal.of(n.number(id)) }

// classes joins numbers: each leads to another of its class, the first to itself.
type classes []int

func (c classes) of(at int) int {
	for c[at] != at {
		c[at] = c[c[at]]
		at = c[at]
	}
	return at
}

// term is a numbered count, taken so many times.
type term struct {
	at    int
	times int64
}

// reduce writes each relation in numbers, each once, and leaves out those that
// say nothing and those that say what another said.
func (n *names) reduce(relations []Relation) [][]term {
	var reduced [][]term
	seen := map[string]bool{}
	var key []byte
	for _, r := range relations {
		out := make([]term, 0, len(r))
		for _, t := range r {
			at := n.of(t.ID)
			if i := slices.IndexFunc(out, func(o term) bool { return o.at == at }); i >= 0 {
				out[i].times += t.Times
			} else {
				out = append(out, term{at, t.Times})
			}
		}
		out = slices.DeleteFunc(out, func(t term) bool { return t.times == 0 })
		slices.SortFunc(out, func(a, b term) int { return cmp.Compare(a.at, b.at) })
		key = key[:0]
		for _, t := range out {
			key = binary.AppendVarint(binary.AppendVarint(key, int64(t.at)), t.times)
		}
		if len(out) > 0 && !seen[string(key)] {
			seen[string(key)] = true
			reduced = append(reduced, out)
		}
	}
	return reduced
}

// sentence writes a numbered relation out.
func (n *names) sentence(r []term) string {
	var out Relation
	for _, t := range r {
		out = append(out, Term{n.ids[t.at], t.times})
	}
	slices.SortFunc(out, func(a, b Term) int { return a.ID.Compare(b.ID) })
	return out.String()
}
