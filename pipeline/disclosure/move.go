package disclosure

import (
	"container/heap"
	"math/bits"
)

// A move is a change to counts that leaves every link as it is. Moves are built
// one step at a time; from each step the earlier ones follow.
type move struct {
	before *move
	count  *count
	by     int64

	steps    int
	uneven   int // links that the steps so far do not leave as they are
	cost     int // of hiding the shown counts among them
	sequence int // when it was found, which breaks ties the same way each time
}

// The weights of a search. A step costs a little, so that moves stay short, and an uneven link
// costs about what hiding a count of sixteen does: less would find a cheaper move
// at times, and take far longer.
const (
	stepCost   = 16
	unevenCost = 4096
	totalCost  = 8192  // of hiding a total besides what its size costs: readers need totals most
	longest    = 64    // steps
	patience   = 2_000 // moves looked at for one count, before trying otherwise
)

func (v *move) rank() int { return v.cost + unevenCost*v.uneven + stepCost*v.steps }

// search finds a cheap move through a count. It works on the model's scratch.
type search struct {
	m       *model
	target  *count
	hideToo bool          // whether shown counts may be hidden for it
	by      map[int]int64 // the steps of the move being looked at, by count
	off     map[int]int64 // what they add to each link they touch
	queue   moves
	found   int
}

// find looks for the cheapest move through the target that meets the standard;
// without hideToo, over hidden counts alone. That it finds none is no proof.
func (m *model) find(target *count, hideToo bool, patience int) *move {
	s := &search{m: m, target: target, hideToo: hideToo}
	for _, by := range []int64{1, -1, 2, -2} {
		s.by, s.off = map[int]int64{}, map[int]int64{}
		s.push(nil, target, by)
	}
	for looked := 0; s.queue.Len() > 0 && looked < patience; looked++ {
		v := heap.Pop(&s.queue).(*move)
		s.lay(v)
		if v.uneven == 0 {
			if m.hasReason(target, s.by) {
				return v
			}
		} else if v.steps < longest {
			s.extend(v)
		}
	}
	return nil
}

// lay spreads the steps of a move out.
func (s *search) lay(v *move) {
	clear(s.by)
	clear(s.off)
	for ; v != nil; v = v.before {
		s.by[v.count.at] = v.by
		for i, l := range v.count.links {
			s.off[l] += v.count.times[i] * v.by
		}
	}
}

// extend puts right one uneven link in each way that it can be: the link with the fewest ways.
func (s *search) extend(v *move) {
	best, fewest := -1, 0
	for l, off := range s.off {
		if off == 0 {
			continue
		}
		ways := 0
		for i, c := range s.m.links[l].counts {
			if s.can(c, off, s.m.links[l].times[i]) {
				ways++
			}
		}
		if best < 0 || ways < fewest || ways == fewest && l < best {
			best, fewest = l, ways
		}
	}
	off := s.off[best]
	for i, c := range s.m.links[best].counts {
		if times := s.m.links[best].times[i]; s.can(c, off, times) {
			s.push(v, c, -off/times)
		}
	}
}

// can says whether changing the count may make up for what a link is off.
func (s *search) can(c *count, off, times int64) bool {
	return s.by[c.at] == 0 && off%times == 0 && s.m.mayChange(c, -off/times, s.hideToo)
}

func (s *search) push(before *move, c *count, by int64) {
	if before == nil && !s.m.mayChange(c, by, s.hideToo) {
		return
	}
	v := &move{before: before, count: c, by: by, steps: 1, sequence: s.found}
	s.found++
	if before != nil {
		v.steps, v.uneven, v.cost = before.steps+1, before.uneven, before.cost
	}
	for i, l := range c.links {
		was, is := s.off[l], s.off[l]+c.times[i]*by
		switch {
		case was == 0 && is != 0:
			v.uneven++
		case was != 0 && is == 0:
			v.uneven--
		}
	}
	v.cost += c.cost()
	heap.Push(&s.queue, v)
}

// mayChange says whether a count can be different by so much for all the
// attacker knows, or would know if it were hidden.
func (m *model) mayChange(c *count, by int64, hideToo bool) bool {
	if len(c.public) > 0 || c.value+by < c.least || c.nobody() && !m.unsaid {
		return false
	}
	return !c.shown() || hideToo && !(c.value == 0 && c.own)
}

// nobody says whether a count is a zero that no output has a cell for. Anyone takes a
// category without a row to be empty, so that such a zero protects nothing. Of the parts
// of a share that is not printed nobody takes anything.
func (c *count) nobody() bool {
	return c.known && c.value == 0 && !c.people && !c.room && c.id.Part == ""
}

// shown says whether a cell of this output that is not hidden gives the count away.
func (c *count) shown() bool {
	for _, cell := range c.cells {
		if !cell.Hidden {
			return true
		}
	}
	return false
}

// cost is the loss from hiding a count: for each cell that goes with it the
// logarithm of the count, more if it is a total.
func (c *count) cost() int {
	cost := 0
	for _, cell := range c.cells {
		if cell.Hidden {
			continue
		}
		value := max(1, c.value)
		whole := bits.Len64(uint64(value)) - 1
		cost += 1024 + 1024*whole + int((value-1<<whole)<<10>>whole)
		if cell.Cell.ID.Dimension == "" {
			cost += totalCost
		}
	}
	return cost
}

// hasReason says whether, after the steps, some count that hangs together with
// the target is small, as the attacker knows that one must be. Where none
// is to begin with (the threshold was higher once) he knows nothing of the kind. Counts
// whose value nobody knows lead to no reason, though they may lead him to one.
func (m *model) hasReason(target *count, by map[int]int64) bool {
	small := func(c *count, by int64) bool { return c.people && m.policy.small(c.value+by) }
	return m.reach(target, by, func(c *count) bool { return small(c, by[c.at]) }, func(c *count) bool { return c.known }) ||
		!m.reach(target, by, func(c *count) bool { return small(c, 0) }, func(*count) bool { return true })
}

// reach says whether a count that is wanted hangs together with the target, by
// counts that are hidden, change, and lead on.
func (m *model) reach(target *count, by map[int]int64, wanted, leads func(*count) bool) bool {
	seen := map[int]bool{target.at: true}
	for next := []*count{target}; len(next) > 0; next = next[1:] {
		if wanted(next[0]) {
			return true
		}
		for _, l := range next[0].links {
			for _, o := range m.links[l].counts {
				if !seen[o.at] && leads(o) && (by[o.at] != 0 || len(o.public) == 0 && !o.shown()) {
					seen[o.at] = true
					next = append(next, o)
				}
			}
		}
	}
	return false
}

// moves is a queue, the cheapest first.
type moves []*move

func (q moves) Len() int      { return len(q) }
func (q moves) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q moves) Less(i, j int) bool {
	if a, b := q[i].rank(), q[j].rank(); a != b {
		return a < b
	}
	return q[i].sequence < q[j].sequence
}
func (q *moves) Push(v any) { *q = append(*q, v.(*move)) }
func (q *moves) Pop() any {
	last := (*q)[len(*q)-1]
	*q = (*q)[:len(*q)-1]
	return last
}
