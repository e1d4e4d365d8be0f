package disclosure

import (
	"errors"
	"fmt"
	"slices"
)

// model is what the attacker reasons over: counts, and the links between them.
type model struct {
	policy Policy
	cells  []*cellState // today's, in order of ID
	counts []*count
	links  []link
	names  *names
	index  map[countKey]*count
}

// link is a relation between counts at given values.
type link struct {
	counts []*count
	times  []int64
}

// world is the figures of one output, by number: today's, or a release's.
type world struct {
	values []int64
	known  []bool
	broken []bool // relations that did not hold then, such as those of a definition since changed
}

func newWorld(n *names) *world {
	return &world{values: make([]int64, len(n.ids)), known: make([]bool, len(n.ids))}
}

// set gives a count its value.
func (w *world) set(at int, v int64) { w.values[at], w.known[at] = v, true }

func newModel(policy Policy, cells []Cell, relations []Relation, releases []Release) (*model, error) {
	cells = sorted(cells)
	relations = append(slices.Clone(relations), complements(cells, releases)...)
	m := &model{policy: policy, index: map[countKey]*count{}, names: newNames(relations)}
	numbered := m.names.reduce(relations)
	m.numberAll(cells, releases)
	today := newWorld(m.names)
	var errs []error
	for i, c := range cells {
		if i > 0 && cells[i-1].ID == c.ID {
			errs = append(errs, fmt.Errorf("%s is given twice", c.ID))
		}
		errs = append(errs, c.check(), today.take(m.names, c))
		if !c.Private {
			m.cells = append(m.cells, &cellState{Decision: Decision{Cell: c}})
		}
	}
	worlds := []*world{today}
	for _, r := range releases {
		w := newWorld(m.names)
		for _, d := range r.Cells {
			// An earlier release that contradicts itself is past mending: its first word counts.
			_ = w.take(m.names, d.Cell)
		}
		worlds = append(worlds, w)
	}
	for _, w := range worlds {
		w.derive(numbered)
	}
	if err := errors.Join(append(errs, today.holds(m.names, numbered)...)...); err != nil {
		return nil, err
	}
	for i, w := range worlds {
		w.noteBroken(numbered)
		borrow(worlds, i, numbered)
	}
	m.printToday()
	for _, c := range cells {
		for _, p := range c.prints() {
			if c.Private && c.Guarded {
				n := m.printed(p)
				n.people, n.open = true, n.open || c.Open
			}
		}
	}
	for _, r := range releases {
		m.printRelease(r)
	}
	for i := range worlds {
		m.join(worlds, i, numbered)
	}
	m.markKept(releases)
	return m, nil
}

// numberAll numbers what the cells print that no relation speaks of.
func (m *model) numberAll(cells []Cell, releases []Release) {
	number := func(c Cell) {
		for _, p := range c.prints() {
			m.names.number(p.id)
		}
	}
	for _, c := range cells {
		number(c)
	}
	for _, r := range releases {
		for _, d := range r.Cells {
			number(d.Cell)
		}
	}
}

func sorted(cells []Cell) []Cell {
	return slices.SortedStableFunc(slices.Values(cells), func(a, b Cell) int { return a.ID.Compare(b.ID) })
}

// take notes the counts of a cell.
func (w *world) take(n *names, c Cell) error {
	for _, p := range c.prints() {
		at := n.of(p.id)
		if w.known[at] && w.values[at] != p.value {
			return fmt.Errorf("%s is %d, but a figure that must equal it is %d", p.id, p.value, w.values[at])
		}
		w.set(at, p.value)
	}
	return nil
}

// complements are the relations within shares.
func complements(cells []Cell, releases []Release) []Relation {
	var shares []Relation
	add := func(c Cell) {
		if c.Kind == Share {
			shares = append(shares, Sum(c.ID.Of(Denominator), c.ID.Of(Numerator), c.ID.Of(Complement)))
		}
	}
	for _, c := range cells {
		if !c.Private {
			add(c)
		}
	}
	for _, r := range releases {
		for _, d := range r.Cells {
			add(d.Cell)
		}
	}
	return shares
}

// derive gives the counts that a world did not print the values its relations
// leave them.
func (w *world) derive(relations [][]term) {
	for again := true; again; {
		again = false
		for _, r := range relations {
			rest, missing, last := w.rest(r)
			if missing == 1 && rest%last.times == 0 && -rest/last.times >= 0 {
				w.set(last.at, -rest/last.times)
				again = true
			}
		}
	}
}

func (w *world) noteBroken(relations [][]term) {
	w.broken = make([]bool, len(relations))
	for i, r := range relations {
		rest, missing, _ := w.rest(r)
		w.broken[i] = rest != 0 && missing == 0
	}
}

// rest adds up what a world knows of a relation, and counts what it does not,
// with the last of it.
func (w *world) rest(r []term) (rest int64, missing int, last term) {
	for _, t := range r {
		if w.known[t.at] {
			rest += t.times * w.values[t.at]
		} else {
			missing, last = missing+1, t
		}
	}
	return rest, missing, last
}

// borrow gives a world the values that it does not know and others do, today's
// before a release's, a later release's before an earlier one's: the attacker
// too will try whether figures have stayed the same. Figures that hang together
// are taken to have done so all or none.
func borrow(worlds []*world, at int, relations [][]term) {
	w := worlds[at]
	group := make(classes, len(w.values))
	for i := range group {
		group[i] = i
	}
	for _, r := range relations {
		if _, missing, last := w.rest(r); missing > 1 {
			for _, t := range r {
				if !w.known[t.at] {
					group[group.of(t.at)] = group.of(last.at)
				}
			}
		}
	}
	found, wrong := make([]bool, len(w.values)), make([]bool, len(w.values))
	values := make([]int64, len(w.values))
	for _, r := range relations {
		rest, missing, last := w.rest(r)
		if missing == 0 {
			continue
		}
		all := true
		for _, t := range r {
			if w.known[t.at] {
				continue
			}
			values[t.at], found[t.at] = elsewhere(worlds, t.at)
			all = all && found[t.at]
			rest += t.times * values[t.at]
		}
		if all && rest != 0 {
			wrong[group.of(last.at)] = true
		}
	}
	for at, ok := range found {
		if ok && !wrong[group.of(at)] {
			w.set(at, values[at])
		}
	}
}

// elsewhere is the value that the latest other world has for a count.
func elsewhere(worlds []*world, at int) (int64, bool) {
	for k := range worlds {
		if w := worlds[(len(worlds)-k)%len(worlds)]; w.known[at] {
			return w.values[at], true
		}
	}
	return 0, false
}

// holds says which relations the figures of this output contradict.
func (w *world) holds(n *names, relations [][]term) []error {
	var errs []error
	for _, r := range relations {
		if rest, missing, last := w.rest(r); rest != 0 && missing == 0 {
			errs = append(errs, fmt.Errorf("the figures do not fit together: %s, but it comes to %d", n.sentence(r), rest))
		} else if missing == 1 {
			errs = append(errs, fmt.Errorf("the figures do not fit together: %s leaves %s no whole number that is not negative", n.sentence(r), n.ids[last.at]))
		}
	}
	return errs
}

// join links counts as the relations say they were in a world. What a release
// says of counts that have not changed since is said by today's links already;
// with unknown counts on both sides it says nothing.
func (m *model) join(worlds []*world, at int, relations [][]term) {
	w, now := worlds[at], worlds[0]
	for i, r := range relations {
		if w.broken[i] {
			continue
		}
		changed, more, less := false, false, false
		for _, t := range r {
			ok := w.known[t.at]
			changed = changed || ok && !(now.known[t.at] && now.values[t.at] == w.values[t.at])
			more, less = more || !ok && t.times > 0, less || !ok && t.times < 0
		}
		if at == 0 || changed && !(more && less) {
			m.link(w, at, r)
		}
	}
}

func (m *model) link(w *world, at int, r []term) {
	l := link{counts: make([]*count, 0, len(r)), times: make([]int64, 0, len(r))}
	for _, t := range r {
		key := countKey{name: t.at, unknown: at + 1}
		if w.known[t.at] {
			key = countKey{name: t.at, value: w.values[t.at]}
		}
		c := m.count(key)
		c.links = append(c.links, len(m.links))
		c.times = append(c.times, t.times)
		l.counts = append(l.counts, c)
		l.times = append(l.times, t.times)
	}
	m.links = append(m.links, l)
}
