package register

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Date is a calendar date, ISO in text; the zero Date is "not given".
type Date struct{ time.Time }

// FromText takes every form in which a date can mean one day only. 01/02/2024 is two
// days, and so is a year of two digits; they are refused with both.
func (d *Date) FromText(text string) error {
	said := strings.TrimSpace(text)
	days := meant(said)
	switch {
	case len(days) == 1 && days[0].Year() >= 2000 && days[0].Year() < 2100:
		d.Time = days[0]
		return nil
	case len(days) == 1:
		return fmt.Errorf("%q is a date of another century; write %s", text, d.Wanted())
	case len(days) == 2:
		return fmt.Errorf("%q can be two days; write %s for %s, or %s for %s", text,
			days[0].Format(time.DateOnly), days[0].Format("2 January"), days[1].Format(time.DateOnly), days[1].Format("2 January"))
	}
	return fmt.Errorf("%q is not %s", text, d.Wanted())
}

// Wanted says what to write.
func (*Date) Wanted() string { return "a date such as 2024-03-31" }

var numbered = regexp.MustCompile(`^(\d{1,2})[/. -](\d{1,2})[/. -](\d{4})$`)

// meant lists the days that a text can mean.
func meant(text string) []time.Time {
	for _, layout := range []string{"2006-1-2", "2006/1/2", "20060102", "2 January 2006", "2 Jan 2006", "2-Jan-2006", "January 2, 2006",
		"2006-01-02T00:00:00Z"} {
		if t, err := time.Parse(layout, text); err == nil {
			return []time.Time{t}
		}
	}
	parts := numbered.FindStringSubmatch(text)
	if parts == nil {
		return nil
	}
	first, _ := strconv.Atoi(parts[1]) // digits, as the pattern says
	second, _ := strconv.Atoi(parts[2])
	year, _ := strconv.Atoi(parts[3])
	var days []time.Time
	for _, d := range [][2]int{{first, second}, {second, first}} {
		t := time.Date(year, time.Month(d[1]), d[0], 0, 0, 0, 0, time.UTC)
		if t.Day() == d[0] && int(t.Month()) == d[1] && (len(days) == 0 || !days[0].Equal(t)) {
			days = append(days, t)
		}
	}
	return days
}

// MarshalJSON writes the ISO date, or an empty string.
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// UnmarshalJSON takes what MarshalJSON writes.
func (d *Date) UnmarshalJSON(b []byte) error {
	text, err := strconv.Unquote(string(b))
	if err != nil || text == "" {
		*d = Date{}
		return err
	}
	d.Time, err = time.Parse(time.DateOnly, text)
	return err
}

// String is the ISO date, or empty.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}
