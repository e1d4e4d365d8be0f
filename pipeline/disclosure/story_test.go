package disclosure_test

import (
	"fmt"
	"strings"

	"mojreturns/pipeline/disclosure"

	"pgregory.net/rapid"
)

// story is a random area over a year: a crossing with its margins for each
// quarter, service and year to date; a share, a mean and a number of people, who
// may come again, beside them; released as the quarters end to one audience or
// another, with figures restated in between.
type story struct {
	rows, columns, quarters, services int
	sums                              []sum
	values                            map[disclosure.ID]int64
}

// The figures beside the crossing of R17.
const (
	share  = "R21" // those of the first column, of all
	mean   = "R08" // of those of the first row
	people = "R05" // some are referred more than once
)

func beside(code string, service, when int) disclosure.ID {
	id := at(service, when, 0, 0)
	id.Code = code
	return id
}

func at(service, quarter, row, column int) disclosure.ID {
	id := disclosure.ID{Code: "R17", Scope: "all", Period: fmt.Sprintf("Q%d", quarter)}
	if service > 0 {
		id.Scope = fmt.Sprintf("service:S%d", service)
	}
	if quarter > 10 {
		id.Period = fmt.Sprintf("Q%d-YTD", quarter-10)
	}
	switch {
	case row > 0 && column > 0:
		id.Dimension, id.Category = "tool x level", fmt.Sprintf("%d x %d", row, column)
	case row > 0:
		id.Dimension, id.Category = "tool", fmt.Sprint(row)
	case column > 0:
		id.Dimension, id.Category = "level", fmt.Sprint(column)
	}
	return id
}

func (s *story) total(total disclosure.ID, n int, part func(i int) disclosure.ID) {
	added := sum{total: total}
	for i := 1; i <= n; i++ {
		added.parts = append(added.parts, part(i))
	}
	s.sums = append(s.sums, added)
}

func drawStory(t *rapid.T) *story {
	s := &story{
		rows: rapid.IntRange(1, 3).Draw(t, "rows"), columns: rapid.IntRange(1, 3).Draw(t, "columns"),
		quarters: rapid.IntRange(1, 3).Draw(t, "quarters"), services: rapid.SampledFrom([]int{0, 0, 2}).Draw(t, "services"),
	}
	for service := 0; service <= s.services; service++ {
		for q := 1; q <= s.quarters; q++ {
			for _, when := range []int{q, 10 + q} {
				s.tables(service, when)
			}
		}
		s.toDate(service)
		s.peopleOnce(service)
	}
	for q := 1; q <= s.quarters; q++ {
		for r := 1; r <= s.rows && s.services > 0; r++ {
			for c := 1; c <= s.columns; c++ {
				s.total(at(0, q, r, c), s.services, func(i int) disclosure.ID { return at(i, q, r, c) })
			}
		}
	}
	return s
}

// tables adds a crossing up to its margins, and ties the share to them.
func (s *story) tables(service, when int) {
	for r := 1; r <= s.rows; r++ {
		s.total(at(service, when, r, 0), s.columns, func(i int) disclosure.ID { return at(service, when, r, i) })
	}
	for c := 1; c <= s.columns; c++ {
		s.total(at(service, when, 0, c), s.rows, func(i int) disclosure.ID { return at(service, when, i, c) })
	}
	s.total(at(service, when, 0, 0), s.rows, func(i int) disclosure.ID { return at(service, when, i, 0) })
	s.total(at(service, when, 0, 0), s.columns, func(i int) disclosure.ID { return at(service, when, 0, i) })
	of := beside(share, service, when)
	s.total(of.Of(disclosure.Denominator), 1, func(int) disclosure.ID { return at(service, when, 0, 0) })
	s.total(of.Of(disclosure.Numerator), 1, func(int) disclosure.ID { return at(service, when, 0, 1) })
	s.total(beside(mean, service, when).Of(disclosure.Number), 1, func(int) disclosure.ID { return at(service, when, 1, 0) })
	s.atMost(beside(people, service, when), at(service, when, 0, 0))
}

// atMost adds that a part is no more than the whole: the rest is a count too,
// which nobody prints.
func (s *story) atMost(part, whole disclosure.ID) {
	s.sums = append(s.sums, sum{whole, []disclosure.ID{part, rest(part, whole)}})
}

func rest(part, whole disclosure.ID) disclosure.ID {
	whole.Part = strings.TrimSpace("rest of " + whole.Part + " but for " + part.String())
	return whole
}

const together = "of all quarters together"

// isRoom tells what is no figure of anybody's, and may differ between outputs.
func isRoom(id disclosure.ID) bool {
	return strings.HasPrefix(id.Part, "rest of") || id.Part == together
}

// peopleOnce adds that the people of a year to date are no fewer than those of
// any quarter, and no more than those of all quarters together.
func (s *story) peopleOnce(service int) {
	for q := 1; q <= s.quarters; q++ {
		year := beside(people, service, 10+q)
		all := year.Of(together)
		s.total(all, q, func(i int) disclosure.ID { return beside(people, service, i) })
		s.atMost(year, all)
		for i := 1; i <= q; i++ {
			s.atMost(beside(people, service, i), year)
		}
	}
}

// toDate adds quarters up to years to date.
func (s *story) toDate(service int) {
	for q := 1; q <= s.quarters; q++ {
		for r := 0; r <= s.rows; r++ {
			for c := 0; c <= s.columns; c++ {
				s.total(at(service, 10+q, r, c), q, func(i int) disclosure.ID { return at(service, i, r, c) })
			}
		}
	}
}

// draw gives the inner cells random counts, many of them small, and adds up the
// rest. A figure drawn before is restated now and then.
func (s *story) draw(t *rapid.T, quarters int) {
	before := s.values
	s.values = map[disclosure.ID]int64{}
	count := rapid.SampledFrom([]int64{0, 0, 1, 1, 2, 3, 4, 5, 6, 8, 12, 30})
	inner := max(1, s.services)
	for i := range inner {
		service := i
		if s.services > 0 {
			service = i + 1
		}
		for q := 1; q <= quarters; q++ {
			for r := 1; r <= s.rows; r++ {
				for c := 1; c <= s.columns; c++ {
					id := at(service, q, r, c)
					v, had := before[id]
					if !had || rapid.IntRange(0, 9).Draw(t, "restated") == 0 {
						v = count.Draw(t, id.String())
					}
					s.values[id] = v
				}
			}
		}
	}
	s.addUp()
	for service := 0; service <= s.services; service++ {
		s.drawPeople(t, service, quarters, before)
	}
	s.addUp()
}

// drawPeople draws how many people are behind the referrals.
func (s *story) drawPeople(t *rapid.T, service, quarters int, before map[disclosure.ID]int64) {
	var most, together int64
	for q := 1; q <= quarters; q++ {
		id, referrals := beside(people, service, q), s.values[at(service, q, 0, 0)]
		n, had := before[id]
		if !had || n > referrals || n < (referrals+1)/2 {
			n = referrals - rapid.Int64Range(0, referrals/2).Draw(t, "again")
		}
		s.values[id] = n
		together += n
		most = max(most, n)
		year := beside(people, service, 10+q)
		if v, had := before[year]; had && v >= most && v <= together {
			s.values[year] = v
		} else {
			s.values[year] = rapid.Int64Range(max(most, together-3), together).Draw(t, "of the year")
		}
	}
}

// addUp works out what the sums leave: totals, and the rest of a whole.
func (s *story) addUp() {
	for again := true; again; {
		again = false
		for _, added := range s.sums {
			again = s.add(added) || again
		}
	}
}

func (s *story) add(added sum) bool {
	all := append([]disclosure.ID{added.total}, added.parts...)
	missing, at, off := 0, 0, int64(0)
	for i, id := range all {
		v, ok := s.values[id]
		switch {
		case !ok:
			missing, at = missing+1, i
		case i == 0:
			off += v
		default:
			off -= v
		}
	}
	if missing != 1 || at > 0 && !strings.HasPrefix(all[at].Part, "rest of") {
		return false
	}
	if at == 0 {
		off = -off
	}
	s.values[all[at]] = off
	return true
}

// cells are what is published at the end of a quarter.
func (s *story) cells(quarter int) []disclosure.Cell {
	var cells []disclosure.Cell
	for service := 0; service <= s.services; service++ {
		for q := 1; q <= quarter; q++ {
			whens := []int{q}
			if q == quarter {
				whens = append(whens, 10+q)
			}
			for _, when := range whens {
				cells = append(cells, s.page(service, when)...)
			}
			if q < quarter { // nobody prints it, but who makes the output knows it
				id := beside(people, service, 10+q)
				cells = append(cells, disclosure.Cell{ID: id, Kind: disclosure.Count, N: s.values[id], Private: true})
			}
		}
	}
	return cells
}

// beside are the margins that a zero of the crossing says are all of another kind.
func (s *story) beside(service, when, row, column int) (groups [2]disclosure.ID) {
	if row == 0 || column == 0 || s.values[at(service, when, row, column)] > 0 {
		return groups
	}
	for r := 1; r <= s.rows; r++ {
		for c := 1; c <= s.columns; c++ {
			switch n := s.values[at(service, when, r, c)]; {
			case r == row && n > 0 && n == s.values[at(service, when, row, 0)]:
				groups[0] = at(service, when, row, 0)
			case c == column && n > 0 && n == s.values[at(service, when, 0, column)]:
				groups[1] = at(service, when, 0, column)
			}
		}
	}
	return groups
}

func (s *story) page(service, when int) []disclosure.Cell {
	var cells []disclosure.Cell
	for r := 0; r <= s.rows; r++ {
		for c := 0; c <= s.columns; c++ {
			id := at(service, when, r, c)
			cells = append(cells, disclosure.Cell{ID: id, Kind: disclosure.Count, N: s.values[id], Beside: s.beside(service, when, r, c)})
		}
	}
	number := func(code string) disclosure.Cell {
		return disclosure.Cell{ID: beside(code, service, when), N: s.values[at(service, when, 0, 0)]}
	}
	if c := number(share); c.N > 0 {
		c.Kind, c.Numerator = disclosure.Share, s.values[at(service, when, 0, 1)]
		cells = append(cells, c)
	}
	c := number(mean)
	if c.Kind, c.N = disclosure.Statistic, s.values[at(service, when, 1, 0)]; c.N > 0 {
		cells = append(cells, c)
	}
	c = number(people)
	c.Kind, c.N = disclosure.Count, s.values[c.ID]
	return append(cells, c)
}

// relations are those between the figures there are so far.
func (s *story) relations() []disclosure.Relation {
	var relations []disclosure.Relation
	for _, added := range s.sums {
		there := true
		for _, id := range append([]disclosure.ID{added.total}, added.parts...) {
			_, ok := s.values[id]
			there = there && ok
		}
		if there {
			relations = append(relations, disclosure.Sum(added.total, added.parts...))
		}
	}
	return relations
}
