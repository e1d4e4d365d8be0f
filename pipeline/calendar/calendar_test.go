package calendar_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/calendar"
	"mojreturns/pipeline/period"
)

func office(t *testing.T, due ...int) calendar.Office {
	t.Helper()
	working, err := period.LoadCalendar(os.DirFS("../../queries"), "reference/holiday.csv")
	if err != nil {
		t.Fatal(err)
	}
	return calendar.Office{Working: working, Due: due}
}

// The days of two financial years, with a leap day, Easter on a quarter's end and every
// bank holiday, counted on a wall calendar.
func TestRulesOfTwoYears(t *testing.T) {
	of := office(t, 30)
	for rule, want := range map[string]string{
		"quarter end + 10 working days": "2023-04-18 2023-07-14 2023-10-13 2024-01-15 2024-04-15 2024-07-12 2024-10-14 2025-01-15",
		"due":                           "2023-04-28 2023-07-28 2023-10-30 2024-01-30 2024-04-30 2024-07-30 2024-10-30 2025-01-30",
		"due - 5 working days":          "2023-04-21 2023-07-21 2023-10-23 2024-01-23 2024-04-23 2024-07-23 2024-10-23 2025-01-23",
		"due + 1 working day":           "2023-05-02 2023-07-31 2023-10-31 2024-01-31 2024-05-01 2024-07-31 2024-10-31 2025-01-31",
		"year end":                      "2024-03-31 2025-03-31",
		"year end - 1 working day":      "2024-03-28 2025-03-28",
		"quarter end + 1 day":           "2023-04-01 2023-07-01 2023-10-01 2024-01-01 2024-04-01 2024-07-01 2024-10-01 2025-01-01",
		"quarter end - 30 days":         "2023-05-31 2023-08-31 2023-12-01 2024-03-01 2024-05-31 2024-08-31 2024-12-01 2025-03-01",
	} {
		r, err := calendar.Parse(rule)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for day := time.Date(2023, 4, 1, 0, 0, 0, 0, time.UTC); day.Before(time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
			if r.FallsOn(day, of) {
				got = append(got, day.Format(time.DateOnly))
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\n got %s\nwant %s", rule, strings.Join(got, " "), want)
		}
	}
}

func TestReturnsDueOnSeveralDays(t *testing.T) {
	r, err := calendar.Parse("due")
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{"2024-04-15": true, "2024-04-30": true, "2024-04-16": false} {
		at, _ := time.Parse(time.DateOnly, day)
		if got := r.FallsOn(at, office(t, 15, 30)); got != want {
			t.Errorf("%s: %v", day, got)
		}
		if r.FallsOn(at, office(t)) {
			t.Errorf("%s: something is due in an office without returns", day)
		}
	}
}

func TestWhatIsNoRule(t *testing.T) {
	for _, text := range []string{"", "quarter", "quarter end +10 days", "quarter end + ten days", "due - 0 days", "due + 201 days", "Due", "week end", "due -5 working days", "quarter end + 10 working days + 1 day"} {
		if _, err := calendar.Parse(text); err == nil {
			t.Errorf("%q is taken for a rule", text)
		} else if !strings.Contains(err.Error(), `"`+text+`"`) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
