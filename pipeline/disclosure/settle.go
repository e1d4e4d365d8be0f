package disclosure

// settler finds a move where the cheap search has lost its way. Each count may
// change within bounds, which the links narrow; those that need not change do not. It
// takes a link that does not hold so, changes one count in it, and follows
// what that forces, going back where it fails.
type settler struct {
	m         *model
	low, high []int64 // by how much each count may change
	trail     []bound // what the bounds were, to go back to
	patience  int
	unsure    bool // a count whose value is not known was in the way
}

type bound struct {
	count     *count
	low, high int64
}

// farthest is how far a count is taken to change.
const farthest = 60

// settle looks for any move through the target. If none is found, none says that
// all were tried, and proved that what was tried is all there is.
func (m *model) settle(target *count, patience int) (v *move, none, proved bool) {
	s := &settler{m: m, low: make([]int64, len(m.counts)), high: make([]int64, len(m.counts)), patience: patience, unsure: m.restated()}
	for i, c := range m.counts {
		if m.mayChange(c, 1, true) {
			s.low[i], s.high[i] = c.least-c.value, farthest
		}
	}
	// A target that is small and stays so is its own reason to be hidden.
	ranges := [][2]int64{{s.low[target.at], -1}, {1, s.high[target.at]}}
	if m.policy.small(target.value) {
		ranges = append([][2]int64{{1, int64(m.policy.Threshold) - 1 - target.value}}, ranges...)
	}
	for _, r := range ranges {
		s.trail = s.trail[:0]
		if s.within(target, r[0], r[1]) && s.solve() {
			v, by := s.result(target)
			if m.hasReason(target, by) {
				return v, false, false
			}
			s.patience = 0 // a move there is, but not one we may use
		}
		s.undo(0)
	}
	return nil, s.patience > 0, s.patience > 0 && !s.unsure
}

// restated tells whether any figure has had more than one value. With such figures
// the search has been seen to rule out more than a reader could, so it claims no
// proof then.
func (m *model) restated() bool {
	seen := map[ID]int64{}
	for _, c := range m.counts {
		if was, ok := seen[c.id]; ok && was != c.value {
			return true
		}
		seen[c.id] = c.value
	}
	return false
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
	c, to := s.choose()
	if c == nil {
		return true
	}
	low, high := s.low[c.at], s.high[c.at]
	for _, r := range [][2]int64{{to, to}, {low, to - 1}, {to + 1, high}} {
		mark := len(s.trail)
		if s.within(c, r[0], r[1]) && s.solve() {
			return true
		}
		s.undo(mark)
	}
	return false
}

// choose finds the link that does not hold at the smallest changes with the
// fewest counts that could mend it, and of these the cheapest, and to what to change it.
func (s *settler) choose() (chosen *count, to int64) {
	fewest, seen := 0, map[int]bool{}
	for _, b := range s.trail {
		for _, at := range b.count.links {
			if seen[at] {
				continue
			}
			seen[at] = true
			l := s.m.links[at]
			var off int64
			for i, c := range l.counts {
				off += l.times[i] * s.least(c)
			}
			if off == 0 {
				continue
			}
			ways, cheapest := 0, 0
			var way *count
			var by int64
			for i, c := range l.counts {
				v := s.mended(c, off, l.times[i])
				if v == s.least(c) {
					continue
				}
				if cost := c.cost(); ways == 0 || cost < cheapest {
					way, by, cheapest = c, v, cost
				}
				ways++
			}
			if chosen == nil || ways < fewest {
				chosen, to, fewest = way, by, ways
			}
		}
	}
	return chosen, to
}

// mended is the change to a count, within its bounds, that does most to mend a
// link that is off.
func (s *settler) mended(c *count, off, times int64) int64 {
	by := -off / times
	switch {
	case by != 0:
	case off > 0 == (times > 0):
		by = -1
	default:
		by = 1
	}
	return max(s.low[c.at], min(s.high[c.at], s.least(c)+by))
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
