package disclosure_test

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"testing"

	"mojreturns/pipeline/disclosure"

	"pgregory.net/rapid"
)

// TestMain draws fewer stories than rapid does by itself, for each costs its attackers
// a quarter of a second; .ci/run draws ten times as many with -rapid.checks.
func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "30"); err != nil { // what the command line says is read later, and holds
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	os.Exit(m.Run())
}

// It is slow for its attackers, who try every sum they know.
func TestNoHiddenCountCanBeWorkedOut(t *testing.T) {
	var cells, small, hidden, refused, tooEarly, gaveUp int
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t)
		var releases []disclosure.Release
		var outputs []output
		for q := 1; q <= s.quarters; q++ {
			s.draw(t, q)
			audience := rapid.SampledFrom([]string{disclosure.Briefing, disclosure.Public, disclosure.Ministry}).Draw(t, "audience")
			given := s.cells(q)
			decisions, err := disclosure.Protect(disclosure.Policy{Audience: audience, Threshold: 5}, given, s.relations(), releases)
			if errors.Is(err, disclosure.ErrCannotProtect) {
				refused++
				tooEarly += checkRefusal(t, s, err, outputs, output{audience, nil, s.values}, given)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			release := disclosure.Release{Name: fmt.Sprintf("quarter %d", q), Audience: audience, Cells: slices.Clone(decisions)}
			for _, c := range given {
				if c.Private {
					release.Cells = append(release.Cells, disclosure.Decision{Cell: c})
				}
			}
			releases = append(releases, release)
			outputs = append(outputs, output{audience, decisions, s.values})
			for _, d := range decisions {
				cells++
				if d.Hidden {
					hidden++
				}
				if d.Cell.Kind == disclosure.Count && d.Cell.N > 0 && d.Cell.N < 5 {
					small++
				}
			}
			for _, reader := range readersOf(audience) {
				before := newAttacker(5, seenBy(reader, outputs[:len(outputs)-1]), s.sums)
				gaveUp += attack(t, newAttacker(5, seenBy(reader, outputs), s.sums), before, reader == audience)
			}
		}
	})
	t.Logf("%d cells, %d small, %d hidden; %d stories refused, %d counts too early; %d counts the attacker gave up on",
		cells, small, hidden, refused, tooEarly, gaveUp)
}

// readersOf are those who read what goes to an audience.
func readersOf(audience string) []string {
	if audience == disclosure.Public {
		return []string{disclosure.Public, disclosure.Briefing, disclosure.Ministry}
	}
	return []string{audience}
}

// seenBy are the outputs that a reader has.
func seenBy(reader string, outputs []output) []output {
	var seen []output
	for _, o := range outputs {
		if o.audience == reader || o.audience == disclosure.Public {
			seen = append(seen, o)
		}
	}
	return seen
}

// attack fails the test for every secret that is found out and was not before;
// that excuses no small count from those the output is for. What is marked here to
// protect others is no secret to a reader whom it is not for.
func attack(t *rapid.T, now, before *attacker, own bool) (gaveUp int) {
	if wrong := now.mistaken(); wrong != "" {
		t.Fatalf("the attacker is mistaken: %s", wrong)
	}
	solved := now.solved()
	for _, secret := range now.secrets() {
		small := secret.value < now.threshold
		if !own && !small && !before.marked[secret] {
			continue
		}
		pinned, gave := solved[secret], false
		if !pinned {
			pinned, gave = now.pins(secret)
		}
		switch {
		case gave:
			gaveUp++
		case !pinned || !(own && small) && before.finds(secret.id):
		case solved[secret]:
			t.Errorf("%s: elimination finds the hidden %d", secret.id, secret.value)
		default:
			t.Errorf("%s: bounds leave only the hidden %d", secret.id, secret.value)
		}
	}
	return gaveUp
}

// checkRefusal fails the test if a count that a refusal says cannot be protected
// could be: with all of this output hidden that may be, some reader must still
// find it. It returns the counts that the program gave up on too early.
func checkRefusal(t *rapid.T, s *story, err error, earlier []output, now output, cells []disclosure.Cell) (unjust int) {
	var unprotected *disclosure.Unprotected
	if !errors.As(err, &unprotected) {
		t.Fatalf("%v is not an *Unprotected", err)
	}
	var attackers []*attacker
	for _, reader := range readersOf(now.audience) {
		seen := seenBy(reader, earlier)
		now.decisions = hideAll(cells, seen)
		attackers = append(attackers, newAttacker(5, append(seen, now), s.sums))
	}
	for _, e := range unprotected.Counts {
		found := slices.ContainsFunc(attackers, func(a *attacker) bool { return a.finds(e.ID) })
		if !found && e.Proved {
			t.Errorf("%s was refused, but could be protected", e.ID)
		}
		if !found {
			unjust++
		}
	}
	return unjust
}

// finds tells whether he finds a count out, or might have in more time.
func (a *attacker) finds(id disclosure.ID) bool {
	solved := a.solved()
	return slices.ContainsFunc(a.unknown, func(f figureAt) bool {
		if f.id != id {
			return false
		}
		pinned, gaveUp := a.pins(f)
		return solved[f] || pinned || gaveUp
	})
}

// hideAll hides what may be hidden: what is not zero and was not shown before as it is now.
func hideAll(cells []disclosure.Cell, seen []output) []disclosure.Decision {
	var decisions []disclosure.Decision
	for _, c := range cells {
		shown := c.N == 0 || slices.ContainsFunc(seen, func(o output) bool {
			return slices.ContainsFunc(o.decisions, func(d disclosure.Decision) bool { return d.Cell == c && !d.Hidden })
		})
		if !c.Private {
			decisions = append(decisions, disclosure.Decision{Cell: c, Hidden: !shown})
		}
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
				f := figureAt{id: figure(name), value: c.figures[name]}
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
		a := newAttacker(5, []output{{disclosure.Public, decisions, s.values}}, s.sums)
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
