package disclosure

import "slices"

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
	turn  int   // how often it had been restated when it was this
	known bool  // whether value is; the attacker may know neither
	room  bool  // nobody's figure, but what an inequality leaves
	links []int // in model.links
	times []int64

	people bool         // within a cell that is guarded
	open   bool         // the ministry is told such counts
	own    bool         // a cell of this output is the count itself: not hidden when zero
	least  int64        // the least it can be when hidden: 1 where a zero would have been seen
	public []string     // releases, or this output, that gave it away whatever is hidden now
	marked string       // the release in which its own cell is hidden
	cells  []*cellState // today's that give it away
	chosen *count       // what it is hidden to protect; itself if small
	proof  *move        // a move through it over hidden counts alone
}

type countKey struct {
	name  int // in model.names
	value int64
	turn  int
	world int // 1 + the world, where the count may be another in each
}

// count is the count of an ID at a value.
func (m *model) count(key countKey) *count {
	if c, ok := m.index[key]; ok {
		return c
	}
	c := &count{at: len(m.counts), id: m.names.ids[key.name], value: key.value, turn: key.turn, known: true}
	m.index[key] = c
	m.counts = append(m.counts, c)
	return c
}

func (m *model) printed(p printed, in *world) *count {
	at := m.names.of(p.id)
	return m.count(countKey{name: at, value: p.value, turn: in.turn[at]})
}

func (m *model) printToday(cells []Cell, today *world) {
	for _, cell := range m.cells {
		for _, p := range cell.Cell.prints() {
			c := m.printed(p, today)
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
	for _, c := range cells {
		if !c.Private || !c.Guarded {
			continue
		}
		for _, p := range c.prints() {
			n := m.printed(p, today)
			n.people, n.open = true, n.open || c.Open
		}
	}
}

func (m *model) printRelease(r Release, then *world) {
	for _, d := range r.Cells {
		if d.Cell.Private {
			continue
		}
		for _, p := range d.Cell.prints() {
			c := m.printed(p, then)
			c.guard(d.Cell, p)
			switch {
			case d.Cell.Kind == Free:
				c.public = append(c.public, "")
			case !d.Hidden:
				c.public = append(c.public, r.Name)
			case d.Cell.Kind == Count && d.Cell.N > 0: // what a split says is guarded while it can be
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
	c.people, c.open = true, c.open || cell.Open
	if p.value > 0 && (cell.Kind != Share || p.id.Part == Denominator) {
		c.least = 1
	}
}

// markKept hides what was hidden before and has not changed: shown now, it
// would tell what was hidden then.
func (m *model) markKept(releases []Release) {
	hidden := map[Cell]string{}
	for _, r := range releases {
		for _, d := range r.Cells {
			if d.Hidden && !d.Cell.Private {
				d.Cell.Beside = [2]ID{}
				hidden[d.Cell] = r.Name
			}
		}
	}
	for _, cell := range m.cells {
		then := cell.Cell
		then.Beside = [2]ID{}
		if name, ok := hidden[then]; ok && !cell.isPublic() {
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
