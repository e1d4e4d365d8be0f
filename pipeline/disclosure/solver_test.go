package disclosure_test

import "slices"

// most is the largest count the attacker tries; the tests' figures are well below.
const most = 2000

// solver finds whole numbers within bounds that fit equations. It looks near the
// true ones, which finds others soon if there are any: each at the true value or
// the bound next to it, and where that does not fit an equation, one of its
// unknowns is tried there, then below, then above.
type solver struct {
	equations []equation
	low, high []int64 // by column
	truth     []int64
	patience  int
}

func (a *attacker) solver(group []int) *solver {
	n := len(a.unknown)
	s := &solver{low: make([]int64, n), high: make([]int64, n), truth: make([]int64, n), patience: 3_000}
	in := make([]bool, n)
	for _, j := range group {
		in[j], s.truth[j] = true, a.unknown[j].value
		s.low[j], s.high[j] = a.atLeast[a.unknown[j]], most
	}
	for _, e := range a.equations {
		if in[e.columns[0]] {
			s.equations = append(s.equations, e)
		}
	}
	return s
}

func (s *solver) solvable() bool {
	if s.patience--; s.patience < 0 || !s.narrow() {
		return false
	}
	split := s.unfitting()
	if split < 0 {
		return true
	}
	low, high, near := slices.Clone(s.low), slices.Clone(s.high), s.near(split)
	for _, r := range [][2]int64{{near, near}, {low[split], near - 1}, {near + 1, high[split]}} {
		copy(s.low, low)
		copy(s.high, high)
		s.low[split], s.high[split] = r[0], r[1]
		if r[0] <= r[1] && s.solvable() {
			return true
		}
	}
	return false
}

func (s *solver) near(j int) int64 { return max(s.low[j], min(s.high[j], s.truth[j])) }

// unfitting is the unknown with the least room in the first equation that does not fit;
// below zero if all fit.
func (s *solver) unfitting() int {
	for _, e := range s.equations {
		off, split := -e.constant, -1
		for k, j := range e.columns {
			off += e.times[k] * s.near(j)
			if room := s.high[j] - s.low[j]; room > 0 && (split < 0 || room < s.high[split]-s.low[split]) {
				split = j
			}
		}
		if off != 0 {
			return split
		}
	}
	return -1
}

// narrow takes from each unknown what the rest of an equation cannot make up for.
func (s *solver) narrow() bool {
	for again := true; again; {
		again = false
		for _, e := range s.equations {
			var least, greatest int64
			for k, j := range e.columns {
				n := e.times[k]
				least += min(n*s.low[j], n*s.high[j])
				greatest += max(n*s.low[j], n*s.high[j])
			}
			if least > e.constant || greatest < e.constant {
				return false
			}
			for k, j := range e.columns {
				n := e.times[k]
				// n times the unknown lies between these.
				from := e.constant - (greatest - max(n*s.low[j], n*s.high[j]))
				to := e.constant - (least - min(n*s.low[j], n*s.high[j]))
				if n < 0 {
					from, to, n = -to, -from, -n
				}
				low, high := max(s.low[j], ceil(from, n)), min(s.high[j], -ceil(-to, n))
				if low > high {
					return false
				}
				if low != s.low[j] || high != s.high[j] {
					s.low[j], s.high[j], again = low, high, true
					break // the bounds above are out of date
				}
			}
		}
	}
	return true
}

// ceil is a divided by b, which is above zero, rounded up.
func ceil(a, b int64) int64 {
	q := a / b
	if a > 0 && a%b != 0 {
		q++
	}
	return q
}
