package disclosure_test

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"mojreturns/pipeline/disclosure"
)

// Of ten random tables of three by three with their margins no more is hidden than 1.15
// times the fewest cells that the tests' attacker can be kept from. Every choice of cells is
// tried, few before many.
func TestNearTheOptimum(t *testing.T) {
	var hidden, fewest int
	for seed := range uint64(10) {
		s, cells := aTable(rand.New(rand.NewPCG(seed, 3)))
		decisions, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, cells, s.relations(), nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range decisions {
			if d.Hidden {
				hidden++
			}
		}
		fewest += s.fewest(cells)
	}
	if t.Logf("%d cells are hidden, and %d had to be", hidden, fewest); fewest == 0 || 100*hidden > 115*fewest {
		t.Errorf("%d cells are hidden, %d are the fewest", hidden, fewest)
	}
}

// aTable is a crossing with its margins.
func aTable(random *rand.Rand) (*story, []disclosure.Cell) {
	s := &story{rows: 3, columns: 3, values: map[disclosure.ID]int64{}}
	for i := 1; i <= 3; i++ {
		s.total(at(0, 1, i, 0), 3, func(j int) disclosure.ID { return at(0, 1, i, j) })
		s.total(at(0, 1, 0, i), 3, func(j int) disclosure.ID { return at(0, 1, j, i) })
		for j := 1; j <= 3; j++ {
			s.values[at(0, 1, i, j)] = []int64{0, 1, 2, 4, 6, 9, 14, 30}[random.IntN(8)]
		}
	}
	s.total(at(0, 1, 0, 0), 3, func(i int) disclosure.ID { return at(0, 1, i, 0) })
	s.total(at(0, 1, 0, 0), 3, func(i int) disclosure.ID { return at(0, 1, 0, i) })
	s.addUp()
	var cells []disclosure.Cell
	for row := range 4 {
		for column := range 4 {
			id := at(0, 1, row, column)
			cells = append(cells, disclosure.Cell{ID: id, Kind: disclosure.Count, N: s.values[id]})
		}
	}
	return s, cells
}

// fewest is how many cells at least must be hidden.
func (s *story) fewest(cells []disclosure.Cell) int {
	var must, never uint
	for i, c := range cells {
		if c.N == 0 {
			never |= 1 << i
		} else if c.N < 5 {
			must |= 1 << i
		}
	}
	for size := bits.OnesCount(must); size > 0 && size <= len(cells); size++ {
		for choice := must; choice < 1<<len(cells); choice++ {
			if bits.OnesCount(choice) == size && choice&must == must && choice&never == 0 && s.keeps(cells, choice) {
				return size
			}
		}
	}
	return 0
}

// keeps tells whether the attacker finds none of the cells that are hidden.
func (s *story) keeps(cells []disclosure.Cell, choice uint) bool {
	var decisions []disclosure.Decision
	for i, c := range cells {
		decisions = append(decisions, disclosure.Decision{Cell: c, Hidden: choice>>i&1 == 1})
	}
	a := newAttacker(5, []output{{disclosure.Public, decisions, s.values}}, s.sums)
	solved := a.solved()
	for _, secret := range a.secrets() {
		if pinned, _ := a.pins(secret); solved[secret] || pinned {
			return false
		}
	}
	return true
}
