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
	equal  classes
	index  map[countKey]*count
}

// cellState is a cell of this output with the counts it gives away when shown.
type cellState struct {
	Decision
	prints []*count
	kept   bool // hidden in an earlier release
}

// count is a number of people at one value: a figure that was restated since a
// release is two counts, since the release tells of the old one.
type count struct {
	at    int // in model.counts
	id    ID
	value int64 // 0 where not known
	known bool  // whether value is; the attacker may know neither
	links []int // in model.links
	times []int64

	people bool         // within a cell that is guarded
	own    bool         // a cell of this output is the count itself: not hidden when zero
	least  int64        // the least it can be when hidden: 1 where a zero would have been seen
	public []string     // releases, or this output, that gave it away whatever is hidden now
	marked string       // the release in which its own cell is hidden
	cells  []*cellState // today's that give it away
	chosen *count       // what it is hidden to protect; itself if small
	proof  *move        // a move through it over hidden counts alone
}

// link is a relation between counts at given values.
type link struct {
	counts []*count
	times  []int64
}

type countKey struct {
	id      ID
	value   int64
	unknown int // 1 + the world, where the value is not known
}

// world is the figures of one output, by class: today's, or a release's.
type world struct {
	values map[ID]int64
	broken map[int]bool // relations that did not hold then, such as those of a definition since changed
}

func newModel(policy Policy, cells []Cell, relations []Relation, releases []Release) (*model, error) {
	m := &model{policy: policy, index: map[countKey]*count{}, equal: equals(relations)}
	today := world{map[ID]int64{}, map[int]bool{}}
	var errs []error
	for _, c := range sorted(cells) {
		if n := len(m.cells); n > 0 && m.cells[n-1].Cell.ID == c.ID {
			errs = append(errs, fmt.Errorf("%s is given twice", c.ID))
		}
		errs = append(errs, c.check(), today.take(m.equal, c))
		if c.Private {
			continue
		}
		m.cells = append(m.cells, &cellState{Decision: Decision{Cell: c}})
	}
	worlds := []world{today}
	for _, r := range releases {
		w := world{map[ID]int64{}, map[int]bool{}}
		for _, d := range r.Cells {
			// An earlier release that contradicts itself is past mending: its first word counts.
			_ = w.take(m.equal, d.Cell)
		}
		worlds = append(worlds, w)
	}
	relations = m.equal.reduce(append(slices.Clone(relations), complements(m.cells, releases)...))
	for _, w := range worlds {
		w.derive(relations)
	}
	if err := errors.Join(append(errs, today.holds(relations)...)...); err != nil {
		return nil, err
	}
	for i, w := range worlds {
		w.noteBroken(relations)
		borrow(worlds, i, relations)
	}
	m.printToday()
	for _, r := range releases {
		m.printRelease(r)
	}
	for i := range worlds {
		m.join(worlds, i, relations)
	}
	m.markKept(releases)
	return m, nil
}

func sorted(cells []Cell) []Cell {
	return slices.SortedStableFunc(slices.Values(cells), func(a, b Cell) int { return a.ID.Compare(b.ID) })
}

// take notes the counts of a cell.
func (w world) take(equal classes, c Cell) error {
	for _, p := range c.prints() {
		id := equal.of(p.id)
		if had, ok := w.values[id]; ok && had != p.value {
			return fmt.Errorf("%s is %d, but a figure that must equal it is %d", p.id, p.value, had)
		}
		w.values[id] = p.value
	}
	return nil
}

// complements are the relations within shares.
func complements(cells []*cellState, releases []Release) []Relation {
	var shares []Relation
	add := func(c Cell) {
		if c.Kind == Share {
			shares = append(shares, Sum(c.ID.Of(Denominator), c.ID.Of(Numerator), c.ID.Of(Complement)))
		}
	}
	for _, c := range cells {
		add(c.Cell)
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
func (w world) derive(relations []Relation) {
	for again := true; again; {
		again = false
		for _, r := range relations {
			rest, missing := w.rest(r)
			if len(missing) != 1 {
				continue
			}
			if t := missing[0]; rest%t.Times == 0 && -rest/t.Times >= 0 {
				w.values[t.ID] = -rest / t.Times
				again = true
			}
		}
	}
}

func (w world) noteBroken(relations []Relation) {
	for i, r := range relations {
		if rest, missing := w.rest(r); rest != 0 && len(missing) == 0 {
			w.broken[i] = true
		}
	}
}

// rest adds up what a world knows of a relation, and lists what it does not.
func (w world) rest(r Relation) (int64, []Term) {
	var rest int64
	var missing []Term
	for _, t := range r {
		if v, ok := w.values[t.ID]; ok {
			rest += t.Times * v
		} else {
			missing = append(missing, t)
		}
	}
	return rest, missing
}

// borrow gives a world the values that it does not know and others do, today's
// before a release's, a later release's before an earlier one's: the attacker
// too will try whether figures have stayed the same. Figures that hang together
// are taken to have done so all or none.
func borrow(worlds []world, at int, relations []Relation) {
	w, group := worlds[at], classes{}
	for _, r := range relations {
		if _, missing := w.rest(r); len(missing) > 0 {
			for _, t := range missing[1:] {
				group.join(missing[0].ID, t.ID)
			}
		}
	}
	found, wrong := map[ID]int64{}, map[ID]bool{}
	for _, r := range relations {
		rest, missing := w.rest(r)
		known := len(missing) > 0
		for _, t := range missing {
			v, ok := worlds[0].values[t.ID]
			for k := len(worlds) - 1; !ok && k > 0; k-- {
				v, ok = worlds[k].values[t.ID]
			}
			if known = known && ok; ok {
				found[t.ID] = v
			}
			rest += t.Times * v
		}
		if known && rest != 0 {
			wrong[group.of(missing[0].ID)] = true
		}
	}
	for id, v := range found {
		if !wrong[group.of(id)] {
			w.values[id] = v
		}
	}
}

// holds says which relations the figures of this output contradict.
func (w world) holds(relations []Relation) []error {
	var errs []error
	for _, r := range relations {
		if rest, missing := w.rest(r); rest != 0 && len(missing) == 0 {
			errs = append(errs, fmt.Errorf("the figures do not fit together: %s, but it comes to %d", r, rest))
		} else if len(missing) == 1 {
			errs = append(errs, fmt.Errorf("the figures do not fit together: %s leaves %s no whole number that is not negative", r, missing[0].ID))
		}
	}
	return errs
}

// count is the count of an ID at a value.
func (m *model) count(key countKey) *count {
	if c, ok := m.index[key]; ok {
		return c
	}
	c := &count{at: len(m.counts), id: key.id, value: key.value, known: key.unknown == 0}
	m.index[key] = c
	m.counts = append(m.counts, c)
	return c
}

func (m *model) printed(p printed) *count {
	return m.count(countKey{id: m.equal.of(p.id), value: p.value})
}

func (m *model) printToday() {
	for _, cell := range m.cells {
		for _, p := range cell.Cell.prints() {
			c := m.printed(p)
			c.guard(cell.Cell, p)
			c.own = c.own || cell.Cell.Kind == Count
			switch {
			case cell.Cell.Kind == Free:
				c.public = append(c.public, "")
			case !slices.Contains(cell.prints, c): // equal counts are one
				cell.prints = append(cell.prints, c)
				c.cells = append(c.cells, cell)
			}
		}
	}
}

func (m *model) printRelease(r Release) {
	for _, d := range r.Cells {
		for _, p := range d.Cell.prints() {
			c := m.printed(p)
			c.guard(d.Cell, p)
			switch {
			case d.Cell.Kind == Free:
				c.public = append(c.public, "")
			case !d.Hidden:
				c.public = append(c.public, r.Name)
			case d.Cell.Kind == Count:
				c.marked = r.Name
			}
		}
	}
}

// guard notes what printing, or hiding, the cell tells of one of its counts.
// A mark is never at a zero; a share and a statistic of nobody are not printed,
// but the numerator or complement of a hidden share may be zero.
func (c *count) guard(cell Cell, p printed) {
	if cell.Kind == Free {
		return
	}
	c.people = true
	if p.value > 0 && (cell.Kind != Share || p.id.Part == Denominator) {
		c.least = 1
	}
}

// join links counts as the relations say they were in a world. What a release
// says of counts that have not changed since is said by today's links already;
// with unknown counts on both sides it says nothing.
func (m *model) join(worlds []world, at int, relations []Relation) {
	w, now := worlds[at], worlds[0]
	for i, r := range relations {
		if w.broken[i] {
			continue
		}
		changed, more, less := false, false, false
		for _, t := range r {
			then, ok := w.values[t.ID]
			v, same := now.values[t.ID]
			changed = changed || ok && !(same && v == then)
			more, less = more || !ok && t.Times > 0, less || !ok && t.Times < 0
		}
		if at == 0 || changed && !(more && less) {
			m.link(w, at, r)
		}
	}
}

func (m *model) link(w world, at int, r Relation) {
	var l link
	for _, t := range r {
		key := countKey{id: t.ID, unknown: at + 1}
		if v, ok := w.values[t.ID]; ok {
			key = countKey{id: t.ID, value: v}
		}
		c := m.count(key)
		c.links = append(c.links, len(m.links))
		c.times = append(c.times, t.Times)
		l.counts = append(l.counts, c)
		l.times = append(l.times, t.Times)
	}
	m.links = append(m.links, l)
}

// markKept hides what was hidden before and has not changed: shown now, it
// would tell what was hidden then.
func (m *model) markKept(releases []Release) {
	hidden := map[Cell]string{}
	for _, r := range releases {
		for _, d := range r.Cells {
			if d.Hidden {
				hidden[d.Cell] = r.Name
			}
		}
	}
	for _, cell := range m.cells {
		if name, ok := hidden[cell.Cell]; ok && !cell.isPublic() {
			cell.kept = true
			cell.hide("hidden in " + name)
		}
	}
}

// isPublic says whether all that the cell gives away is known already.
func (s *cellState) isPublic() bool {
	return !slices.ContainsFunc(s.prints, func(c *count) bool { return len(c.public) == 0 })
}

func (s *cellState) hide(why string) {
	if !s.Hidden {
		s.Hidden, s.Why = true, why
	}
}
