package narrative

import (
	"strings"
	"time"
)

// role says what is wrong with who wrote words and when, "role, day"; empty for nothing. A
// day after the last one cannot be when words were written.
func role(by string, last time.Time) string {
	const form = `write "by: role, day", such as "by: commissioning officer, 15 April 2024"`
	at := strings.LastIndex(by, ",")
	if at < 0 {
		return "a role and a day are needed: " + form
	}
	day, err := time.Parse("2 January 2006", strings.TrimSpace(by[at+1:]))
	switch {
	case !strings.ContainsFunc(by[:at], visible):
		return "nobody's role stands before the day: " + form
	case err != nil || day.Year() < 2000:
		return "what stands last is no day of the calendar: " + form
	case day.After(last):
		return "the day is still to come: write the one on which the words were written"
	}
	return ""
}
