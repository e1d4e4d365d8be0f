// Package pipeline is the flow on one page: what providers sent is landed,
// staged as text, built into a warehouse, checked, and written out as the
// return and the briefing. Only this package knows the order of the stages.
package pipeline

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/warehouse"
)

// Engine is part of every build's identity: it is raised when the same inputs
// and rules would give other figures. A golden-figures test holds it to that.
const Engine = 3

// Pipeline is a workspace with its rules. It is made once, by the command line,
// and read-only afterwards.
type Pipeline struct {
	Dir      string // the workspace
	Register register.Register
	Returns  []Return
	Users    []User
	// Disclosure says how small counts of people are guarded.
	Disclosure Disclosure
	Config     []byte // mojreturns.yaml as it is, for the seals
	Queries    fs.FS  // the embedded rules with the workspace's laid over them
	Templates  fs.FS
	Location   *time.Location // the time zone of business dates
	Settings   warehouse.Settings
	Now        func() time.Time
	Log        *slog.Logger
	Progress   Progress
	// AsAt, where given, leaves out what was received later. Nothing built under
	// it is published, drafted or recorded.
	AsAt time.Time

	contracts []contract.Contract
	lists     contract.Lists
	calendar  period.Calendar
	metrics   *metrics.Set
	personal  []personalRule
	// screenedBy is the digest of the rules of personal data.
	screenedBy string
	store      *landing.Store
	again      *again             // a seal made again; nil otherwise
	scratch    *warehouse.Scratch // where many files are landed: what they are looked into with; nil: one for each
}

// Progress is told of long work: what it is, and how far it is of how much.
type Progress func(work string, done, total int)

// Report tells the whole story of a run: what each stage did, in the order it
// was done, and where the outputs are.
type Report struct {
	Period   period.Period
	Started  time.Time
	Landed   []landing.Landed
	Build    BuildReport
	Findings []Finding
	Answers  []Answer
	Moved    []Move
	Drafts   []Output
	Briefing Output
	Seconds  float64
}

// Output is a file the run wrote.
type Output struct{ Title, Path string }

// Run is the main job: land the inbox, build, check, draft every return due
// for the period, and write its briefing. A failed run leaves the published
// warehouse as it was; running again completes it.
func (p *Pipeline) Run(ctx context.Context, at period.Period) (Report, error) {
	report := Report{Period: at, Started: p.Now()}
	err := p.steps(ctx, &report)
	report.Seconds = p.Now().Sub(report.Started).Seconds()
	if recordErr := p.record(report, err); err == nil {
		err = recordErr
	}
	return report, err
}

func (p *Pipeline) steps(ctx context.Context, r *Report) (err error) {
	if r.Landed, err = p.Land(ctx, nil, landing.Given{}); err != nil {
		return err
	}
	before, err := p.totals(ctx, r.Period)
	if err != nil {
		return err
	}
	if r.Build, err = p.Build(ctx); err != nil {
		return err
	}
	if r.Moved, err = p.moved(ctx, r.Period, before); err != nil {
		return err
	}
	if r.Findings, err = p.Check(ctx, r.Period); err != nil {
		return err
	}
	if r.Answers, err = p.Conditions(ctx, r.Period); err != nil {
		return err
	}
	if r.Drafts, err = p.Draft(ctx, r.Period); err != nil {
		return err
	}
	r.Briefing, err = p.Briefing(ctx, r.Period, "")
	return err
}

// Land takes in the files named, or everything in the inbox.
func (p *Pipeline) Land(ctx context.Context, files []string, given landing.Given) ([]landing.Landed, error) {
	return p.take(ctx, files, given, false)
}

// LandDry says what Land would do, and writes nothing.
func (p *Pipeline) LandDry(ctx context.Context, files []string, given landing.Given) ([]landing.Landed, error) {
	return p.take(ctx, files, given, true)
}

func (p *Pipeline) take(ctx context.Context, files []string, given landing.Given, dry bool) ([]landing.Landed, error) {
	files, err := p.candidates(files)
	if err != nil {
		return nil, err
	}
	with := *p
	with.scratch = &warehouse.Scratch{}
	q := &with
	screen := func(ctx context.Context, path string, r landing.Receipt) (landing.Screening, error) {
		if dry {
			return q.screenDry(ctx, path, r)
		}
		return q.screen(ctx, path, r)
	}
	landed, err := p.store.Land(ctx, landing.Request{Files: files, Given: given, Providers: p.Register.Providers, Screen: screen, Dry: dry})
	return landed, errors.Join(err, q.scratch.Close())
}

func (p *Pipeline) candidates(files []string) ([]string, error) {
	if len(files) > 0 {
		return files, nil
	}
	return landing.Inbox(filepath.Join(p.Dir, "inbox"))
}

// Store is the folder of everything the program keeps.
func (p *Pipeline) Store(parts ...string) string {
	return filepath.Join(append([]string{p.Dir, "store"}, parts...)...)
}
