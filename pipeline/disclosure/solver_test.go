package disclosure_test

import "slices"

// most is the largest count the attacker tries; the tests' figures are well below.
const most = 400

// solver finds whole numbers within bounds that fit equations: it narrows the
// bounds by every equation, then halves the narrowest that is left, and so on.
type solver struct {
	equations []equation
	low, high []int64 // by column
	order     []int
	patience  int
}

func (a *attacker) solver(group []int) *solver {
	s := &solver{low: make([]int64, len(a.unknown)), high: make([]int64, len(a.unknown)), order: group, patience: 20_000}
	for _, j := range group {
		s.low[j], s.high[j] = a.atLeast[a.unknown[j]], most
	}
	for _, e := range a.equations {
		if slices.Contains(group, e.columns[0]) {
			s.equations = append(s.equations, e)
		}
	}
	return s
}

func (s *solver) solvable() bool {
	if s.patience--; s.patience < 0 || !s.narrow() {
		return false
	}
	split := -1
	for _, j := range s.order {
		if s.low[j] < s.high[j] && (split < 0 || s.high[j]-s.low[j] < s.high[split]-s.low[split]) {
			split = j
		}
	}
	if split < 0 {
		return true
	}
	low, high := slices.Clone(s.low), slices.Clone(s.high)
	middle := (s.low[split] + s.high[split]) / 2
	s.high[split] = middle
	if s.solvable() {
		return true
	}
	s.low, s.high = low, high
	s.low[split] = middle + 1
	return s.solvable()
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
