package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Entry is one line of the schedule: which job runs, on which days, at what time.
type Entry struct {
	// Name tells the entry from the others, in the ledger and on the status page.
	Name string `yaml:"name" json:"name"`
	// Job is the name of the work to do.
	Job string `yaml:"job" json:"job"`
	// At is the time of day in the schedule's time zone, such as 06:00.
	At string `yaml:"at" json:"at"`
	// Days are monday to sunday; empty means every day.
	Days []string `yaml:"days" json:"days,omitempty"`
}

var (
	atForm   = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)
	dayNames = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
)

// Mistake is what cannot be in one entry: the entry's place, from 0, and the key.
type Mistake struct {
	Entry int
	Key   string
	Says  string
}

// Mistakes lists every mistake in the entries. jobs are the names that an entry may
// give as its job.
func Mistakes(entries []Entry, jobs []string) []Mistake {
	var list []Mistake
	seen := map[string]bool{}
	for i, e := range entries {
		add := func(key, format string, args ...any) {
			says := fmt.Sprintf("schedule entry %d (%q): ", i+1, e.Name) + fmt.Sprintf(format, args...)
			list = append(list, Mistake{Entry: i, Key: key, Says: says})
		}
		switch {
		case strings.TrimSpace(e.Name) == "":
			add("name", "the name is missing")
		case seen[e.Name]:
			add("name", "the name is used twice; give each entry its own")
		}
		seen[e.Name] = true
		if !slices.Contains(jobs, e.Job) {
			add("job", "job %q is not known; it can be %s", e.Job, strings.Join(slices.Sorted(slices.Values(jobs)), ", "))
		}
		if !atForm.MatchString(e.At) {
			add("at", "at %q is not a time of day such as 06:00", e.At)
		}
		for j, day := range e.Days {
			switch {
			case !slices.Contains(dayNames, day):
				add("days", "day %q is not known; write monday, tuesday and so on in small letters", day)
			case slices.Contains(e.Days[:j], day):
				add("days", "day %q is given twice", day)
			}
		}
	}
	return list
}

// Check reports every mistake in the entries at once.
func Check(entries []Entry, jobs []string) error {
	var errs []error
	for _, m := range Mistakes(entries, jobs) {
		errs = append(errs, errors.New(m.Says))
	}
	return errors.Join(errs...)
}

// occurrence is one time that an entry is due.
type occurrence struct {
	// key names the occurrence by the time on the wall clock: an hour that the
	// autumn change repeats is still one occurrence.
	key string
	due time.Time
}

// calendar is a checked entry in its time zone.
type calendar struct {
	entry        Entry
	hour, minute int
	days         [7]bool
	location     *time.Location
}

func newCalendar(e Entry, location *time.Location) (calendar, error) {
	m := atForm.FindStringSubmatch(e.At)
	if m == nil {
		return calendar{}, fmt.Errorf("schedule entry %q: at %q is not a time of day such as 06:00", e.Name, e.At)
	}
	c := calendar{entry: e, location: location}
	c.hour, _ = strconv.Atoi(m[1])
	c.minute, _ = strconv.Atoi(m[2])
	for i, name := range dayNames {
		c.days[i] = len(e.Days) == 0 || slices.Contains(e.Days, name)
	}
	return c, nil
}

// on gives the occurrence of a local date. The two rules for the changes of
// the clock are kept here, because time.Date does not promise which side it
// takes: a time the spring change skips is due as long after midnight as on
// any other day, so after the change; of a time the autumn change repeats, the
// first is due.
func (c calendar) on(year int, month time.Month, day int) (occurrence, bool) {
	due := time.Date(year, month, day, c.hour, c.minute, 0, 0, c.location)
	if due.Hour() != c.hour || due.Minute() != c.minute {
		midnight := time.Date(year, month, day, 0, 0, 0, 0, c.location)
		due = midnight.Add(time.Duration(c.hour)*time.Hour + time.Duration(c.minute)*time.Minute)
	} else if first := due.Add(-time.Hour); first.Hour() == c.hour {
		due = first
	}
	date := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
	key := c.entry.Name + " " + date.Format(time.DateOnly) + " " + c.entry.At
	return occurrence{key, due}, c.days[date.Weekday()]
}

// next is the first occurrence after t. An entry has at least one day a week,
// so eight days always hold one.
func (c calendar) next(t time.Time) occurrence {
	t = t.In(c.location)
	for i := 0; ; i++ {
		date := time.Date(t.Year(), t.Month(), t.Day()+i, 12, 0, 0, 0, time.UTC)
		o, due := c.on(date.Date())
		if due && o.due.After(t) {
			return o
		}
	}
}

// between lists the occurrences after from, up to and including to.
func (c calendar) between(from, to time.Time) []occurrence {
	var list []occurrence
	for o := c.next(from); !o.due.After(to); o = c.next(o.due) {
		list = append(list, o)
	}
	return list
}

// Next and IsValid make the calendar the one gocron asks, in place of cron's
// text, so that what fires and what counts as missed cannot disagree.
// gocron's own daylight-saving policy is left alone: it only mends times that
// cron's text skips, and would add a Sunday to an entry for Mondays.
func (c calendar) Next(last time.Time) time.Time { return c.next(last).due }

// IsValid always agrees: the entries were checked before.
func (c calendar) IsValid(string, *time.Location, time.Time) error { return nil }
