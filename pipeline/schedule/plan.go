package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"mojreturns/pipeline/calendar"
)

// occurrence is one time that an entry is due.
type occurrence struct {
	// key names the occurrence by what it is, the entry's one of a day: an entry moved to
	// another hour, or an hour that the autumn change repeats, makes no second.
	key string
	due time.Time
	off string // why nothing runs then; empty where something does
}

// plan is a checked entry in its time zone.
type plan struct {
	entry        Entry
	hour, minute int
	days         [7]bool
	rules        []calendar.Rule
	office       calendar.Office
	location     *time.Location
}

func newPlan(e Entry, office calendar.Office, location *time.Location) (plan, error) {
	m := atForm.FindStringSubmatch(e.At)
	if m == nil {
		return plan{}, fmt.Errorf("schedule entry %q: at %q is not a time of day such as 06:00", e.Name, e.At)
	}
	p := plan{entry: e, office: office, location: location}
	p.hour, _ = strconv.Atoi(m[1])
	p.minute, _ = strconv.Atoi(m[2])
	for i, name := range dayNames {
		p.days[i] = len(e.Days) == 0 || slices.Contains(e.Days, name)
	}
	for _, text := range e.On {
		rule, err := calendar.Parse(text)
		if err != nil {
			return plan{}, fmt.Errorf("schedule entry %q: %w", e.Name, err)
		}
		p.rules = append(p.rules, rule)
	}
	return p, nil
}

// on gives the occurrence of a local date. The two rules for the changes of
// the clock are kept here, because time.Date does not promise which side it
// takes: a time the spring change skips is due as long after midnight as on
// any other day, so after the change; of a time the autumn change repeats, the
// first is due.
func (p plan) on(year int, month time.Month, day int) (occurrence, bool) {
	date := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
	if !p.falls(date) {
		return occurrence{}, false
	}
	due := time.Date(year, month, day, p.hour, p.minute, 0, 0, p.location)
	if due.Hour() != p.hour || due.Minute() != p.minute {
		midnight := time.Date(year, month, day, 0, 0, 0, 0, p.location)
		due = midnight.Add(time.Duration(p.hour)*time.Hour + time.Duration(p.minute)*time.Minute)
	} else if first := due.Add(-time.Hour); first.Hour() == p.hour {
		due = first
	}
	o := occurrence{key: p.entry.Name + " " + date.Format(time.DateOnly), due: due}
	if weekday := date.Weekday(); p.entry.Holidays == skip && weekday != time.Saturday && weekday != time.Sunday && !p.office.Working.WorkingDay(date) {
		o.off = "a bank holiday"
	}
	return o, true
}

func (p plan) falls(date time.Time) bool {
	if len(p.rules) == 0 {
		return p.days[date.Weekday()]
	}
	return slices.ContainsFunc(p.rules, func(r calendar.Rule) bool { return r.FallsOn(date, p.office) })
}

// farthest is how many days ahead an occurrence is looked for: rules come round in a year.
const farthest = 400

// next is the first occurrence after t at which something runs. Where there is none,
// as of "due" in an office without returns, it is so far off that it never comes.
func (p plan) next(t time.Time) occurrence {
	return p.after(t, func(o occurrence) bool { return o.off == "" })
}

func (p plan) after(t time.Time, wanted func(occurrence) bool) occurrence {
	t = t.In(p.location)
	for i := range farthest {
		date := time.Date(t.Year(), t.Month(), t.Day()+i, 12, 0, 0, 0, time.UTC)
		o, falls := p.on(date.Date())
		if falls && o.due.After(t) && wanted(o) {
			return o
		}
	}
	return occurrence{due: t.AddDate(100, 0, 0)}
}

// between lists the occurrences after from, up to and including to.
func (p plan) between(from, to time.Time) []occurrence {
	var list []occurrence
	every := func(occurrence) bool { return true }
	for o := p.after(from, every); !o.due.After(to); o = p.after(o.due, every) {
		list = append(list, o)
	}
	return list
}

// Next and IsValid make the plan the one gocron asks, in place of cron's
// text, so that what fires and what counts as missed cannot disagree.
// gocron's own daylight-saving policy is left alone: it only mends times that
// cron's text skips, and would add a Sunday to an entry for Mondays.
func (p plan) Next(last time.Time) time.Time { return p.next(last).due }

// IsValid always agrees: the entries were checked before.
func (p plan) IsValid(string, *time.Location, time.Time) error { return nil }
