package guard

import (
	"testing"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
)

// story is a service's figures of one quarter, by hand, and what is printed of them.
type story struct {
	v       *published.View
	values  map[figure.Place]returns.Value
	printed []returns.Printed
}

func newStory(t *testing.T) *story {
	t.Helper()
	return &story{v: given(t, example.Shared(t), "2024-25-Q1"), values: map[figure.Place]returns.Value{}}
}

func place(code, dimension, category string) figure.Place {
	return figure.Place{Code: code, Scope: "service:STK-ADV", Period: "2024-25-Q1", Dimension: dimension, Category: category}
}

// says gives a figure its value, and prints it.
func (s *story) says(at figure.Place, v returns.Value) {
	s.values[at] = v
	s.printed = append(s.printed, returns.Printed{Place: at, Field: "value"})
}

func count(n string) returns.Value { return returns.Value{Value: n, N: n} }

// hidden are the places that the ministry is not shown.
func (s *story) hidden(t *testing.T) map[figure.Place]bool {
	t.Helper()
	guarded, err := Protect(s.v, disclosure.Ministry, s.printed, s.values)
	if err != nil {
		t.Fatal(err)
	}
	out := map[figure.Place]bool{}
	for f, is := range guarded.Hidden {
		out[f.Place] = is
	}
	return out
}

// 92 who are White less 90 who are British are 2 others: either goes.
func TestAGroupIsItsCodes(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	of := map[string]map[string]string{"White": {"W1": "90", "W9": "2"}, "Asian": {"A1": "3", "A2": "6"}, "Mixed": {"M9": "5"}, "Not stated": {"NS": "8"}}
	sums := map[string]string{"White": "92", "Asian": "9", "Mixed": "5", "Not stated": "8"}
	for _, e := range s.v.Workspace.Lists["ethnicity"] {
		n := of[e["group"]][e["code"]]
		if n == "" {
			n = "0"
		}
		s.says(place("R13", "ethnicity", e["code"]), count(n))
		if n = sums[e["group"]]; n == "" {
			n = "0"
		}
		if group := place("R13", "ethnicity_group", e["group"]); s.values[group].Value == "" {
			s.says(group, count(n))
		}
	}
	s.says(place("R13", "", ""), count("114"))
	hidden := s.hidden(t)
	if !hidden[place("R13", "ethnicity", "W9")] {
		t.Error("2 are shown")
	}
	if !hidden[place("R13", "ethnicity", "W1")] && !hidden[place("R13", "ethnicity_group", "White")] {
		t.Error("the 2 others follow from the White and the British")
	}
	if !hidden[place("R13", "ethnicity", "A2")] && !hidden[place("R13", "ethnicity_group", "Asian")] {
		t.Error("the 3 Indian follow from the Asian and the Pakistani")
	}
}

// R07 stands between R02 and R08S and is printed nowhere; R05 hangs on R02 alone.
func TestTotalsBetweenPrintedOnesCount(t *testing.T) {
	t.Parallel()
	g, err := For(example.Shared(t), disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	s := newSeen()
	s.add(IDOf(place("R02", "", "")))
	s.add(IDOf(place("R08S", "", "")))
	g.addBetween(s)
	for code, want := range map[string]bool{"R07": true, "R05": false, "R06": false, "O1": false} {
		if s.breakdowns[breakdown{code, ""}] != want {
			t.Errorf("%s: looked at is %v", code, !want)
		}
	}
	if s.breakdowns[breakdown{"R07", "source"}] {
		t.Error("a breakdown that nobody prints is looked at")
	}
}

// A median and a percentile say how many stand on each side: they are hidden with the
// share of the same people, and of fewer than 10 beyond them.
func TestOrderStatistics(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, within   string
		median, p90 bool
	}{
		{"200", "150", false, false}, // 100 and 20 are beyond
		{"99", "50", false, true},    // 9 are beyond the 90th percentile
		{"18", "9", true, true},      // 9 are beyond the median
		{"200", "198", true, true},   // 2 were seen later: the share is hidden, and these with it
	} {
		s := newStory(t)
		s.says(place("R08", "", ""), returns.Value{Value: "2", N: c.n})
		s.says(place("R08P", "", ""), returns.Value{Value: "6", N: c.n})
		s.says(place("R08S", "", ""), returns.Value{Value: "0.5", Numerator: c.within, Denominator: c.n, N: c.n})
		hidden := s.hidden(t)
		if hidden[place("R08", "", "")] != c.median || hidden[place("R08P", "", "")] != c.p90 {
			t.Errorf("of %s, %s within 2 days: the median is hidden %v, the percentile %v", c.n, c.within, hidden[place("R08", "", "")], hidden[place("R08P", "", "")])
		}
	}
}
