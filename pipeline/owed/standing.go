package owed

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/backup"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/notice"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/readiness"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

const (
	refusedFor  = 14 * 24 * time.Hour // how long a refused file stands
	unprovedFor = 8 * 24 * time.Hour  // how long a backup may go unproved
)

// within are how many working days before its day a return is told of.
var within = []int{1, 5, 10, 20}

// Standing lists what stands against the returns of the quarter that ended last and of
// the newest that something came for, and against the office's machine. ledger may be nil.
func Standing(ctx context.Context, ws *workspace.Workspace, ledger *schedule.Ledger) (out []notice.Event, err error) {
	newest, err := typed.LatestPeriod(ctx, ws)
	if err != nil {
		return nil, err
	}
	quarters := []period.Period{newest}
	if last := period.LastQuarter(ws.Today()); last.Label != newest.Label {
		quarters = append(quarters, last)
	}
	for _, at := range quarters {
		for _, part := range []func(context.Context, *workspace.Workspace, period.Period) ([]notice.Event, error){lateFiles, owed} {
			found, err := part(ctx, ws, at)
			if err != nil {
				return nil, err
			}
			out = append(out, found...)
		}
	}
	for _, part := range []func() ([]notice.Event, error){
		func() ([]notice.Event, error) { return against(ctx, ws, newest) },
		func() ([]notice.Event, error) { return refused(ws) },
		func() ([]notice.Event, error) { return unproved(ws) },
	} {
		found, err := part()
		if err != nil {
			return nil, err
		}
		out = append(out, found...)
	}
	return append(out, runs(ws, ledger)...), nil
}

func lateFiles(ctx context.Context, ws *workspace.Workspace, at period.Period) (out []notice.Event, err error) {
	expected, err := published.Expected(ctx, ws, at)
	for _, e := range expected {
		if e.Status == landing.Late {
			out = append(out, notice.Event{Kind: notice.Late, Provider: e.Provider, Feed: e.Feed, Period: e.Period, On: e.Due})
		}
	}
	return out, err
}

// owed are the returns that are due soon, were due, or wait for approval.
func owed(_ context.Context, ws *workspace.Workspace, at period.Period) (out []notice.Event, err error) {
	due, err := Returns(ws, at)
	for _, d := range due {
		e := notice.Event{Return: notice.Plain(d.Name), Period: d.Period, On: d.Due}
		if d.Status == "submitted" || strings.HasSuffix(d.Status, "submitted again") {
			out = append(out, notice.Event{Kind: notice.Waiting, Return: notice.Plain(d.Name), Period: d.Period})
		}
		if strings.HasPrefix(d.Status, "sealed") {
			continue
		}
		if d.Late > 0 {
			e.Kind = notice.Overdue
			out = append(out, e)
			continue
		}
		left := ws.Calendar.WorkingDays(ws.Today(), d.Due)
		if i := slices.IndexFunc(within, func(n int) bool { return left <= n }); i >= 0 {
			e.Kind, e.Step = notice.Due, fmt.Sprintf("%d working days", within[i])
			out = append(out, e)
		}
	}
	return out, err
}

// against are the conditions not met and the checks that keep a return in.
func against(ctx context.Context, ws *workspace.Workspace, at period.Period) (out []notice.Event, err error) {
	var found readiness.Found
	if err := inTheWay(ctx, ws, at, &found); err != nil {
		return nil, err
	}
	for _, c := range found.Unmet {
		out = append(out, notice.Event{Kind: notice.Unmet, Code: c.Code, Fund: c.Fund, Period: at.Label})
	}
	for _, c := range found.Blocking {
		if e := (notice.Event{Kind: notice.Blocked, Code: c.Code, Period: at.Label}); !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out, nil
}

func refused(ws *workspace.Workspace) (out []notice.Event, err error) {
	list, err := ws.Landing.Refusals()
	for _, r := range list {
		if ws.Now().Sub(r.At) < refusedFor {
			at := r.At.In(ws.Location)
			out = append(out, notice.Event{Kind: notice.Refused, Code: r.SHA256[:8], On: time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, time.UTC)})
		}
	}
	return out, err
}

func unproved(ws *workspace.Workspace) ([]notice.Event, error) {
	if ws.Backup.To == "" {
		return nil, nil
	}
	noted, err := backup.Noted(ws)
	for _, r := range noted {
		if r.Proved && r.OK && ws.Now().Sub(r.At) < unprovedFor {
			return nil, err
		}
	}
	return []notice.Event{{Kind: notice.Unproved}}, err
}

// runs are the entries of the schedule of which the last time failed or was missed.
func runs(ws *workspace.Workspace, ledger *schedule.Ledger) (out []notice.Event) {
	if ledger == nil {
		return nil
	}
	last := ledger.Last()
	for _, e := range ws.Schedule {
		switch last[e.Name].Outcome {
		case schedule.Failed:
			if e.Job != workspace.NoticesJob { // what cannot be sent waits, and says so elsewhere
				out = append(out, notice.Event{Kind: notice.Failed, Job: notice.Plain(e.Name)})
			}
		case schedule.Missed, schedule.Interrupted, schedule.Dropped:
			out = append(out, notice.Event{Kind: notice.Missed, Job: notice.Plain(e.Name)})
		}
	}
	return out
}
