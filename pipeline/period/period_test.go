package period_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"mojreturns/pipeline/period"
)

func day(t interface{ Fatal(...any) }, s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParse(t *testing.T) {
	for _, c := range []struct {
		label      string
		kind       period.Kind
		year       period.Year
		start, end string
		quarter    int
		toDate     string
		human      string
	}{
		{"2023-24", period.Whole, 2023, "2023-04-01", "2024-03-31", 4, "2023-24-Q4-YTD", "April 2023 to March 2024 (financial year 2023-24)"},
		{"2023-24-Q1", period.Quarter, 2023, "2023-04-01", "2023-06-30", 1, "2023-24-Q1-YTD", "April to June 2023 (quarter 1 of 2023-24)"},
		{"2023-24-Q2", period.Quarter, 2023, "2023-07-01", "2023-09-30", 2, "2023-24-Q2-YTD", "July to September 2023 (quarter 2 of 2023-24)"},
		{"2023-24-Q3", period.Quarter, 2023, "2023-10-01", "2023-12-31", 3, "2023-24-Q3-YTD", "October to December 2023 (quarter 3 of 2023-24)"},
		{"2023-24-Q4", period.Quarter, 2023, "2024-01-01", "2024-03-31", 4, "2023-24-Q4-YTD", "January to March 2024 (quarter 4 of 2023-24)"},
		{"2023-24-H1", period.Half, 2023, "2023-04-01", "2023-09-30", 2, "2023-24-Q2-YTD", "April to September 2023 (half 1 of 2023-24)"},
		{"2023-24-H2", period.Half, 2023, "2023-10-01", "2024-03-31", 4, "2023-24-Q4-YTD", "October 2023 to March 2024 (half 2 of 2023-24)"},
		{"2023-24-Q1-YTD", period.ToDate, 2023, "2023-04-01", "2023-06-30", 1, "2023-24-Q1-YTD", "April to June 2023 (2023-24 to the end of quarter 1)"},
		{"2023-24-Q3-YTD", period.ToDate, 2023, "2023-04-01", "2023-12-31", 3, "2023-24-Q3-YTD", "April to December 2023 (2023-24 to the end of quarter 3)"},
		{"2023-24-Q4-YTD", period.ToDate, 2023, "2023-04-01", "2024-03-31", 4, "2023-24-Q4-YTD", "April 2023 to March 2024 (2023-24 to the end of quarter 4)"},
		// a month, and not the financial year 2023-24
		{"2023-10", period.Month, 2023, "2023-10-01", "2023-10-31", 3, "2023-24-Q3-YTD", "October 2023"},
		{"2023-04", period.Month, 2023, "2023-04-01", "2023-04-30", 1, "2023-24-Q1-YTD", "April 2023"},
		// leap year and not
		{"2024-02", period.Month, 2023, "2024-02-01", "2024-02-29", 4, "2023-24-Q4-YTD", "February 2024"},
		{"2023-02", period.Month, 2022, "2023-02-01", "2023-02-28", 4, "2022-23-Q4-YTD", "February 2023"},
		// the ends of the calendar; the first and last year stick out of it
		{"2015-01", period.Month, 2014, "2015-01-01", "2015-01-31", 4, "2014-15-Q4-YTD", "January 2015"},
		{"2014-15", period.Whole, 2014, "2014-04-01", "2015-03-31", 4, "2014-15-Q4-YTD", "April 2014 to March 2015 (financial year 2014-15)"},
		{"2028-12", period.Month, 2028, "2028-12-01", "2028-12-31", 3, "2028-29-Q3-YTD", "December 2028"},
		{"2028-29-H2", period.Half, 2028, "2028-10-01", "2029-03-31", 4, "2028-29-Q4-YTD", "October 2028 to March 2029 (half 2 of 2028-29)"},
	} {
		t.Run(c.label, func(t *testing.T) {
			p, err := period.Parse(c.label)
			if err != nil {
				t.Fatal(err)
			}
			want := period.Period{Label: c.label, Kind: c.kind, Year: c.year, Start: day(t, c.start), End: day(t, c.end)}
			if p != want {
				t.Errorf("got  %+v\nwant %+v", p, want)
			}
			if got := p.Quarter(); got != c.quarter {
				t.Errorf("it ends in quarter %d; got %d", c.quarter, got)
			}
			if got := p.ToDate(); got.Label != c.toDate || !got.Start.Equal(c.year.Start()) {
				t.Errorf("to date is %s from the start of the year; got %+v", c.toDate, got)
			}
			if got := p.Human(); got != c.human {
				t.Errorf("in words: got %q, want %q", got, c.human)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	const form = "write a quarter as 2023-24-Q3"
	const outside = "is outside the calendar, which runs from 2015 to 2028"
	for label, want := range map[string]string{
		"2023-25":        `"2023-25" is not a financial year: the one that starts in April 2023 is 2023-24`,
		"2023-25-Q1":     `the one that starts in April 2023 is 2023-24`,
		"2023-13":        `the one that starts in April 2023 is 2023-24`,
		"2023-00":        `the one that starts in April 2023 is 2023-24`,
		"2009-10":        outside, // as a financial year and as a month
		"2014-12":        outside,
		"2029-01":        outside,
		"2013-14":        outside,
		"2029-30":        outside,
		"2014-15-Q3":     outside,
		"2028-29-Q4":     outside,
		"":               form,
		"2023":           form,
		"2023-24-Q5":     form,
		"2023-24-H1-YTD": form,
		"2023-24-YTD":    form,
		"2023-24-q3":     form,
		"2023-24 ":       form,
		"2023/24":        form,
		"23-24":          form,
		"1999-00":        form,
		"2023-1":         form,
	} {
		p, err := period.Parse(label)
		if err == nil {
			t.Errorf("%q was taken as %+v", label, p)
		} else if !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %q, want it to say %q", label, err, want)
		}
	}
}

func TestParseYear(t *testing.T) {
	for label, want := range map[string]period.Year{"2014-15": 2014, "2023-24": 2023, "2028-29": 2028} {
		if got, err := period.ParseYear(label); err != nil || got != want || got.String() != label {
			t.Errorf("%s: got %d (%s), %v", label, got, got, err)
		}
	}
	for label, want := range map[string]string{
		"2023-25":    "the one that starts in April 2023 is 2023-24",
		"2023-10":    "the one that starts in April 2023 is 2023-24", // a month
		"2009-10":    "outside the calendar",
		"2013-14":    "outside the calendar",
		"2029-30":    "outside the calendar",
		"2023-24-Q1": "write it as 2023-24",
		"23-24":      "write it as 2023-24",
	} {
		if _, err := period.ParseYear(label); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want it to say %q", label, err, want)
		}
	}
	if got := period.Year(2099).String(); got != "2099-00" {
		t.Errorf("the year after 2099 is written 00; got %s", got)
	}
}

func TestYearOf(t *testing.T) {
	for date, want := range map[string]period.Year{"2024-03-31": 2023, "2024-04-01": 2024, "2024-02-29": 2023, "2023-12-31": 2023, "2024-01-01": 2023} {
		if got := period.YearOf(day(t, date)); got != want {
			t.Errorf("%s: got %s, want %s", date, got, want)
		}
	}
}

func TestPeriodsOfAYear(t *testing.T) {
	year := period.Year(2023)
	var got []string
	for _, p := range year.Periods() {
		got = append(got, p.Label)
	}
	want := "2023-24-Q1 2023-24-Q2 2023-24-Q3 2023-24-Q4 2023-24-H1 2023-24-H2 2023-24 2023-24-Q1-YTD 2023-24-Q2-YTD 2023-24-Q3-YTD 2023-24-Q4-YTD"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
	got = nil
	for _, p := range year.Months() {
		got = append(got, p.Label)
	}
	want = "2023-04 2023-05 2023-06 2023-07 2023-08 2023-09 2023-10 2023-11 2023-12 2024-01 2024-02 2024-03"
	if strings.Join(got, " ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, " "), want)
	}
}

// Whatever the year: months and quarters tile it without a gap, and every
// period reads back from its own label.
func TestPeriodsTile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		year := period.Year(rapid.IntRange(2015, 2027).Draw(t, "year"))
		for _, parts := range [][]period.Period{year.Months(), year.Quarters()} {
			next := year.Start()
			for _, p := range parts {
				if !p.Start.Equal(next) {
					t.Fatalf("%s starts on %s, not on %s", p.Label, p.Start, next)
				}
				next = p.End.AddDate(0, 0, 1)
			}
			if !next.AddDate(0, 0, -1).Equal(year.End()) {
				t.Fatalf("%s ends on %s", year, next)
			}
		}
		for _, p := range append(year.Periods(), year.Months()...) {
			if back, err := period.Parse(p.Label); err != nil || back != p {
				t.Fatalf("%s reads back as %+v, %v", p.Label, back, err)
			}
			if period.YearOf(p.Start) != year || period.YearOf(p.End) != year {
				t.Fatalf("%s leaves its year", p.Label)
			}
		}
	})
}

func TestLastQuarter(t *testing.T) {
	for day, want := range map[string]string{"2024-03-31": "2023-24-Q3", "2024-04-01": "2023-24-Q4", "2024-06-30": "2023-24-Q4",
		"2024-07-01": "2024-25-Q1",
		"2025-01-01": "2024-25-Q3", "2025-03-31": "2024-25-Q3", "2026-11-28": "2026-27-Q2"} {
		at, err := time.Parse("2006-01-02 15:04", day+" 23:59")
		if err != nil {
			t.Fatal(err)
		}
		if got := period.LastQuarter(at).Label; got != want {
			t.Errorf("%s: got %s, want %s", day, got, want)
		}
	}
}
