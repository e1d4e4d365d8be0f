// Package workspace is one office: its configuration, its rules and registers and
// its store, opened and checked once.
package workspace

import (
	"io/fs"
	"log/slog"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/personal"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/warehouse"
)

// Engine is part of every build's identity: it is raised when the same inputs
// and rules would give other figures. A golden-figures test holds it to that.
const Engine = 4

// Workspace is one office: its configuration and its rules, read and checked once,
// and its store. It is read-only afterwards.
type Workspace struct {
	Dir      string // the workspace
	Register register.Register
	Returns  []Return
	Users    []User
	// Disclosure says how small counts of people are guarded.
	Disclosure Disclosure
	Config     map[string][]byte // mojreturns.yaml and the providers' files as they are, for the seals
	Queries    fs.FS             // the embedded rules with the workspace's laid over them
	Templates  fs.FS
	Location   *time.Location // the time zone of business dates
	Settings   warehouse.Settings
	// Desk is what this process asks of what is published; nil opens it at each asking.
	Desk     *warehouse.Desk
	Now      func() time.Time
	Log      *slog.Logger
	Progress Progress // may be nil
	By       string   // the user who gave the command, if it says who; told of a change of keys
	Schedule []schedule.Entry
	Backup   Backup
	Notices  Notices
	// Past is the moment looked at; nil is now.
	Past *Past

	Contracts []contract.Contract
	Lists     contract.Lists
	Calendar  period.Calendar
	Metrics   *metrics.Set
	Personal  []personal.Rule
	Safe      personal.Safe // which values of files may be repeated to people
	// ScreenedBy is the digest of the rules of personal data and of what may be repeated.
	ScreenedBy string
	Landing    *landing.Store
	Scratch    *warehouse.Scratch // where many files are landed: what they are looked into with; nil: one for each
	// written is the configuration as it was read.
	written *config
}

// Progress is told of long work: what it is, and how far it is of how much.
type Progress func(work string, done, total int)
