// Package period knows the financial year of a grant (1 April to 31 March),
// the periods a return is made for, working days and due dates. Dates are
// midnight UTC; every period is a run of whole months, both ends included.
package period

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// The calendar is known from 2015 to 2028; dates outside it are faults. The
// first financial year with a day in it is 2014-15, the last 2028-29.
const (
	firstCalendarYear = 2015
	lastCalendarYear  = 2028
	firstYear         = firstCalendarYear - 1
	lastYear          = lastCalendarYear
)

// Year is a financial year by the calendar year it starts in: 2023 is 2023-24.
type Year int

// Kind says how long a period is.
type Kind string

// The kinds of period.
const (
	Month   Kind = "month"
	Quarter Kind = "quarter"
	Half    Kind = "half"
	Whole   Kind = "year"
	ToDate  Kind = "to date"
)

// Period is a run of whole months of one financial year.
type Period struct {
	Label string
	Kind  Kind
	Year  Year
	Start time.Time
	End   time.Time
}

var (
	yearForm   = regexp.MustCompile(`^(20[0-9]{2})-([0-9]{2})$`)
	periodForm = regexp.MustCompile(`^(20[0-9]{2}-[0-9]{2})(-H[12]|-Q[1-4](-YTD)?)?$`)
)

// YearOf is the financial year a date falls in.
func YearOf(t time.Time) Year {
	if t.Month() < time.April {
		return Year(t.Year() - 1)
	}
	return Year(t.Year())
}

// ParseYear reads 2023-24; the halves must follow each other.
func ParseYear(s string) (Year, error) {
	m := yearForm.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("%q is not a financial year; write it as 2023-24", s)
	}
	start, _ := strconv.Atoi(m[1])
	end, _ := strconv.Atoi(m[2])
	if (start+1)%100 != end {
		return 0, fmt.Errorf("%q is not a financial year: the one that starts in April %d is %s", s, start, Year(start))
	}
	if start < firstYear || start > lastYear {
		return 0, outside(s)
	}
	return Year(start), nil
}

// String is the label, such as 2023-24.
func (y Year) String() string { return fmt.Sprintf("%04d-%02d", int(y), (int(y)+1)%100) }

// Start is 1 April.
func (y Year) Start() time.Time { return time.Date(int(y), time.April, 1, 0, 0, 0, 0, time.UTC) }

// End is 31 March.
func (y Year) End() time.Time { return y.Start().AddDate(1, 0, -1) }

// months makes a period of some months of the year, counted from April.
func (y Year) months(label string, kind Kind, from, count int) Period {
	start := y.Start().AddDate(0, from, 0)
	return Period{Label: label, Kind: kind, Year: y, Start: start, End: start.AddDate(0, count, -1)}
}

// Quarters are Q1 (April to June) to Q4.
func (y Year) Quarters() []Period {
	var out []Period
	for q := range 4 {
		out = append(out, y.months(fmt.Sprintf("%s-Q%d", y, q+1), Quarter, 3*q, 3))
	}
	return out
}

// LastQuarter is the quarter that had ended last by a day.
func LastQuarter(day time.Time) Period {
	year := YearOf(day)
	day = time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC)
	quarters := append((year - 1).Quarters(), year.Quarters()...)
	last := quarters[3]
	for _, q := range quarters {
		if q.End.Before(day) {
			last = q
		}
	}
	return last
}

// Months are April to March.
func (y Year) Months() []Period {
	var out []Period
	for m := range 12 {
		out = append(out, y.months(y.Start().AddDate(0, m, 0).Format("2006-01"), Month, m, 1))
	}
	return out
}

// Periods are the eleven that every build keeps: quarters, halves, the year,
// and the year to date at the end of each quarter.
func (y Year) Periods() []Period {
	out := y.Quarters()
	for h := range 2 {
		out = append(out, y.months(fmt.Sprintf("%s-H%d", y, h+1), Half, 6*h, 6))
	}
	out = append(out, y.months(y.String(), Whole, 0, 12))
	for q := range 4 {
		out = append(out, y.months(fmt.Sprintf("%s-Q%d-YTD", y, q+1), ToDate, 0, 3*(q+1)))
	}
	return out
}

// Parse reads 2023-24, 2023-24-H2, 2023-24-Q3, 2023-24-Q3-YTD or 2023-10. A
// label whose last two digits are the next year's is a financial year; the
// months that would read so too, such as 2009-10, lie before the calendar. A
// period needs a day inside the calendar.
func Parse(s string) (Period, error) {
	m := periodForm.FindStringSubmatch(s)
	if m == nil {
		return Period{}, unknown(s)
	}
	var p Period
	if month, err := time.Parse("2006-01", s); err == nil {
		year := YearOf(month)
		p = year.months(s, Month, (int(month.Month())+8)%12, 1)
	} else {
		year, err := ParseYear(m[1])
		if err != nil {
			return Period{}, err
		}
		for _, p = range year.Periods() {
			if p.Label == s {
				break
			}
		}
	}
	if p.End.Year() < firstCalendarYear || p.Start.Year() > lastCalendarYear {
		return Period{}, outside(s)
	}
	return p, nil
}

func outside(s string) error {
	return fmt.Errorf("%q is outside the calendar, which runs from %d to %d", s, firstCalendarYear, lastCalendarYear)
}

func unknown(s string) error {
	return fmt.Errorf("%q is not a period; write a quarter as 2023-24-Q3, the year to its end as 2023-24-Q3-YTD, a half as 2023-24-H1, a year as 2023-24 or a month as 2023-10", s)
}

// Quarter is the number of the quarter the period ends in.
func (p Period) Quarter() int { return ((int(p.End.Month())+8)%12)/3 + 1 }

// ToDate is the year to date at the end of the quarter the period ends in.
func (p Period) ToDate() Period {
	q := p.Quarter()
	return p.Year.months(fmt.Sprintf("%s-Q%d-YTD", p.Year, q), ToDate, 0, 3*q)
}

// Human says the period in words: "January to March 2024 (quarter 4 of 2023-24)".
func (p Period) Human() string {
	from, to := p.Start.Format("January 2006"), p.End.Format("January 2006")
	months := from
	switch {
	case p.Kind == Month:
		return months
	case p.Start.Year() == p.End.Year():
		months = p.Start.Format("January") + " to " + to
	default:
		months = from + " to " + to
	}
	switch p.Kind {
	case Quarter:
		return fmt.Sprintf("%s (quarter %d of %s)", months, p.Quarter(), p.Year)
	case Half:
		return fmt.Sprintf("%s (half %d of %s)", months, (p.Quarter()+1)/2, p.Year)
	case ToDate:
		return fmt.Sprintf("%s (%s to the end of quarter %d)", months, p.Year, p.Quarter())
	}
	return fmt.Sprintf("%s (financial year %s)", months, p.Year)
}
