package disclosure

import (
	"math/rand/v2"
	"slices"
)

// settler finds a move where the cheap search has lost its way. Each count may
// change within bounds, which the links narrow. Of a link that does not hold where
// each changes least, the count with the least room is set to that, and what it
// forces is followed; where that fails, it changes less, or more. An order that leads
// nowhere soon may lead nowhere for ever, so after some steps another is tried.
type settler struct {
	m         *model
	low, high []int64 // by how much each count may change
	trail     []bound // what the bounds were, to go back to
	seen      []int   // by link: the look in which it was last seen
	look      int
	patience  int
	unsure    bool       // a count whose value is not known was in the way
	dice      *rand.Rand // of the orders after the first; always the same
}

type bound struct {
	count     *count
	low, high int64
}

const (
	farthest = 60    // how far a count is taken to change
	orders   = 30    // tried for one count
	steps    = 1_000 // in each
)

// settle looks for any move through the target. If none is found, none says that
// all were tried, and proved that what was tried is all there is.
func (m *model) settle(target *count) (v *move, none, proved bool) {
	for order := range uint64(orders) {
		s := m.settler()
		if order > 0 {
			s.dice = rand.New(rand.NewPCG(order, uint64(target.at)))
		}
		if v, none = s.settle(target); v != nil || none {
			return v, none, none && !s.unsure
		}
	}
	return nil, false, false
}

func (m *model) settler() *settler {
	s := &settler{m: m, low: make([]int64, len(m.counts)), high: make([]int64, len(m.counts)),
		seen: make([]int, len(m.links)), patience: steps}
	for i, c := range m.counts {
		if m.mayChange(c, 1, true) {
			s.low[i], s.high[i] = c.least-c.value, farthest
		}
	}
	return s
}

func (s *settler) settle(target *count) (v *move, none bool) {
	// A target that is small and stays so is its own reason to be hidden.
	few := int64(s.m.policy.Threshold) - 1
	ranges := [][2]int64{{s.low[target.at], -1}, {1, s.high[target.at]}}
	if s.m.policy.small(target.value) {
		ranges = slices.Insert(ranges, 0, [2]int64{1, few - target.value})
	}
	unusable := false
	for _, r := range ranges {
		v, found := s.try(target, r)
		if v != nil {
			return v, false
		}
		if !found {
			continue
		}
		unusable = true // a move there is, but another count must be small for it
		for _, reason := range s.m.reasons(target) {
			if s.within(reason, 1-reason.value, few-reason.value) {
				if v, _ := s.try(target, r); v != nil {
					return v, false
				}
			}
			s.undo(0)
		}
	}
	return nil, !unusable && s.patience > 0
}

// try looks for a move that changes the target by what lies between two numbers.
// It says too whether there is any, with a reason to hide the target or without.
func (s *settler) try(target *count, by [2]int64) (v *move, found bool) {
	mark := len(s.trail)
	defer s.undo(mark)
	if !s.within(target, by[0], by[1]) || !s.solve() {
		return nil, false
	}
	v, changes := s.result(target)
	if !s.m.hasReason(target, changes) {
		return nil, true
	}
	return v, true
}

// reasons are counts that may be why others that they hang together with are hidden,
// the nearest to the target first.
func (m *model) reasons(target *count) []*count {
	const most = 20
	var found []*count
	m.reach(target, nil, func(c *count) bool {
		if c != target && c.people && c.value > 0 {
			found = append(found, c)
		}
		return len(found) == most
	}, func(c *count) bool { return c.known })
	return found
}

// within narrows a count's bounds, and all that follows from it.
func (s *settler) within(c *count, low, high int64) bool {
	if !s.narrow(c, low, high) {
		return false
	}
	for next := []*count{c}; len(next) > 0; next = next[1:] {
		for _, l := range next[0].links {
			changed, ok := s.follow(s.m.links[l])
			if !ok {
				return false
			}
			next = append(next, changed...)
		}
	}
	return true
}

func (s *settler) narrow(c *count, low, high int64) bool {
	i := c.at
	low, high = max(low, s.low[i]), min(high, s.high[i])
	if low > high {
		return false
	}
	if low != s.low[i] || high != s.high[i] {
		s.unsure = s.unsure || !c.known
		s.trail = append(s.trail, bound{c, s.low[i], s.high[i]})
		s.low[i], s.high[i] = low, high
	}
	return true
}

func (s *settler) undo(to int) {
	for len(s.trail) > to {
		b := s.trail[len(s.trail)-1]
		s.low[b.count.at], s.high[b.count.at] = b.low, b.high
		s.trail = s.trail[:len(s.trail)-1]
	}
}

// follow narrows the counts of a link to what the others can make up for.
func (s *settler) follow(l link) (changed []*count, ok bool) {
	var least, greatest int64
	for i, c := range l.counts {
		a, b := s.spread(c, l.times[i])
		least, greatest = least+a, greatest+b
	}
	if least > 0 || greatest < 0 {
		return nil, false
	}
	for i, c := range l.counts {
		times := l.times[i]
		a, b := s.spread(c, times)
		from, to := b-greatest, a-least // times the change lies between these
		if times < 0 {
			from, to, times = -to, -from, -times
		}
		before := len(s.trail)
		if !s.narrow(c, -floor(-from, times), floor(to, times)) {
			return nil, false
		}
		if len(s.trail) > before {
			changed = append(changed, c)
			now, then := s.spread(c, l.times[i])
			least, greatest = least+now-a, greatest+then-b
		}
	}
	return changed, true
}

func (s *settler) spread(c *count, times int64) (least, greatest int64) {
	a, b := times*s.low[c.at], times*s.high[c.at]
	return min(a, b), max(a, b)
}

// floor is a divided by b, which is above zero, rounded down.
func floor(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// least is the smallest change that the bounds leave a count.
func (s *settler) least(c *count) int64 { return max(s.low[c.at], min(s.high[c.at], 0)) }

func (s *settler) solve() bool {
	s.patience--
	if s.patience <= 0 {
		return false
	}
	c := s.choose()
	if c == nil {
		return true
	}
	low, high, to := s.low[c.at], s.high[c.at], s.least(c)
	if s.dice != nil && s.dice.IntN(2) == 0 {
		to = max(low, min(high, to+s.dice.Int64N(3)-1))
	}
	for _, r := range [][2]int64{{to, to}, {low, to - 1}, {to + 1, high}} {
		mark := len(s.trail)
		if s.within(c, r[0], r[1]) && s.solve() {
			return true
		}
		s.undo(mark)
	}
	return false
}

// choose finds the first link that does not hold at the smallest changes, or with
// dice any, and in it the count with the least room. None is left when all hold.
func (s *settler) choose() (chosen *count) {
	uneven, first := 0, len(s.m.links)
	s.look++
	for _, b := range s.trail {
		for _, at := range b.count.links {
			if s.seen[at] == s.look || s.dice == nil && at > first {
				continue
			}
			s.seen[at] = s.look
			c, holds := s.tightest(s.m.links[at])
			if holds {
				continue
			}
			uneven++
			if s.dice == nil || s.dice.IntN(uneven) == 0 {
				first, chosen = at, c
			}
		}
	}
	if chosen != nil && s.dice != nil && s.dice.IntN(3) == 0 {
		return s.any(s.m.links[first])
	}
	return chosen
}

// any is a count of a link that has room.
func (s *settler) any(l link) *count {
	var free []*count
	for _, c := range l.counts {
		if s.high[c.at] > s.low[c.at] {
			free = append(free, c)
		}
	}
	return free[s.dice.IntN(len(free))]
}

// tightest is the count of a link with the least room, not counting those with none.
func (s *settler) tightest(l link) (tightest *count, holds bool) {
	var off, room int64
	for i, c := range l.counts {
		off += l.times[i] * s.least(c)
		if r := s.high[c.at] - s.low[c.at]; r > 0 && (tightest == nil || r < room) {
			tightest, room = c, r
		}
	}
	return tightest, off == 0
}

// result is the move: the target first, then the others in order.
func (s *settler) result(target *count) (*move, map[int]int64) {
	by := map[int]int64{target.at: s.least(target)}
	v := &move{count: target, by: s.least(target)}
	for _, c := range s.m.counts {
		if n := s.least(c); n != 0 && c != target {
			by[c.at] = n
			v = &move{before: v, count: c, by: n}
		}
	}
	return v, by
}
