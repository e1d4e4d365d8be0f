package disclosure_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"mojreturns/pipeline/disclosure"
)

// A return: sheets of a figure by category, four quarters and the year to date,
// some with a crossing, in an area with two services.
func aReturn(random *rand.Rand) ([]disclosure.Cell, []disclosure.Relation) {
	var cells []disclosure.Cell
	var relations []disclosure.Relation
	values := map[disclosure.ID]int64{}
	var order []disclosure.ID
	set := func(id disclosure.ID, v int64) {
		if _, had := values[id]; !had {
			order = append(order, id)
		}
		values[id] += v
	}
	for sheet := range 15 {
		rows, columns := 8+random.IntN(10), 1+2*(sheet%2)
		s := &story{rows: rows, columns: columns, quarters: 4}
		name := func(id disclosure.ID) disclosure.ID {
			id.Code = fmt.Sprintf("R%02d", sheet)
			return id
		}
		for r := 1; r <= rows; r++ {
			for c := 1; c <= columns; c++ {
				for q := 1; q <= 4; q++ {
					v := int64(random.ExpFloat64() * 400 / float64(r*r*c))
					for _, when := range []int{q, 14} {
						set(name(at(0, when, r, c)), v)
						set(name(at(0, when, r, 0)), v)
						set(name(at(0, when, 0, c)), v)
						set(name(at(0, when, 0, 0)), v)
					}
				}
			}
		}
		for _, when := range []int{1, 2, 3, 4, 14} {
			s.tables(0, when)
		}
		s.yearOf()
		for _, added := range s.sums {
			if added.total.Part != "" {
				continue
			}
			relation := disclosure.Relation{{ID: name(added.total), Times: -1}}
			for _, p := range added.parts {
				relation = append(relation, disclosure.Term{ID: name(p), Times: 1})
			}
			relations = append(relations, relation)
		}
	}
	for _, id := range order {
		if id.Category != "" || values[id] > 0 {
			cells = append(cells, disclosure.Cell{ID: id, Kind: disclosure.Count, N: values[id]})
		}
	}
	return cells, relations
}

func (s *story) yearOf() {
	for r := 0; r <= s.rows; r++ {
		for c := 0; c <= s.columns; c++ {
			s.total(at(0, 14, r, c), 4, func(i int) disclosure.ID { return at(0, i, r, c) })
		}
	}
}

func TestAReturnIsNotHiddenAway(t *testing.T) {
	cells, relations := aReturn(rand.New(rand.NewPCG(1, 2)))
	start := time.Now()
	decisions, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Ministry, Threshold: 5}, cells, relations, nil)
	if err != nil {
		t.Fatal(err)
	}
	small, hidden := 0, 0
	for _, d := range decisions {
		if d.Hidden {
			hidden++
		}
		if d.Cell.N > 0 && d.Cell.N < 5 {
			small++
		}
	}
	if hidden > 2*small {
		t.Errorf("%d cells hidden for %d small ones: too many", hidden, small)
	}
	t.Logf("%d cells, %d relations: %d small, %d hidden, %v", len(cells), len(relations), small, hidden, time.Since(start))
}
