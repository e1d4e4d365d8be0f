// Package calendar reckons dates from the ends of periods and from when returns are due.
// It has no clock: it is asked whether something falls on a day.
package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"mojreturns/pipeline/period"
)

// Office is what an office's dates hang on.
type Office struct {
	Working period.Calendar
	// Due is, for each return, by how many days after the end of a quarter it is due.
	Due []int
}

// Due is when a return of a period that ends on a day is due: so many days after, or the
// last working day before that.
func Due(working period.Calendar, end time.Time, days int) time.Time {
	return working.Earlier(end.AddDate(0, 0, days))
}

// Rule is a day reckoned from another, such as "due - 5 working days".
type Rule struct {
	from    string
	days    int // after it, or below zero before it
	working bool
}

// most is how many days a rule may go from its day.
const most = 200

var ruleForm = regexp.MustCompile(`^(month end|quarter end|year end|due)(?: ([+-]) ([1-9][0-9]{0,2}) (working )?days?)?$`)

// Parse reads a rule: month end, quarter end, year end (of the financial year) or due,
// and if need be + or - so many days or working days.
func Parse(text string) (Rule, error) {
	m := ruleForm.FindStringSubmatch(text)
	if m == nil {
		return Rule{}, fmt.Errorf("%q is not a rule such as due - 5 working days or quarter end + 10 days; it begins with month end, quarter end, year end or due", text)
	}
	r := Rule{from: m[1], working: m[4] != ""}
	if m[3] != "" {
		r.days, _ = strconv.Atoi(m[3]) // the form says that it is a number
	}
	if r.days > most {
		return Rule{}, fmt.Errorf("%q: %d days are more than %d, and belong to another period", text, r.days, most)
	}
	if m[2] == "-" {
		r.days = -r.days
	}
	return r, nil
}

// FallsOn says whether a day is one of the rule's, whatever the year.
func (r Rule) FallsOn(day time.Time, office Office) bool {
	for months := -14; months <= 14; months++ {
		end := time.Date(day.Year(), day.Month()+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
		for _, from := range r.anchors(end, office) {
			if r.shifted(from, office.Working).Equal(day) {
				return true
			}
		}
	}
	return false
}

// anchors are the days of the rule's kind that belong to the month which ends then.
func (r Rule) anchors(end time.Time, office Office) []time.Time {
	quarter := end.Month()%3 == 0
	switch {
	case r.from == "month end", r.from == "quarter end" && quarter, r.from == "year end" && end.Month() == time.March:
		return []time.Time{end}
	case r.from == "due" && quarter:
		var days []time.Time
		for _, n := range office.Due {
			days = append(days, Due(office.Working, end, n))
		}
		return days
	}
	return nil
}

func (r Rule) shifted(from time.Time, working period.Calendar) time.Time {
	if !r.working {
		return from.AddDate(0, 0, r.days)
	}
	return working.AddWorkingDays(from, r.days)
}
