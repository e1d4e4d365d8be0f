package pipeline

import (
	"context"
	"errors"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

// Report tells the whole story of a run: what each stage did, in the order it
// was done, and where the outputs are.
type Report struct {
	Period   period.Period
	Started  time.Time
	Forms    []string // folders of the forms that were made anew for the office
	Landed   []landing.Landed
	Unread   []string // which sheets of the files that landed no feed reads
	Build    builds.Report
	Findings []published.Finding
	Answers  []published.Answer
	Moved    []published.Move
	Drafts   []draft.Output
	Briefing draft.Output
	Seconds  float64
}

// Run is the main job: make the forms fit the office, land the inbox, build, check, draft every return due
// for the period, and write its briefing. A failed run leaves the published
// warehouse as it was; running again completes it.
func Run(ctx context.Context, ws *workspace.Workspace, at period.Period) (Report, error) {
	report := Report{Period: at, Started: ws.Now()}
	err := steps(ctx, ws, &report)
	report.Seconds = ws.Now().Sub(report.Started).Seconds()
	if recordErr := record(ws, report, err); err == nil {
		err = recordErr
	}
	return report, err
}

func steps(ctx context.Context, ws *workspace.Workspace, r *Report) (err error) {
	if r.Forms, err = draft.Forms(ws); err != nil {
		return err
	}
	if r.Landed, err = intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
		return err
	}
	before, err := published.Headlined(ctx, ws, r.Period)
	if err != nil {
		return err
	}
	if r.Build, err = builds.Build(ctx, ws); err != nil {
		return err
	}
	if r.Unread, err = intake.Unread(ctx, ws, r.Landed); err != nil {
		return err
	}
	v, err := published.Open(ctx, ws, r.Period)
	if err != nil {
		return err
	}
	defer v.Close()
	if r.Moved, err = v.Moved(ctx, before); err != nil {
		return err
	}
	if r.Findings, err = gate.Findings(ctx, v); err != nil {
		return err
	}
	if r.Answers, err = v.Conditions(ctx); err != nil {
		return err
	}
	var refused error
	r.Drafts, refused = draft.Returns(ctx, v)
	r.Briefing, err = draft.Briefing(ctx, v, "")
	return errors.Join(refused, err)
}
