package disclosure_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
)

// attacker is the one of the package's documentation, in code of its own. He has
// an unknown for each count that is not shown and an equation for each sum.
type attacker struct {
	threshold int64
	shown     map[figureAt]bool
	marked    map[figureAt]bool // its own cell is marked: at least 1
	atLeast   map[figureAt]int64
	people    map[figureAt]bool
	unknown   []figureAt
	column    map[figureAt]int
	equations []equation
	fractions map[figureAt]bool // what elimination pins down, once it was made
	open      map[int]bool      // the unknowns that other whole numbers were found for
}

// figureAt is a count while it had one value: he is taken to know what changed, and
// not that it changed back. What is no figure, but the room that others leave, may be
// another in each output.
type figureAt struct {
	id     disclosure.ID
	value  int64
	turn   int // how often it had changed
	output int // 1 + its number, of room
}

// equation says that the unknowns, so many times each, add up to the constant.
type equation struct {
	columns  []int
	times    []int64
	constant int64
}

// sum is how the tests state a relation: the total is the parts together.
type sum struct {
	total disclosure.ID
	parts []disclosure.ID
}

// output is what was published at one time, and all the figures as they then were.
type output struct {
	audience  string
	decisions []disclosure.Decision
	values    map[disclosure.ID]int64
}

// newAttacker reads all outputs; the sums hold in each for the figures it has.
func newAttacker(threshold int64, outputs []output, sums []sum) *attacker {
	a := &attacker{threshold: threshold, shown: map[figureAt]bool{}, marked: map[figureAt]bool{},
		atLeast: map[figureAt]int64{}, people: map[figureAt]bool{}, column: map[figureAt]int{}, open: map[int]bool{}}
	var shares [][]sum
	for _, o := range outputs {
		shares = append(shares, shareSums(o))
	}
	turns := turnsOf(outputs)
	for i, o := range outputs {
		for _, d := range o.decisions {
			a.read(d, turns[i])
		}
	}
	a.knowZeros(outputs, turns, sums)
	for i, o := range outputs {
		for _, s := range append(slices.Clone(sums), shares[i]...) {
			a.equate(o.values, turns[i], s, i+1)
		}
	}
	return a
}

// knowZeros: a zero that nobody prints, nor a figure that is the same, is known.
func (a *attacker) knowZeros(outputs []output, turns []map[disclosure.ID]int, sums []sum) {
	same := map[disclosure.ID][]disclosure.ID{}
	for _, s := range sums {
		if len(s.parts) == 1 {
			same[s.total], same[s.parts[0]] = append(same[s.total], s.parts[0]), append(same[s.parts[0]], s.total)
		}
	}
	for i, o := range outputs {
		for id, v := range o.values {
			printed := slices.ContainsFunc(append([]disclosure.ID{id}, same[id]...), func(of disclosure.ID) bool {
				_, is := a.people[figureAt{id: of, value: v, turn: turns[i][of]}]
				return is
			})
			if v == 0 && !isRoom(id) && !printed {
				a.shown[figureAt{id: id, value: v, turn: turns[i][id]}] = true
			}
		}
	}
}

// turnsOf counts, for each output, how often each figure had changed by then.
func turnsOf(outputs []output) []map[disclosure.ID]int {
	was, had := map[disclosure.ID]int64{}, map[disclosure.ID]int{}
	var turns []map[disclosure.ID]int
	for _, o := range outputs {
		for id, v := range o.values {
			if before, ok := was[id]; ok && before != v {
				had[id]++
			}
			was[id] = v
		}
		turns = append(turns, maps.Clone(had))
	}
	return turns
}

func shareSums(o output) []sum {
	var sums []sum
	for _, d := range o.decisions {
		if id := d.Cell.ID; d.Cell.Kind == disclosure.Share {
			sums = append(sums, sum{id.Of("denominator"), []disclosure.ID{id.Of("numerator"), id.Of("complement")}})
			o.values[id.Of("denominator")] = d.Cell.N
			o.values[id.Of("numerator")] = d.Cell.Numerator
			o.values[id.Of("complement")] = d.Cell.N - d.Cell.Numerator
		}
	}
	return sums
}

// read takes from a cell what anyone can.
func (a *attacker) read(d disclosure.Decision, turns map[disclosure.ID]int) {
	figures := given(d.Cell)
	for i := range figures {
		figures[i].turn = turns[figures[i].id]
	}
	if d.Cell.Kind != disclosure.Count || d.Hidden && d.Cell.N > 0 {
		a.atLeast[figures[0]] = 1 // zeros are shown, but for those beside a hidden group, and a share or a mean is of somebody
	}
	if d.Cell.Kind == disclosure.Count && d.Hidden && d.Cell.N > 0 && !strings.HasPrefix(d.Why, "tells of what kind") {
		a.marked[figures[0]] = true
	}
	for _, f := range figures {
		a.people[f] = a.people[f] || d.Cell.Kind != disclosure.Free
		a.shown[f] = a.shown[f] || !d.Hidden
	}
}

// given are the counts within a cell.
func given(c disclosure.Cell) []figureAt {
	switch c.Kind {
	case disclosure.Share:
		return []figureAt{{id: c.ID.Of("denominator"), value: c.N}, {id: c.ID.Of("numerator"), value: c.Numerator}, {id: c.ID.Of("complement"), value: c.N - c.Numerator}}
	case disclosure.Statistic:
		return []figureAt{{id: c.ID.Of("n"), value: c.N}}
	}
	return []figureAt{{id: c.ID, value: c.N}}
}

func (a *attacker) equate(values map[disclosure.ID]int64, turns map[disclosure.ID]int, s sum, output int) {
	var e equation
	add := func(id disclosure.ID, times int64) bool {
		v, ok := values[id]
		f := figureAt{id: id, value: v, turn: turns[id]}
		if isRoom(id) {
			f = figureAt{id: id, value: v, output: output}
		}
		if a.shown[f] {
			e.constant -= times * v
			return ok
		}
		at, had := a.column[f]
		if ok && !had {
			at = len(a.unknown)
			a.column[f] = at
			a.unknown = append(a.unknown, f)
		}
		e.columns = append(e.columns, at)
		e.times = append(e.times, times)
		return ok
	}
	ok := add(s.total, -1)
	for _, p := range s.parts {
		ok = add(p, 1) && ok
	}
	if ok && len(e.columns) > 0 {
		a.equations = append(a.equations, e)
	}
}

// mistaken is an equation or a bound that the true counts do not fit: then the test
// is wrong, since he would take anything for found out.
func (a *attacker) mistaken() string {
	for f, least := range a.atLeast {
		if f.value < least {
			return fmt.Sprintf("%s is %d, and taken to be at least %d", f.id, f.value, least)
		}
	}
	for _, e := range a.equations {
		off, words := -e.constant, fmt.Sprint(-e.constant)
		for k, j := range e.columns {
			off += e.times[k] * a.unknown[j].value
			words += fmt.Sprintf(" %+d x %s (%d)", e.times[k], a.unknown[j].id, a.unknown[j].value)
			if a.unknown[j].value < 0 || a.unknown[j].value > most {
				return words
			}
		}
		if off != 0 {
			return words
		}
	}
	return ""
}

// secrets are the counts he is after: the marked ones, and the small ones within
// cells that are hidden.
func (a *attacker) secrets() []figureAt {
	var secrets []figureAt
	for f := range a.people {
		small := a.people[f] && f.value > 0 && f.value < a.threshold
		if !a.shown[f] && (a.marked[f] || small) {
			secrets = append(secrets, f)
		}
	}
	slices.SortFunc(secrets, func(x, y figureAt) int { return x.id.Compare(y.id) })
	return secrets
}

// solved are the unknowns that Gauss's elimination over exact fractions pins down.
func (a *attacker) solved() map[figureAt]bool {
	if a.fractions != nil {
		return a.fractions
	}
	pivots := map[int]sparse{} // the reduced row that each pivot has
	for _, e := range a.equations {
		row := sparse{}
		for k, j := range e.columns {
			row.add(j, new(big.Rat).SetInt64(e.times[k]))
		}
		for j, pivot := range pivots {
			row.eliminate(j, pivot)
		}
		if len(row) == 0 {
			continue
		}
		first := slices.Min(slices.Collect(maps.Keys(row)))
		scale := new(big.Rat).Inv(row[first])
		for j := range row {
			row[j] = new(big.Rat).Mul(row[j], scale)
		}
		for _, other := range pivots {
			other.eliminate(first, row)
		}
		pivots[first] = row
	}
	a.fractions = map[figureAt]bool{}
	for j, row := range pivots {
		if len(row) == 1 {
			a.fractions[a.unknown[j]] = true
		}
	}
	return a.fractions
}

// sparse is a row of an elimination: what is not there is zero.
type sparse map[int]*big.Rat

func (r sparse) add(j int, v *big.Rat) {
	if had, ok := r[j]; ok {
		v = new(big.Rat).Add(had, v)
	}
	if r[j] = v; v.Sign() == 0 {
		delete(r, j)
	}
}

// eliminate takes the row of a pivot away as often as leaves none of the pivot.
func (r sparse) eliminate(pivot int, row sparse) {
	times, ok := r[pivot]
	if !ok {
		return
	}
	times = new(big.Rat).Neg(times)
	for j, v := range row {
		r.add(j, new(big.Rat).Mul(times, v))
	}
}

// pins says whether whole numbers leave the secret one value only: he looks for
// any other, lower or higher, with a small count in its group for a reason. He
// gives up, which the second result says, when that takes too long.
func (a *attacker) pins(secret figureAt) (pinned, gaveUp bool) {
	at, linked := a.column[secret]
	if !linked {
		return false, false // nothing is said of it but that it is small: 1 to 4
	}
	if a.open[at] {
		return false, false
	}
	group := a.group(at)
	for _, reason := range a.reasons(group) {
		for _, low := range []bool{true, false} {
			s := a.solver(group)
			if reason >= 0 {
				s.high[reason] = min(s.high[reason], a.threshold-1)
				s.low[reason] = max(s.low[reason], 1)
			}
			if low {
				s.high[at] = min(s.high[at], secret.value-1)
			} else {
				s.low[at] = max(s.low[at], secret.value+1)
			}
			if s.solvable() {
				for _, j := range group { // the same numbers serve for all that are others in them
					a.open[j] = a.open[j] || s.near(j) != a.unknown[j].value
				}
				return false, false
			}
			gaveUp = gaveUp || s.patience <= 0
		}
	}
	return true, gaveUp
}

// reasons are the unknowns of a group that may be the small one for which it is
// hidden; below zero where none is, since it was hidden for other readers or
// under an earlier threshold, and so he can take none to be.
func (a *attacker) reasons(group []int) []int {
	var people []int
	had := false
	for _, j := range group {
		if f := a.unknown[j]; a.people[f] {
			people = append(people, j)
			had = had || f.value > 0 && f.value < a.threshold
		}
	}
	if !had {
		return []int{-1}
	}
	return people
}

// group is the unknowns that hang together with one.
func (a *attacker) group(at int) []int {
	group, in := []int{at}, map[int]bool{at: true}
	for again := true; again; {
		again = false
		for _, e := range a.equations {
			if !slices.ContainsFunc(e.columns, func(j int) bool { return in[j] }) {
				continue
			}
			for _, j := range e.columns {
				if !in[j] {
					in[j], again = true, true
					group = append(group, j)
				}
			}
		}
	}
	return group
}
