package period_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"pgregory.net/rapid"

	"mojreturns/pipeline/period"
	"mojreturns/queries"
)

func calendar(t *testing.T) period.Calendar {
	c, err := period.LoadCalendar(queries.Files, "reference/holiday.csv")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWorkingDays(t *testing.T) {
	c := calendar(t)
	for _, x := range []struct {
		from, to string
		want     int
		why      string
	}{
		{"2024-01-08", "2024-01-08", 0, "the same day"},
		{"2024-01-08", "2024-01-09", 1, "Monday to Tuesday"},
		{"2024-01-09", "2024-01-08", -1, "backwards"},
		{"2024-01-05", "2024-01-08", 1, "Friday to Monday"},
		{"2024-01-06", "2024-01-07", 0, "Saturday to Sunday"},
		{"2024-01-05", "2024-01-06", 0, "Friday to Saturday"},
		{"2024-01-07", "2024-01-08", 1, "Sunday to Monday"},
		{"2024-03-28", "2024-04-02", 1, "Easter: Thursday to Tuesday over Good Friday and Easter Monday"},
		{"2024-02-28", "2024-03-01", 2, "over 29 February, a Thursday"},
		{"2023-02-28", "2023-03-01", 1, "no 29 February"},
		{"2022-06-01", "2022-06-06", 1, "the Jubilee: Thursday and Friday off"},
		{"2022-05-27", "2022-05-30", 1, "the spring bank holiday of 2022 was moved from this Monday"},
		{"2022-09-16", "2022-09-20", 1, "the State Funeral"},
		{"2023-05-05", "2023-05-09", 1, "the Coronation"},
		{"2020-05-01", "2020-05-04", 1, "the early May bank holiday of 2020 was moved from this Monday"},
		{"2020-05-07", "2020-05-08", 0, "to this Friday"},
		{"2021-12-24", "2021-12-29", 1, "Christmas on a Saturday: Monday and Tuesday instead"},
		{"2015-01-01", "2015-12-31", 253, "52 weeks and a Thursday are 261 weekdays, 8 of them holidays; the first day is one"},
	} {
		if got := c.WorkingDays(day(t, x.from), day(t, x.to)); got != x.want {
			t.Errorf("%s to %s (%s): got %d, want %d", x.from, x.to, x.why, got, x.want)
		}
	}
}

func TestAddWorkingDays(t *testing.T) {
	c := calendar(t)
	for _, x := range []struct {
		from string
		n    int
		want string
	}{
		{"2024-03-28", 1, "2024-04-02"},
		{"2024-03-31", 10, "2024-04-15"}, // Easter Sunday; Monday is a holiday
		{"2023-12-31", 12, "2024-01-17"}, // Sunday; New Year's Day is a Monday
		{"2024-01-06", 0, "2024-01-06"},  // nothing to add, even on a Saturday
	} {
		if got := c.AddWorkingDays(day(t, x.from), x.n).Format(time.DateOnly); got != x.want {
			t.Errorf("%s and %d working days: got %s, want %s", x.from, x.n, got, x.want)
		}
	}
}

func TestEarlier(t *testing.T) {
	c := calendar(t)
	for from, want := range map[string]string{
		"2024-04-30": "2024-04-30", // a Tuesday
		"2024-01-06": "2024-01-05",
		"2024-04-01": "2024-03-28", // Easter Monday, back over Good Friday
	} {
		if got := c.Earlier(day(t, from)).Format(time.DateOnly); got != want {
			t.Errorf("%s: got %s, want %s", from, got, want)
		}
	}
}

func TestLoadCalendarRefuses(t *testing.T) {
	for text, want := range map[string][]string{
		"":                            {"holiday.csv:1: the file is empty"},
		"day,title\n2024-01-01,New\n": {`holiday.csv:1: there is no column "date"`},
		"date,title\n2024-02-30,Never\n01/01/2024,New\n2024-03-29,Good\n2024-03-29,Good\n": {
			`holiday.csv:2: "2024-02-30" is not a date`, `holiday.csv:3: "01/01/2024" is not a date`, "holiday.csv:5: 2024-03-29 is there twice"},
		"date,title\n2024-01-01,New,Year\n": {"holiday.csv:2: the row has 3 fields"},
	} {
		_, err := period.LoadCalendar(fstest.MapFS{"holiday.csv": {Data: []byte(text)}}, "holiday.csv")
		for _, w := range want {
			if err == nil || !strings.Contains(err.Error(), w) {
				t.Errorf("%q: got %v, want it to say %q", text, err, w)
			}
		}
	}
}

func dates() *rapid.Generator[time.Time] {
	start := time.Date(2015, 1, 1, 0, 0, 0, 0, time.UTC)
	return rapid.Map(rapid.IntRange(0, 5113), func(n int) time.Time { return start.AddDate(0, 0, n) }) // to 2028-12-31
}

// Counting is antisymmetric, adds up, agrees with walking day by day, and
// AddWorkingDays undoes it.
func TestWorkingDayLaws(t *testing.T) {
	c := calendar(t)
	rapid.Check(t, func(t *rapid.T) {
		a, b, m := dates().Draw(t, "a"), dates().Draw(t, "b"), dates().Draw(t, "m")
		if x, y := c.WorkingDays(a, b), c.WorkingDays(b, a); x != -y {
			t.Fatalf("there %d, back %d", x, y)
		}
		if x, y := c.WorkingDays(a, b), c.WorkingDays(a, m)+c.WorkingDays(m, b); x != y {
			t.Fatalf("at once %d, in two parts %d", x, y)
		}
		if a.After(b) {
			a, b = b, a
		}
		walked := 0
		for d := a.AddDate(0, 0, 1); !d.After(b); d = d.AddDate(0, 0, 1) {
			if c.WorkingDay(d) {
				walked++
			}
		}
		if got := c.WorkingDays(a, b); got != walked {
			t.Fatalf("counted %d, walked %d", got, walked)
		}
		n := rapid.IntRange(1, 60).Draw(t, "n")
		if end := c.AddWorkingDays(a, n); !c.WorkingDay(end) || c.WorkingDays(a, end) != n {
			t.Fatalf("%s and %d working days: %s", a, n, end)
		}
	})
}
