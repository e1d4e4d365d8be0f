package disclosure_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/disclosure"

	"pgregory.net/rapid"
)

// story is a random area over a year: a crossing with its margins for each
// quarter, service and year to date, a share and a mean beside them, released
// as the quarters end, with figures restated in between.
type story struct {
	rows, columns, quarters, services int
	sums                              []sum
	values                            map[disclosure.ID]int64
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
	share := at(service, when, 0, 0)
	share.Code = "R21"
	s.total(share.Of(disclosure.Denominator), 1, func(int) disclosure.ID { return at(service, when, 0, 0) })
	s.total(share.Of(disclosure.Numerator), 1, func(int) disclosure.ID { return at(service, when, 0, 1) })
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
	for again := true; again; {
		again = false
		for _, added := range s.sums {
			again = s.add(added) || again
		}
	}
}

func (s *story) add(added sum) bool {
	var total int64
	for _, p := range added.parts {
		v, ok := s.values[p]
		if !ok {
			return false
		}
		total += v
	}
	if strings.Contains(added.total.Part, "ator") { // a share's own counts equal others
		total = s.values[added.parts[0]]
	}
	_, had := s.values[added.total]
	s.values[added.total] = total
	return !had
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
		}
	}
	return cells
}

func (s *story) page(service, when int) []disclosure.Cell {
	var cells []disclosure.Cell
	for r := 0; r <= s.rows; r++ {
		for c := 0; c <= s.columns; c++ {
			id := at(service, when, r, c)
			cells = append(cells, disclosure.Cell{ID: id, Kind: disclosure.Count, N: s.values[id]})
		}
	}
	share := at(service, when, 0, 0)
	if n := s.values[share]; n > 0 {
		share.Code = "R21"
		cells = append(cells, disclosure.Cell{ID: share, Kind: disclosure.Share, N: n, Numerator: s.values[at(service, when, 0, 1)]})
	}
	return cells
}

func (s *story) relations() []disclosure.Relation {
	var relations []disclosure.Relation
	for _, added := range s.sums {
		relations = append(relations, disclosure.Sum(added.total, added.parts...))
	}
	return relations
}

func TestNoHiddenCountCanBeWorkedOut(t *testing.T) {
	policy := disclosure.Policy{Audience: disclosure.Briefing, Threshold: 5}
	var cells, small, hidden, refused, tooEarly, gaveUp int
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t)
		var releases []disclosure.Release
		var outputs []output
		for q := 1; q <= s.quarters; q++ {
			s.draw(t, q)
			given := s.cells(q)
			decisions, err := disclosure.Protect(policy, given, s.relations(), releases)
			if errors.Is(err, disclosure.ErrCannotProtect) {
				refused++
				tooEarly += checkRefusal(t, err, newAttacker(5, append(outputs, output{hideAll(given, releases), s.values}), s.sums))
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			releases = append(releases, disclosure.Release{Name: fmt.Sprintf("quarter %d", q), Audience: disclosure.Briefing, Cells: decisions})
			outputs = append(outputs, output{decisions, s.values})
			for _, d := range decisions {
				cells++
				if d.Hidden {
					hidden++
				}
				if d.Cell.Kind == disclosure.Count && d.Cell.N > 0 && d.Cell.N < 5 {
					small++
				}
			}
			gaveUp += attack(t, newAttacker(5, outputs, s.sums))
		}
	})
	t.Logf("%d cells, %d small, %d hidden; %d stories refused, %d counts too early; %d counts the attacker gave up on",
		cells, small, hidden, refused, tooEarly, gaveUp)
}

// attack fails the test for every secret that is found out.
func attack(t *rapid.T, a *attacker) (gaveUp int) {
	solved := a.solved()
	for _, secret := range a.secrets() {
		if solved[secret] {
			t.Errorf("%s: elimination finds the hidden %d", secret.id, secret.value)
			continue
		}
		pinned, gave := a.pins(secret)
		if gave {
			gaveUp++
		} else if pinned {
			t.Errorf("%s: bounds leave only the hidden %d", secret.id, secret.value)
		}
	}
	return gaveUp
}

// checkRefusal fails the test if a count that a refusal says cannot be protected
// could be: with all of this output hidden that may be, the attacker must still
// find it. It returns the counts that the program gave up on too early.
func checkRefusal(t *rapid.T, err error, a *attacker) (unjust int) {
	var unprotected *disclosure.Unprotected
	if !errors.As(err, &unprotected) {
		t.Fatalf("%v is not an *Unprotected", err)
	}
	solved := a.solved()
	for _, e := range unprotected.Counts {
		found := slices.ContainsFunc(a.unknown, func(f figureAt) bool {
			if f.id != e.ID {
				return false
			}
			pinned, gaveUp := a.pins(f)
			return solved[f] || pinned || gaveUp
		})
		if !found && e.Proved {
			t.Errorf("%s was refused, but could be protected", e.ID)
		}
		if !found {
			unjust++
		}
	}
	return unjust
}

// hideAll hides what may be hidden: what is not zero and was not shown before as it is now.
func hideAll(cells []disclosure.Cell, releases []disclosure.Release) []disclosure.Decision {
	var decisions []disclosure.Decision
	for _, c := range cells {
		zero := c.N == 0
		shown := slices.ContainsFunc(releases, func(r disclosure.Release) bool {
			return slices.Contains(r.Cells, disclosure.Decision{Cell: c})
		})
		decisions = append(decisions, disclosure.Decision{Cell: c, Hidden: !zero && !shown})
	}
	return decisions
}

// The check can fail: with the small counts alone hidden the attacker finds them.
func TestAttackerFindsWhatIsNotProtected(t *testing.T) {
	for _, c := range []struct {
		name    string
		found   []string
		byHand  string
		sums    []sum
		figures map[string]int64
	}{
		{name: "total less the others", found: []string{"R01 Q1 source=A"}, byHand: "30 - 20 - 7 = 3",
			sums:    []sum{{figure("R01 Q1"), []disclosure.ID{figure("R01 Q1 source=A"), figure("R01 Q1 source=B"), figure("R01 Q1 source=C")}}},
			figures: map[string]int64{"R01 Q1": 30, "R01 Q1 source=A": 3, "R01 Q1 source=B": 20, "R01 Q1 source=C": 7}},
		{name: "one and one are two", found: []string{"R01 Q1 source=A", "R01 Q1 source=B"}, byHand: "22 - 20 = 2 = 1 + 1, since zeros are shown",
			sums:    []sum{{figure("R01 Q1"), []disclosure.ID{figure("R01 Q1 source=A"), figure("R01 Q1 source=B"), figure("R01 Q1 source=C")}}},
			figures: map[string]int64{"R01 Q1": 22, "R01 Q1 source=A": 1, "R01 Q1 source=B": 1, "R01 Q1 source=C": 20}},
		{name: "year less quarters", found: []string{"R10 Q2"}, byHand: "14 - 10 = 4",
			sums:    []sum{{figure("R10 YTD"), []disclosure.ID{figure("R10 Q1"), figure("R10 Q2")}}},
			figures: map[string]int64{"R10 YTD": 14, "R10 Q1": 10, "R10 Q2": 4}},
		{name: "all less a service", found: []string{"R01 service:S2 Q1"}, byHand: "12 - 9 = 3",
			sums:    []sum{{figure("R01 all Q1"), []disclosure.ID{figure("R01 service:S1 Q1"), figure("R01 service:S2 Q1")}}},
			figures: map[string]int64{"R01 all Q1": 12, "R01 service:S1 Q1": 9, "R01 service:S2 Q1": 3}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := output{values: map[disclosure.ID]int64{}}
			for name, n := range c.figures {
				o.values[figure(name)] = n
				cell := disclosure.Cell{ID: figure(name), Kind: disclosure.Count, N: n}
				o.decisions = append(o.decisions, disclosure.Decision{Cell: cell, Hidden: n < 5})
			}
			a := newAttacker(5, []output{o}, c.sums)
			for _, name := range c.found {
				f := figureAt{figure(name), c.figures[name]}
				if pinned, _ := a.pins(f); !pinned {
					t.Errorf("%s was not found, though %s", name, c.byHand)
				}
			}
		})
	}
}

// With the small counts alone hidden, most random stories give some away.
func TestAttackerNeedsProtectionAgainst(t *testing.T) {
	given, stories := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t)
		s.draw(t, s.quarters)
		var decisions []disclosure.Decision
		for _, c := range s.cells(s.quarters) {
			few := c.N > 0 && c.N < 5
			if c.Kind == disclosure.Share {
				few = true
			}
			decisions = append(decisions, disclosure.Decision{Cell: c, Hidden: few})
		}
		a := newAttacker(5, []output{{decisions, s.values}}, s.sums)
		solved := a.solved()
		stories++
		if slices.ContainsFunc(a.secrets(), func(f figureAt) bool { return solved[f] }) {
			given++
		}
	})
	if given < stories/4 {
		t.Errorf("elimination found a count in %d of %d stories; too few to show that it can", given, stories)
	}
}
