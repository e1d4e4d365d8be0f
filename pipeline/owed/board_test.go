package owed_test

import (
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/readiness"
)

func TestMain(m *testing.M) { example.Main(m) }

// For every quarter of the example's year the board asks for each file that has not come,
// and no other; a check or condition that it names is one that `check` and `conditions`
// name; nothing on it is a count of people or money.
func TestBoards(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	for _, label := range []string{"2023-24-Q1", "2023-24-Q2", "2023-24-Q3", "2023-24-Q4"} {
		at := example.Quarter(t, label)
		boards, err := owed.Boards(t.Context(), ws, at)
		if err != nil || len(boards) != len(ws.Returns) {
			t.Fatal(boards, err)
		}
		expected, err := published.Expected(t.Context(), ws, at)
		if err != nil {
			t.Fatal(err)
		}
		var want, got []string
		for _, e := range expected {
			if e.Status != landing.Received {
				want = append(want, e.Feed+" of "+e.Provider+" for "+e.Period)
			}
		}
		for _, s := range boards[0].Steps {
			if s.What == "file" {
				got = append(got, s.About)
			}
			if strings.Contains(s.About, "£") || strings.Contains(s.About, "%") {
				t.Errorf("%s: a figure is on the board: %s", label, s.About)
			}
		}
		if !slices.Equal(want, got) {
			t.Errorf("%s: it asks for %v, and not for %v", label, got, want)
		}
		last := boards[0].Steps[len(boards[0].Steps)-1]
		if last.What != "approval" || last.State != readiness.Waiting {
			t.Errorf("%s: it ends with %+v", label, last)
		}
	}
	boards, err := owed.Boards(t.Context(), ws, example.Quarter(t, "2023-24-Q4"))
	if err != nil || boards[0].DaysLeft != 6 || boards[0].Due.Format("2 January 2006") != "30 April 2024" { // 23 to 26, 29 and 30 April
		t.Errorf("%+v, %v", boards[0], err)
	}
	if boards, err = owed.Boards(t.Context(), ws, example.Quarter(t, "2023-24-Q3")); err != nil || boards[0].DaysLeft >= 0 {
		t.Errorf("the quarter before has %d days left, %v", boards[0].DaysLeft, err)
	}
}
