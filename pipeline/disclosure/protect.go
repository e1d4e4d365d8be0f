package disclosure

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// ErrCannotProtect is wrapped by Protect's error when a count cannot be
// protected, whatever is hidden. The error is then an *Unprotected.
var ErrCannotProtect = errors.New("disclosure: refused")

// Unprotected says which counts cannot be protected, ten at most, and what gives them away.
type Unprotected struct {
	Counts []Exposed
}

// mostNamed is how many are named at once.
const mostNamed = 10

// Exposed is a count that cannot be protected.
type Exposed struct {
	ID       ID
	Earlier  bool     // as an earlier release had it: no cell of this output gives it away by itself
	Releases []string // the earlier ones that tell of the counts nearest to it, if any
	Proved   bool     // that nothing can protect it; else nothing was found in reasonable time
}

func (u *Unprotected) Error() string {
	var lines []string
	for _, e := range u.Counts {
		what, by := e.ID.String(), "figures that are never hidden"
		if e.Earlier {
			what = "the earlier " + what
		}
		if len(e.Releases) > 0 {
			by = "what was released in " + strings.Join(e.Releases, " and ")
		}
		if e.Proved {
			lines = append(lines, fmt.Sprintf("%s could be worked out from %s, whatever is hidden now", what, by))
		} else {
			lines = append(lines, fmt.Sprintf("%s: nothing was found in reasonable time that protects it from %s", what, by))
		}
	}
	return fmt.Sprintf("%s: %s", ErrCannotProtect, strings.Join(lines, "; "))
}

// Unwrap makes the error an ErrCannotProtect.
func (u *Unprotected) Unwrap() error { return ErrCannotProtect }

// Protect decides which cells may be shown, in order of ID. The relations hold
// between their counts, and held in earlier releases, which are given oldest first; those
// that no reader of this output has seen are left aside. What a relation names and this
// output, or a release, does not print is given as a Private cell, or goes unheeded
// there. The error is an
// *Unprotected, or says what is wrong with the policy, the cells or the relations.
func Protect(policy Policy, cells []Cell, relations []Relation, earlier []Release) ([]Decision, error) {
	if err := policy.check(); err != nil {
		return nil, err
	}
	known := readers(policy.Audience, earlier)
	hidden := map[ID]string{}
	for {
		var decisions []Decision
		before := len(hidden)
		for _, r := range known {
			var err error
			if decisions, err = r.decide(policy, cells, relations, hidden); err != nil {
				return nil, err
			}
			for _, d := range decisions {
				if _, had := hidden[d.Cell.ID]; d.Hidden && !had {
					hidden[d.Cell.ID] = d.Why
				}
			}
		}
		// What one reader must not see may be more than protected the others: it is
		// done when each in turn needs nothing more.
		if len(known) == 1 || len(hidden) == before {
			return decisions, nil
		}
	}
}

// reader is a kind of reader of an output, and what he has seen.
type reader struct {
	audience string
	seen     []Release
}

// readers are those of an output: what goes to the public is read by the ministry
// and by readers of the briefing too, who may know more.
func readers(audience string, earlier []Release) []reader {
	audiences := []string{audience}
	if audience == Public {
		audiences = []string{Public, Briefing, Ministry}
	}
	var all []reader
	for _, a := range audiences {
		r := reader{audience: a}
		for _, release := range earlier {
			if release.knownTo(a) {
				r.seen = append(r.seen, release)
			}
		}
		if len(all) == 0 || len(r.seen) > len(all[0].seen) {
			all = append(all, r)
		}
	}
	return all
}

// decide decides for one kind of reader, where some cells are hidden already.
func (r reader) decide(policy Policy, cells []Cell, relations []Relation, hidden map[ID]string) ([]Decision, error) {
	m, err := newModel(policy, cells, relations, r.seen, andToday)
	if err != nil {
		return nil, err
	}
	for _, c := range m.cells {
		if why, ok := hidden[c.Cell.ID]; ok {
			c.kept = true
			c.hide(why)
		}
	}
	if !policy.Off {
		other := r.audience != policy.Audience
		targets := m.hideSmall(func(c *count) bool { return other && c.open && r.audience == Ministry })
		// A small count that this output prints is refused all the same where those it is
		// for could find it out before.
		gone := func(c *count) bool {
			return (other || !policy.small(c.value) || len(c.cells) == 0) && givenAway(policy, cells, relations, r.seen, c)
		}
		if err := m.hideOthers(targets, gone); err != nil {
			return nil, err
		}
		m.showNeedless(targets)
		m.hideSplits()
	}
	decisions := make([]Decision, len(m.cells))
	for i, c := range m.cells {
		decisions[i] = c.Decision
	}
	return decisions, nil
}

// givenAway tells whether a count could be had from earlier releases alone.
func givenAway(policy Policy, cells []Cell, relations []Relation, seen []Release, c *count) bool {
	unprinted := slices.Clone(cells)
	for i := range unprinted {
		unprinted[i].Private = true
	}
	m, err := newModel(policy, unprinted, relations, seen, earlierOnly)
	if err != nil {
		return false
	}
	at := slices.IndexFunc(m.counts, func(o *count) bool { return o.id == c.id && o.value == c.value && o.turn == c.turn && o.known })
	if at < 0 {
		return false
	}
	_, none, _ := m.settle(m.counts[at])
	return none
}

// hideSmall hides the counts that are small and those hidden before, and
// returns all that must not be found out, in order of ID. Those told to the reader
// openly it passes over.
func (m *model) hideSmall(told func(*count) bool) []*count {
	var targets []*count
	for _, c := range m.counts {
		why := ""
		switch {
		case len(c.public) > 0 || told(c):
			continue
		case c.people && m.policy.small(c.value):
			why = fmt.Sprintf("fewer than %d people", m.policy.Threshold)
		case c.marked != "":
			why = "hidden in " + c.marked
		default:
			continue
		}
		targets = append(targets, c)
		c.hide(c, why)
	}
	slices.SortStableFunc(targets, func(a, b *count) int { return a.id.Compare(b.id) })
	return targets
}

// hide hides every cell that gives the count away.
func (c *count) hide(toProtect *count, why string) {
	c.chosen = toProtect
	for _, cell := range c.cells {
		cell.hide(why)
	}
}

// hideOthers gives each target a move over hidden counts, hiding what that takes.
// Those that are gone already it leaves.
func (m *model) hideOthers(targets []*count, gone func(*count) bool) error {
	var failed []Exposed
	for _, t := range targets {
		if t.proof != nil {
			continue
		}
		v, none, proved := m.find(t, true, patience), false, false
		if v == nil {
			v, none, proved = m.settle(t)
		}
		if v == nil {
			if none && gone(t) {
				continue // earlier releases gave it away themselves: nothing here does
			}
			failed = append(failed, Exposed{t.id, len(t.cells) == 0, m.exposers(t), proved})
			if len(failed) == mostNamed {
				break // they say enough, and to look for more may take long
			}
			continue
		}
		for step := v; step != nil; step = step.before {
			c := step.count
			c.proof = v
			if c.shown() {
				c.hide(t, fmt.Sprintf("would give away %s", t.id))
			}
		}
	}
	if len(failed) > 0 {
		return &Unprotected{failed}
	}
	return nil
}

// exposers names the releases that tell of the counts nearest to one.
func (m *model) exposers(target *count) []string {
	seen := map[int]bool{target.at: true}
	for near := []*count{target}; len(near) > 0; {
		var next []*count
		var names []string
		for _, c := range near {
			for _, l := range c.links {
				for _, o := range m.links[l].counts {
					if seen[o.at] {
						continue
					}
					seen[o.at] = true
					if len(o.public) == 0 {
						next = append(next, o)
					} else if o.public[0] != "" {
						names = append(names, o.public[0])
					}
				}
			}
		}
		if len(names) > 0 {
			slices.Sort(names)
			return slices.Compact(names)
		}
		near = next
	}
	return nil
}

// showNeedless shows again, the dearest first, what was hidden to protect
// others and is not needed now that the rest is.
func (m *model) showNeedless(targets []*count) {
	var extra []*count
	for _, c := range m.counts {
		if c.chosen != nil && c.chosen != c {
			extra = append(extra, c)
		}
	}
	slices.SortStableFunc(extra, func(a, b *count) int {
		return cmp.Or(cmp.Compare(b.value, a.value), a.id.Compare(b.id))
	})
	guarded := append(slices.Clone(targets), extra...)
	for _, c := range extra {
		chosen := c.chosen
		c.chosen = nil
		was := c.uncover()
		if !m.reprove(guarded) {
			c.chosen = chosen
			for i, cell := range c.cells {
				cell.Decision = was[i]
			}
		}
	}
}

// uncover shows the cells that were hidden for this count alone, and returns what they were.
func (c *count) uncover() []Decision {
	var was []Decision
	for _, cell := range c.cells {
		was = append(was, cell.Decision)
		needed := cell.kept || slices.ContainsFunc(cell.prints, func(o *count) bool { return o.chosen != nil })
		if !needed {
			cell.Hidden, cell.Why = false, ""
		}
	}
	return was
}

// reprove finds moves for the guarded counts that have lost theirs; if one has
// none it says so and leaves all as they were.
func (m *model) reprove(guarded []*count) bool {
	old := map[*count]*move{}
	for _, c := range guarded {
		if c.proof == nil || c.chosen == nil || m.stands(c, c.proof) {
			continue
		}
		v := m.find(c, false, patience/10)
		if v == nil {
			for o, proof := range old {
				o.proof = proof
			}
			return false
		}
		for step := v; step != nil; step = step.before {
			if _, had := old[step.count]; !had {
				old[step.count] = step.count.proof
			}
			step.count.proof = v
		}
	}
	return true
}

// stands says whether a move still goes over hidden counts alone.
func (m *model) stands(c *count, v *move) bool {
	by := map[int]int64{}
	for ; v != nil; v = v.before {
		if !m.mayChange(v.count, v.by, false) {
			return false
		}
		by[v.count.at] = v.by
	}
	return m.hasReason(c, by)
}
