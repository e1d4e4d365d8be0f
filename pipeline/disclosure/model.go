package disclosure

import (
	"encoding/binary"
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
	room   []int // by number, of what nobody knows: how many relations name it
	index  map[countKey]*count
	// unsaid is that zeros which nobody prints are taken not to be known, as is asked
	// where they say no more than the zeros printed beside them.
	unsaid bool
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
	turn   []int  // how often the count had been restated by then
	broken []bool // relations that did not hold then, such as those of a definition since changed
}

func newWorld(n *names) *world {
	return &world{values: make([]int64, len(n.ids)), known: make([]bool, len(n.ids)), turn: make([]int, len(n.ids))}
}

// set gives a count its value.
func (w *world) set(at int, v int64) { w.values[at], w.known[at] = v, true }

// What the attacker has: the earlier releases, and this output or not yet.
const (
	andToday    = 0
	earlierOnly = 1
)

func newModel(policy Policy, cells []Cell, relations []Relation, releases []Release, has int) (*model, error) {
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
	m.noteRoom(worlds, numbered)
	for _, w := range worlds {
		w.derive(numbered)
	}
	if err := errors.Join(append(errs, today.holds(m.names, numbered)...)...); err != nil {
		return nil, err
	}
	for _, w := range worlds {
		w.noteBroken(numbered)
	}
	noteTurns(append(worlds[1:len(worlds):len(worlds)], today))
	m.printToday(cells, today)
	for i, r := range releases {
		m.printRelease(r, worlds[i+1])
	}
	said := map[string]bool{}
	for i := has; i < len(worlds); i++ {
		m.join(worlds, i, numbered, said)
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
		add(c)
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

// noteBroken notes the relations that what was printed contradicts.
func (w *world) noteBroken(relations [][]term) {
	w.broken = make([]bool, len(relations))
	for i, r := range relations {
		rest, missing, _ := w.rest(r)
		w.broken[i] = rest != 0 && missing == 0 || missing == 1 // else it would have been derived
	}
}

// noteTurns notes of each count how often it was restated, in worlds in order of time. One
// that is again what it was two outputs ago is known to have moved, and not to have come
// back: it is another count.
func noteTurns(worlds []*world) {
	for at := range worlds[0].values {
		var last *world
		for _, w := range worlds {
			if !w.known[at] {
				continue
			}
			if last != nil {
				w.turn[at] = last.turn[at]
				if w.values[at] != last.values[at] {
					w.turn[at]++
				}
			}
			last = w
		}
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

// noteRoom notes what no output prints and nobody who makes one knows: the room
// that inequalities leave, and sums on the way to others.
func (m *model) noteRoom(worlds []*world, relations [][]term) {
	m.room = make([]int, len(m.names.ids))
	for _, r := range relations {
		for _, t := range r {
			if !slices.ContainsFunc(worlds, func(w *world) bool { return w.known[t.at] }) {
				m.room[t.at]++
			}
		}
	}
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

// join links counts as the relations say they were in a world. What another
// output has said already is not said again. An output says nothing of figures that
// it has no value for and another has: nobody made them then, or makes them now.
func (m *model) join(worlds []*world, at int, relations [][]term, said map[string]bool) {
	w := worlds[at]
	var key []byte
	for i, r := range relations {
		whole := true
		key = binary.AppendVarint(key[:0], int64(i))
		for _, t := range r {
			v := w.values[t.at]
			switch {
			case m.room[t.at] > 1:
				v = int64(-1 - at) // other relations may make it another here
			case m.room[t.at] == 1:
				v = -1
			case !w.known[t.at]:
				whole = false
			}
			key = binary.AppendVarint(binary.AppendVarint(key, v), int64(w.turn[t.at]))
		}
		if whole && !w.broken[i] && !said[string(key)] {
			said[string(key)] = true
			m.link(w, at, r)
		}
	}
}

func (m *model) link(w *world, at int, r []term) {
	l := link{counts: make([]*count, 0, len(r)), times: make([]int64, 0, len(r))}
	for _, t := range r {
		key := countKey{name: t.at, value: w.values[t.at], turn: w.turn[t.at]}
		if !w.known[t.at] || m.room[t.at] > 0 {
			key.world = at + 1
		}
		c := m.count(key)
		c.known, c.room = w.known[t.at], m.room[t.at] > 0
		c.links = append(c.links, len(m.links))
		c.times = append(c.times, t.times)
		l.counts = append(l.counts, c)
		l.times = append(l.times, t.times)
	}
	m.links = append(m.links, l)
}
