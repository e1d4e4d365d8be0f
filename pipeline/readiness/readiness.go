// Package readiness says of a return what is still missing before it can be sent, in the
// order in which it is done: who acts, by which command, and how many working days are
// left. It is told what the others found, and works out nothing else: the status page,
// its JSON and `status --board` show the one struct. It has no figure in it, since the
// status page needs no key.
package readiness

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Board is how one return stands.
type Board struct {
	Return string    `json:"return"`
	Period string    `json:"period"`
	Due    time.Time `json:"due"` // a date
	// DaysLeft are the working days from today to Due; below zero it is past.
	DaysLeft int    `json:"days_left"`
	Standing string `json:"standing"` // such as drafted, or sealed as version 1
	Steps    []Step `json:"steps"`    // what is missing, first things first
}

// Step is one thing that is missing.
type Step struct {
	What  string `json:"what"`  // file, build, check, condition, draft, submission or approval
	About string `json:"about"` // which
	// State is late, blocked (nothing leaves before it is mended), waiting (for somebody to
	// act) or expected (it is not due yet).
	State   string    `json:"state"`
	Who     string    `json:"who"` // a role
	Command string    `json:"command"`
	Due     time.Time `json:"due,omitzero"` // a date
}

// The states.
const (
	Late     = "late"
	Blocked  = "blocked"
	Waiting  = "waiting"
	Expected = "expected"
)

// File is one that has not come, or of which nothing counts.
type File struct {
	Provider, Feed, Period string
	Due                    time.Time
	State                  string
	Asked, Chaser          string // roles: whom to ask, and who asks
}

// Fault is a check or a condition that stands in the way.
type Fault struct{ Code, Title, Fund string }

// Found is what the others found about a return.
type Found struct {
	Return, Period string
	Due            time.Time
	DaysLeft       int
	Standing       string
	Sealed         bool // and not submitted again
	Submitted      bool
	Drafted        bool
	Built          bool
	Files          []File
	Blocking       []Fault // checks that keep it in
	Unmet          []Fault // conditions that are not met
	Submitters     []string
	Approvers      []string
}

// Of is how a return stands.
func Of(f Found) Board {
	b := Board{Return: f.Return, Period: f.Period, Due: f.Due, DaysLeft: f.DaysLeft, Standing: f.Standing, Steps: []Step{}}
	if f.Sealed {
		return b
	}
	period := " --period " + f.Period
	for _, file := range f.Files {
		b.add(Step{What: "file", About: fmt.Sprintf("%s of %s for %s", file.Feed, file.Provider, file.Period), State: file.State, Due: file.Due,
			Who: fmt.Sprintf("%s asks the %s", file.Chaser, file.Asked), Command: "mojreturns chase" + period + " --provider " + file.Provider})
	}
	analyst, officer := either(f.Submitters, "performance analyst"), either(f.Approvers, "chief finance officer")
	if !f.Built {
		b.add(Step{What: "build", About: "nothing is published of what came", State: Waiting, Who: analyst, Command: "mojreturns run" + period})
	}
	for _, c := range distinct(f.Blocking) {
		b.add(Step{What: "check", About: c.Code + " " + c.Title, State: Blocked, Who: analyst, Command: "mojreturns check" + period})
	}
	for _, c := range distinct(f.Unmet) {
		b.add(Step{What: "condition", About: strings.TrimSpace(c.Code + " " + c.Title + ", " + c.Fund), State: Waiting, Who: officer,
			Command: "mojreturns conditions" + period + " --fund " + c.Fund + " --breaches"})
	}
	of := period + " --return " + f.Return
	switch {
	case f.Submitted:
	case !f.Drafted:
		b.add(Step{What: "draft", About: "no draft yet", State: Waiting, Who: analyst, Command: "mojreturns return draft" + of})
		fallthrough
	default:
		b.add(Step{What: "submission", About: "not submitted yet", State: Waiting, Who: analyst, Command: "mojreturns return submit" + of + " --by USER"})
	}
	b.add(Step{What: "approval", About: "not approved yet", State: Waiting, Who: officer, Command: "mojreturns return approve" + of + " --by USER"})
	return b
}

func (b *Board) add(s Step) { b.Steps = append(b.Steps, s) }

// distinct leaves out what was told before: a check finds many rows.
func distinct(list []Fault) (out []Fault) {
	for _, f := range list {
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}

func either(users []string, usual string) string {
	if len(users) == 0 {
		return usual
	}
	return strings.Join(users, " or ")
}
