// Package notice tells people what stands against a return: one digest at a time, by
// e-mail and to a web address, each thing once when it begins and once when it ends.
//
// A notice leaves the office, so it is made of Events, which have no place for a figure,
// a row, a file's name or a person: whoever reads it looks at the pages of the office.
// What is told is written to an outbox before it is sent, so that nothing is lost by a
// kill; at worst a message comes twice, with the same Message-ID.
//
// Mail is sent by wneessen/go-mail, which is kept; a web address is called by net/http.
package notice

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Kind is what a notice is about.
type Kind string

// The kinds.
const (
	Late     Kind = "late"     // an extract has not come
	Refused  Kind = "refused"  // a file could not be taken in
	Failed   Kind = "failed"   // a run of the schedule failed
	Missed   Kind = "missed"   // a run of the schedule was missed
	Due      Kind = "due"      // a return is due in so many working days
	Overdue  Kind = "overdue"  // a return was due
	Waiting  Kind = "waiting"  // a return waits to be approved
	Unmet    Kind = "unmet"    // a funding condition is not met
	Blocked  Kind = "blocked"  // a check keeps a return in
	Unproved Kind = "unproved" // no backup was proved for a while
)

// Event is something that stands. It is made of codes and dates alone.
type Event struct {
	Kind     Kind   `json:"kind"`
	Provider string `json:"provider,omitempty"` // its code
	Feed     string `json:"feed,omitempty"`
	Return   string `json:"return,omitempty"` // its name
	Period   string `json:"period,omitempty"` // its label
	Fund     string `json:"fund,omitempty"`   // its code
	Code     string `json:"code,omitempty"`   // of a condition or a check; of a file the first digits of its hash
	Job      string `json:"job,omitempty"`    // the name of the schedule's entry
	// On is the date it is due, or was.
	On time.Time `json:"on,omitzero"`
	// Step is told again when it changes: of a return due, within how many working days.
	Step string `json:"step,omitempty"`
}

// Key names an event, whatever its step.
func (e Event) Key() string {
	return strings.Join([]string{string(e.Kind), e.Provider, e.Feed, e.Return, e.Period, e.Fund, e.Code, e.Job, day(e.On)}, "|")
}

func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// ends tells whether the end of an event is told: a file that was refused stays so, and is
// told of no more after a while.
func (e Event) ends() bool { return e.Kind != Refused }

// plain is what a code may look like: nothing that is written freely leaves.
var plain = regexp.MustCompile(`^[\pL\pN ._:-]{0,60}$`)

// check refuses an event that has more in it than codes.
func (e Event) check() error {
	for _, text := range []string{string(e.Kind), e.Provider, e.Feed, e.Return, e.Period, e.Fund, e.Code, e.Job, e.Step} {
		if !plain.MatchString(text) {
			return fmt.Errorf("a notice of kind %q has something in it that is no code, and is not sent", e.Kind)
		}
	}
	return nil
}

// Plain is a name that the office chose, of a return or of an entry of the schedule, as a
// code may look.
func Plain(name string) string {
	out := []rune{}
	for _, r := range name {
		if len(out) == 60 {
			break
		}
		if !plain.MatchString(string(r)) {
			r = '_'
		}
		out = append(out, r)
	}
	return string(out)
}

// sorted puts events in one order, whatever order they were found in.
func sorted(list []Event) []Event {
	slices.SortFunc(list, func(a, b Event) int { return strings.Compare(a.Key(), b.Key()) })
	return list
}

// Message is one digest.
type Message struct {
	ID    string    `json:"id"` // the same however often it is sent
	At    time.Time `json:"at"` // UTC
	Begun []Event   `json:"begun,omitempty"`
	Ended []Event   `json:"ended,omitempty"`
}
