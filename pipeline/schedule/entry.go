package schedule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"mojreturns/pipeline/calendar"
)

// Entry is one line of the schedule: which job runs, on which days, at what time.
type Entry struct {
	// Name tells the entry from the others, in the ledger and on the status page.
	Name string `yaml:"name" json:"name"`
	// Was is the name it had, where it was given another: what was done by the old one is not done again.
	Was string `yaml:"was" json:"was,omitempty"`
	// Job is the name of the work to do.
	Job string `yaml:"job" json:"job"`
	// At is the time of day in the schedule's time zone, such as 06:00.
	At string `yaml:"at" json:"at"`
	// Days are monday to sunday; empty means every day.
	Days []string `yaml:"days" json:"days,omitempty"`
	// On are rules such as "due - 5 working days", in place of days.
	On []string `yaml:"on" json:"on,omitempty"`
	// Holidays says skip where nothing is to run on a bank holiday.
	Holidays string `yaml:"holidays" json:"holidays,omitempty"`
	// Missed says what becomes of times at which the program was not running: all are
	// caught up, in order, the last one is, which is what is meant where it is left out, or none.
	Missed Policy `yaml:"missed" json:"missed,omitempty"`
	// Grace is how far back something counts as missed, such as 14d; left out, 7d.
	Grace string `yaml:"grace" json:"grace,omitempty"`
}

// Policy is what becomes of missed times.
type Policy string

// The policies.
const (
	All  Policy = "all"
	Last Policy = "last"
	None Policy = "none"
)

const skip = "skip" // what Holidays can say

var (
	atForm    = regexp.MustCompile(`^([01][0-9]|2[0-3]):([0-5][0-9])$`)
	graceForm = regexp.MustCompile(`^([1-9]|[1-5][0-9]|60)d$`)
	dayNames  = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
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
		case !isName(e.Name):
			add("name", "the name is dots only, or has a slash in it or what cannot be seen; give it another")
		}
		seen[e.Name] = true
		if e.Was != "" && slices.ContainsFunc(entries, func(o Entry) bool { return o.Name == e.Was }) {
			add("was", "%q is an entry still, so this one was not called that", e.Was)
		}
		if e.Was != "" && slices.ContainsFunc(entries[:i], func(o Entry) bool { return o.Was == e.Was }) {
			add("was", "another entry was called %q too; what was done by that name is of one of them", e.Was)
		}
		if !slices.Contains(jobs, e.Job) {
			add("job", "job %q is not known; it can be %s", e.Job, strings.Join(slices.Sorted(slices.Values(jobs)), ", "))
		}
		e.checkTimes(add)
		e.checkDays(add)
	}
	return list
}

// isName tells whether the ledger and what people read of it can show a name as it is.
func isName(name string) bool {
	unseen := func(r rune) bool { return !unicode.IsPrint(r) }
	return strings.Trim(name, ". ") != "" && !strings.ContainsAny(name, `/\`) && !strings.ContainsFunc(name, unseen)
}

func (e Entry) checkTimes(add func(key, format string, args ...any)) {
	if !atForm.MatchString(e.At) {
		add("at", "at %q is not a time of day such as 06:00", e.At)
	}
	if !slices.Contains([]Policy{"", All, Last, None}, e.Missed) {
		add("missed", "missed %q is not known; it can be all, last or none", e.Missed)
	}
	if e.Grace != "" && !graceForm.MatchString(e.Grace) {
		add("grace", "grace %q is not a number of days such as 7d, 60d at most", e.Grace)
	}
}

func (e Entry) checkDays(add func(key, format string, args ...any)) {
	for j, day := range e.Days {
		_, notRule := calendar.Parse(day)
		switch {
		case notRule == nil:
			add("days", "day %q is a rule: write it under on, as on: [%s]", day, day)
		case !slices.Contains(dayNames, day):
			add("days", "day %q is not known; write monday, tuesday and so on in small letters", day)
		case slices.Contains(e.Days[:j], day):
			add("days", "day %q is given twice", day)
		}
	}
	if len(e.Days) > 0 && len(e.On) > 0 {
		add("on", "days and on are two answers to one question; keep one")
	}
	for j, text := range e.On {
		if _, err := calendar.Parse(text); err != nil {
			add("on", "%v", err)
		} else if slices.Contains(e.On[:j], text) {
			add("on", "%q is given twice", text)
		}
	}
	if e.Holidays != "" && e.Holidays != skip {
		add("holidays", "holidays %q is not known; write skip, or leave it out", e.Holidays)
	}
}

// Check reports every mistake in the entries at once.
func Check(entries []Entry, jobs []string) error {
	var errs []error
	for _, m := range Mistakes(entries, jobs) {
		errs = append(errs, errors.New(m.Says))
	}
	return errors.Join(errs...)
}

// grace is how far back something counts as missed.
func (e Entry) grace() time.Duration {
	days := 7
	if m := graceForm.FindStringSubmatch(e.Grace); m != nil {
		days, _ = strconv.Atoi(m[1])
	}
	return time.Duration(days) * 24 * time.Hour
}

// same says whether two entries mean the same times and work.
func (e Entry) same(o Entry) bool {
	return e.Job == o.Job && e.At == o.At && e.Holidays == o.Holidays && slices.Equal(e.Days, o.Days) && slices.Equal(e.On, o.On)
}
