package disclosure_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/disclosure"
)

func TestPolicy(t *testing.T) {
	cells := []disclosure.Cell{{ID: figure("R01 Q1"), Kind: disclosure.Count, N: 3}}
	for _, c := range []struct {
		name   string
		policy disclosure.Policy
		hidden bool
		wrong  string // part of the error
	}{
		{"on", disclosure.Policy{Audience: disclosure.Ministry, Threshold: 5}, true, ""},
		{"a lower threshold", disclosure.Policy{Audience: disclosure.Ministry, Threshold: 3}, false, ""},
		{"off with a reason", disclosure.Policy{Audience: disclosure.Ministry, Threshold: 5, Off: true, Reason: "asked for in the agreement"}, false, ""},
		{"off without a reason", disclosure.Policy{Audience: disclosure.Ministry, Threshold: 5, Off: true, Reason: " "}, false, "without a reason"},
		{"off for the briefing", disclosure.Policy{Audience: disclosure.Briefing, Threshold: 5, Off: true, Reason: "asked"}, false, "only"},
		{"off for the public", disclosure.Policy{Audience: disclosure.Public, Threshold: 5, Off: true, Reason: "asked"}, false, "only"},
		{"no audience", disclosure.Policy{Threshold: 5}, false, `audience is ""`},
		{"a threshold that tells", disclosure.Policy{Audience: disclosure.Public, Threshold: 2}, false, "threshold is 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			decisions, err := disclosure.Protect(c.policy, cells, nil, nil)
			if c.wrong != "" {
				if err == nil || !strings.Contains(err.Error(), c.wrong) {
					t.Fatalf("want an error with %q, have %v", c.wrong, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if decisions[0].Hidden != c.hidden {
				t.Errorf("hidden is %v", decisions[0].Hidden)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	count := func(name string, n int64) disclosure.Cell {
		return disclosure.Cell{ID: figure(name), Kind: disclosure.Count, N: n}
	}
	for _, c := range []struct {
		name      string
		cells     []disclosure.Cell
		relations []disclosure.Relation
		wrong     string
	}{
		{"the same cell twice", []disclosure.Cell{count("R01 Q1", 7), count("R01 Q1", 7)}, nil, "R01 Q1 is given twice"},
		{"fewer than nobody", []disclosure.Cell{count("R01 Q1", -1)}, nil, "cannot be negative"},
		{"more than all", []disclosure.Cell{{ID: figure("R06 Q1"), Kind: disclosure.Share, N: 4, Numerator: 5}}, nil, "5 of 4 is not a share"},
		{"a sum that is wrong", []disclosure.Cell{count("R01 Q1", 9), count("R01 Q1 source=A", 3), count("R01 Q1 source=B", 5)},
			[]disclosure.Relation{disclosure.Sum(figure("R01 Q1"), figure("R01 Q1 source=A"), figure("R01 Q1 source=B"))}, "comes to -1"},
		{"equals that differ", []disclosure.Cell{count("R01 Q1", 9), count("R02 Q1", 8)},
			[]disclosure.Relation{disclosure.Equal(figure("R01 Q1"), figure("R02 Q1"))}, "must equal it"},
		{"a part above the whole", []disclosure.Cell{count("R01 Q1", 9), count("R02 Q1", 10)},
			[]disclosure.Relation{disclosure.AtMost(figure("R02 Q1"), figure("R01 Q1"))}, "not negative"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, c.cells, c.relations, nil)
			if err == nil || !strings.Contains(err.Error(), c.wrong) {
				t.Errorf("want an error with %q, have %v", c.wrong, err)
			}
		})
	}
}

// The order in which cells and relations are given decides nothing.
func TestOrderIsNothing(t *testing.T) {
	policy := disclosure.Policy{Audience: disclosure.Public, Threshold: 5}
	cells, _ := readCells(t, "testdata/two-way-table")
	relations := readRelations(t, "testdata/two-way-table")
	want, err := disclosure.Protect(policy, cells, relations, nil)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(cells)
	slices.Reverse(relations)
	have, err := disclosure.Protect(policy, cells, relations, nil)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, have) {
		t.Errorf("want %v\nhave %v", want, have)
	}
}

// 12 in the area less 9 at one service are 3 at the other, whether or not an
// output prints them: where that is guarded, one of the two that are is hidden.
func TestWhatNobodyPrints(t *testing.T) {
	for _, guarded := range []bool{true, false} {
		cells := []disclosure.Cell{
			{ID: figure("R01 all Q1"), Kind: disclosure.Count, N: 12},
			{ID: figure("R01 service:S1 Q1"), Kind: disclosure.Count, N: 9},
			{ID: figure("R01 service:S2 Q1"), Kind: disclosure.Count, N: 3, Private: true, Guarded: guarded},
		}
		sum := disclosure.Sum(cells[0].ID, cells[1].ID, cells[2].ID)
		decisions, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, cells, []disclosure.Relation{sum}, nil)
		if err != nil || len(decisions) != 2 {
			t.Fatalf("%d decisions, %v", len(decisions), err)
		}
		if hidden := decisions[0].Hidden || decisions[1].Hidden; hidden != guarded {
			t.Errorf("guarded is %v, hidden %v", guarded, hidden)
		}
	}
}

// What the public is shown, readers of a briefing and the ministry add to what
// they have.
func TestReadersOfThePublic(t *testing.T) {
	count := func(name string, n int64) disclosure.Cell {
		return disclosure.Cell{ID: figure(name), Kind: disclosure.Count, N: n}
	}
	sum := disclosure.Sum(figure("R01 Q1"), figure("R01 Q1 source=A"), figure("R01 Q1 source=B"), figure("R01 Q1 source=C"))
	printed := []disclosure.Cell{count("R01 Q1", 30), count("R01 Q1 source=A", 3), count("R01 Q1 source=B", 7), count("R01 Q1 source=C", 20)}
	// the briefing hid A and, to protect it, C; the public alone would be given C, and B hidden
	earlier := func(audience string) disclosure.Release {
		return disclosure.Release{Name: "earlier", Audience: audience, Cells: []disclosure.Decision{
			{Cell: printed[0]}, {Cell: printed[1], Hidden: true}, {Cell: printed[2]}, {Cell: printed[3], Hidden: true}}}
	}
	for _, c := range []struct {
		name   string
		known  []disclosure.Release
		hidden string // of the total and A, B, C
	}{
		{"nothing released", nil, ".AB."},
		{"a briefing", []disclosure.Release{earlier(disclosure.Briefing)}, ".ABC"},
		{"a return", []disclosure.Release{earlier(disclosure.Ministry)}, ".ABC"},
	} {
		decisions, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, printed, []disclosure.Relation{sum}, c.known)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		hidden := ""
		for i, d := range decisions {
			hidden += map[bool]string{true: string("TABC"[i]), false: "."}[d.Hidden]
		}
		if hidden != c.hidden {
			t.Errorf("%s: want %s hidden, have %s", c.name, c.hidden, hidden)
		}
	}
}

// The ministry was shown 1 completion, of which a person trained is at most one: the
// mark that hides 1 person from the public would tell it. Where it is told of people
// trained openly, that is no matter.
func TestWhatTheMinistryIsToldIsNoSecretFromIt(t *testing.T) {
	for _, open := range []bool{true, false} {
		people := disclosure.Cell{ID: figure("TR04 Q1"), Kind: disclosure.Count, N: 1, Open: open}
		completions := disclosure.Cell{ID: figure("TR03 Q1"), Kind: disclosure.Count, N: 1, Open: open}
		shown := disclosure.Release{Name: "return", Audience: disclosure.Ministry, Cells: []disclosure.Decision{{Cell: completions}}}
		_, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, []disclosure.Cell{people, unprinted(completions)},
			[]disclosure.Relation{disclosure.AtMost(people.ID, completions.ID)}, []disclosure.Release{shown})
		if refused := errors.Is(err, disclosure.ErrCannotProtect); refused == open {
			t.Errorf("open is %v: %v", open, err)
		}
	}
}

// What the public was shown is known to readers of a briefing: 10 less 7 are 3.
func TestThePublicIsEverybody(t *testing.T) {
	count := func(name string, n int64) disclosure.Cell {
		return disclosure.Cell{ID: figure(name), Kind: disclosure.Count, N: n}
	}
	all, first, second := count("R01 all Q1", 10), count("R01 service:S1 Q1", 7), count("R01 service:S2 Q1", 3)
	for audience, refused := range map[string]bool{disclosure.Public: true, disclosure.Briefing: true, disclosure.Ministry: false} {
		shown := disclosure.Release{Name: "earlier", Audience: audience, Cells: []disclosure.Decision{{Cell: all}, {Cell: first}}}
		_, err := disclosure.Protect(disclosure.Policy{Audience: disclosure.Briefing, Threshold: 5}, []disclosure.Cell{unprinted(all), unprinted(first), second},
			[]disclosure.Relation{disclosure.Sum(all.ID, first.ID, second.ID)}, []disclosure.Release{shown})
		if errors.Is(err, disclosure.ErrCannotProtect) != refused {
			t.Errorf("after a release to the %s: %v", audience, err)
		}
	}
}

func unprinted(c disclosure.Cell) disclosure.Cell {
	c.Private = true
	return c
}
