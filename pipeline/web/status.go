// Package web shows, and decides nothing: how the store stands, to the people who look
// after it, and to analysts the returns, figures and conditions, every figure down to the
// row its sender wrote, tables, and answers to their questions. All of it works without
// script; each page is also a file, by an ending behind its address. What a page shows is
// what a command of the program gives.
//
// The workbench is opened by a key that the program prints when it starts, since other
// people may be signed in to the same machine. It shows unguarded counts, so every look is
// recorded before it is shown (store/audit). The status page shows none and needs no key
// (2026-11-28).
package web

import (
	"context"
	"time"

	"mojreturns/pipeline/readiness"
)

// Source tells how things stand now. Whoever serves the page supplies it.
type Source interface {
	Status(context.Context) (Status, error)
}

// Status is what the page and /status.json show. Lists are shown in the order given.
type Status struct {
	// Office is the name of the grant recipient.
	Office string `json:"office"`
	// Unsettled tells that the configuration was changed and has mistakes, so that the one
	// of before is in force.
	Unsettled bool `json:"unsettled"`
	// Published is the build that readers see; nil before the first.
	Published *Build `json:"published"`
	// Runs are the last runs, newest first.
	Runs []Run `json:"runs"`
	// Expected are the deliveries awaited and received.
	Expected []Expected `json:"expected"`
	// Boards say what each return lacks before it can be sent.
	Boards []readiness.Board `json:"returns"`
	// Planned are the next runs of the schedule, soonest first.
	Planned []Planned `json:"planned"`
}

// Build is a published warehouse.
type Build struct {
	Number  int       `json:"number"`
	ID      string    `json:"id"`
	BuiltAt time.Time `json:"built_at"`
	// Rows are the rows accepted, Deliveries the deliveries that are current.
	Rows       int64 `json:"rows"`
	Deliveries int64 `json:"deliveries"`
}

// Run is something the program did.
type Run struct {
	Job     string    `json:"job"`
	Started time.Time `json:"started"`
	Seconds float64   `json:"seconds"`
	// Outcome is a word such as done or failed; Message says more.
	Outcome string `json:"outcome"`
	Message string `json:"message,omitempty"`
}

// Expected is a delivery a provider owes for a period.
type Expected struct {
	Provider string `json:"provider"`
	Feed     string `json:"feed"`
	Period   string `json:"period"`
	// Due is a date.
	Due time.Time `json:"due"`
	// State is a word such as received, awaited or late.
	State string `json:"state"`
	// Received is the zero time until something is.
	Received time.Time `json:"received,omitzero"`
}

// Planned is a run of the schedule still to come.
type Planned struct {
	Name string    `json:"name"`
	Job  string    `json:"job"`
	Due  time.Time `json:"due"`
}
