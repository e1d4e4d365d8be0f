package owed

import (
	"context"
	"slices"
	"strings"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/gate"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/readiness"
	"mojreturns/pipeline/workspace"
)

// Boards say of every return of a period what is missing before it can be sent.
func Boards(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]readiness.Board, error) {
	due, err := Returns(ws, at)
	if err != nil {
		return nil, err
	}
	found := readiness.Found{}
	if found.Files, err = awaited(ctx, ws, at); err != nil {
		return nil, err
	}
	if err := inTheWay(ctx, ws, at, &found); err != nil {
		return nil, err
	}
	for _, u := range ws.Users {
		if slices.Contains(u.May, "submit") {
			found.Submitters = append(found.Submitters, u.Name)
		}
		if slices.Contains(u.May, "approve") {
			found.Approvers = append(found.Approvers, u.Name)
		}
	}
	out := []readiness.Board{}
	for _, d := range due {
		f := found
		f.Return, f.Period, f.Due, f.Standing = d.Name, d.Period, d.Due, d.Status
		f.DaysLeft = ws.Calendar.WorkingDays(ws.Today(), d.Due)
		again := strings.HasSuffix(d.Status, "submitted again")
		f.Sealed, f.Submitted, f.Drafted = strings.HasPrefix(d.Status, "sealed") && !again, d.Status == "submitted" || again, d.File != ""
		out = append(out, readiness.Of(f))
	}
	return out, nil
}

// awaited are the files that have not come, or of which nothing counts.
func awaited(ctx context.Context, ws *workspace.Workspace, at period.Period) (out []readiness.File, err error) {
	expected, err := published.Expected(ctx, ws, at)
	for _, e := range expected {
		f := readiness.File{Provider: e.Provider, Feed: e.Feed, Period: e.Period, Due: e.Due}
		switch e.Status {
		case landing.Received:
			continue
		case landing.Late:
			f.State = readiness.Late
		case landing.Rejected:
			f.State = readiness.Blocked
		default:
			f.State = readiness.Expected
		}
		if p, known := ws.Register.Provider(e.Provider); known {
			f.Asked, f.Chaser = p.Addressee(), p.Chaser()
		}
		out = append(out, f)
	}
	return out, err
}

// inTheWay are the checks that keep the period's returns in, and the conditions not met.
func inTheWay(ctx context.Context, ws *workspace.Workspace, at period.Period, f *readiness.Found) (err error) {
	if _, f.Built, err = builds.Latest(ctx, ws); err != nil || !f.Built {
		return err
	}
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		return err
	}
	defer v.Close()
	findings, err := gate.Findings(ctx, v)
	if err != nil {
		return err
	}
	for _, found := range findings {
		if found.Severity == "error" {
			f.Blocking = append(f.Blocking, readiness.Fault{Code: found.Code, Title: found.Title})
		}
	}
	answers, err := v.Conditions(ctx)
	for _, a := range answers {
		if a.Status == "not met" {
			f.Unmet = append(f.Unmet, readiness.Fault{Code: a.Code, Title: a.Title, Fund: a.Fund})
		}
	}
	return err
}
