package period

import (
	"errors"
	"io/fs"
	"time"

	"mojreturns/pipeline/lists"
)

// Calendar counts working days: weekdays less English bank holidays. Holidays
// are known for 2015 to 2028; a due date a little after that sees weekends only.
type Calendar struct {
	upTo []int // for each day from calendarStart, the working days up to and including it
}

var (
	calendarStart = time.Date(firstYear, time.April, 1, 0, 0, 0, 0, time.UTC)
	calendarEnd   = time.Date(lastCalendarYear+1, time.December, 31, 0, 0, 0, 0, time.UTC)
)

// LoadCalendar reads the bank holidays (date,title). Every mistake is reported.
func LoadCalendar(fsys fs.FS, name string) (Calendar, error) {
	holidays, err := readHolidays(fsys, name)
	if err != nil {
		return Calendar{}, err
	}
	var c Calendar
	count := 0
	for day := calendarStart; !day.After(calendarEnd); day = day.AddDate(0, 0, 1) {
		if weekday := day.Weekday(); weekday != time.Saturday && weekday != time.Sunday && !holidays[day] {
			count++
		}
		c.upTo = append(c.upTo, count)
	}
	return c, nil
}

func readHolidays(fsys fs.FS, name string) (map[time.Time]bool, error) {
	list, err := lists.Open(fsys, name, "date", "title")
	if err != nil {
		return nil, err
	}
	holidays := map[time.Time]bool{}
	var errs []error
	for _, row := range list.Rows {
		day, err := time.Parse(time.DateOnly, row.Get("date"))
		switch {
		case err != nil:
			errs = append(errs, row.Wrong("%q is not a date such as 2024-03-29", row.Get("date")))
		case holidays[day]:
			errs = append(errs, row.Wrong("%s is there twice; keep one", row.Get("date")))
		}
		holidays[day] = true
	}
	return holidays, errors.Join(errs...)
}

// at is how many working days there have been up to and including t's date.
func (c Calendar) at(t time.Time) int {
	if t.Before(calendarStart) {
		return 0
	}
	i := int(t.Sub(calendarStart).Hours() / 24)
	return c.upTo[min(i, len(c.upTo)-1)]
}

// WorkingDay says whether t is one.
func (c Calendar) WorkingDay(t time.Time) bool { return c.at(t) > c.at(t.AddDate(0, 0, -1)) }

// WorkingDays counts those after `from` up to and including `to`: 0 for the
// same day, negative when `to` is earlier (metrics.md).
func (c Calendar) WorkingDays(from, to time.Time) int { return c.at(to) - c.at(from) }

// AddWorkingDays is the n-th working day after t; t itself when n is 0, and below 0 the
// n-th before it.
func (c Calendar) AddWorkingDays(t time.Time, n int) time.Time {
	step, left := 1, n
	if n < 0 {
		step, left = -1, -n
	}
	for left > 0 && t.Before(calendarEnd) && t.After(calendarStart) {
		t = t.AddDate(0, 0, step)
		if c.WorkingDay(t) {
			left--
		}
	}
	return t
}

// Earlier is t, or the last working day before it.
func (c Calendar) Earlier(t time.Time) time.Time {
	for !c.WorkingDay(t) && t.After(calendarStart) {
		t = t.AddDate(0, 0, -1)
	}
	return t
}
