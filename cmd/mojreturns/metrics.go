package main

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"

	"mojreturns/pipeline/backup"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/web"
	"mojreturns/pipeline/workspace"
)

// metrics are what a monitor watches: how the machine does, by codes of the configuration
// and by counts of files and runs. No figure of a return is among them.
func (s *site) metrics(ctx context.Context) ([]web.Metric, error) {
	status, err := s.Status(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	out := []web.Metric{{Name: "mojreturns_info", Help: "The engine and the DuckDB of this program.", Kind: "gauge",
		Samples: []web.Sample{{Labels: map[string]string{"engine": strconv.Itoa(workspace.Engine), "duckdb": warehouse.Version}, Value: 1}}}}
	if b := status.Published; b != nil {
		out = append(out, web.One("mojreturns_build_number", "The number of the published build.", float64(b.Number)),
			web.One("mojreturns_build_age_seconds", "How old the published build is.", now.Sub(b.BuiltAt).Seconds()))
	}
	late := 0
	for _, e := range status.Expected {
		if e.State == landing.Late {
			late++
		}
	}
	out = append(out, web.One("mojreturns_deliveries_late", "Files that should have come and have not.", float64(late)))
	left := web.Metric{Name: "mojreturns_return_days_left", Help: "Working days until a return is due; below zero after it. Sealed ones are left out.", Kind: "gauge"}
	missing := web.Metric{Name: "mojreturns_return_missing", Help: "Things that a return lacks before it can be sent, by what they are.", Kind: "gauge"}
	for _, b := range status.Boards {
		if len(b.Steps) == 0 {
			continue
		}
		labels := map[string]string{"return": b.Return, "period": b.Period}
		left.Samples = append(left.Samples, web.Sample{Labels: labels, Value: float64(b.DaysLeft)})
		counts := map[string]float64{}
		for _, step := range b.Steps {
			counts[step.What]++
		}
		for _, what := range []string{"file", "build", "check", "condition", "draft", "submission", "approval"} {
			missing.Samples = append(missing.Samples, web.Sample{Labels: map[string]string{"return": b.Return, "period": b.Period, "what": what}, Value: counts[what]})
		}
	}
	out = append(out, left, missing)
	out = append(out, s.runsMeasured()...)
	return s.othersMeasured(out)
}

// runsMeasured are the runs of the schedule, by entry.
func (s *site) runsMeasured() []web.Metric {
	runs := web.Metric{Name: "mojreturns_job_runs_total", Help: "Times that an entry of the schedule was due, by what became of them.", Kind: "counter"}
	success := web.Metric{Name: "mojreturns_job_last_success_timestamp_seconds", Help: "When an entry of the schedule was last done.", Kind: "gauge"}
	duration := web.Metric{Name: "mojreturns_job_last_duration_seconds", Help: "How long an entry of the schedule last took.", Kind: "gauge"}
	type counted struct{ entry, job, outcome string }
	counts := map[counted]float64{}
	var order []counted
	last := map[string]schedule.Record{}
	for _, r := range slices.Backward(s.ledger.Recent(1 << 30)) { // oldest first
		if r.Outcome == schedule.Started {
			continue // it may become anything
		}
		c := counted{r.Name, r.Job, string(r.Outcome)}
		if counts[c] == 0 {
			order = append(order, c)
		}
		counts[c]++
		if r.Outcome == schedule.Done {
			last[r.Name] = r
		}
	}
	for _, c := range order {
		runs.Samples = append(runs.Samples, web.Sample{Labels: map[string]string{"entry": c.entry, "job": c.job, "outcome": c.outcome}, Value: counts[c]})
	}
	for _, e := range s.ws.Schedule {
		if r, done := last[e.Name]; done {
			labels := map[string]string{"entry": e.Name, "job": e.Job}
			success.Samples = append(success.Samples, web.Sample{Labels: labels, Value: float64(r.Finished.Unix())})
			duration.Samples = append(duration.Samples, web.Sample{Labels: labels, Value: r.Finished.Sub(r.Started).Seconds()})
		}
	}
	return []web.Metric{runs, success, duration}
}

// othersMeasured are the backup and the notices.
func (s *site) othersMeasured(out []web.Metric) ([]web.Metric, error) {
	noted, err := backup.Noted(s.ws)
	if err != nil {
		return nil, err
	}
	for _, r := range slices.Backward(noted) {
		if r.Proved && r.OK {
			out = append(out, web.One("mojreturns_backup_verified_timestamp_seconds", "When a backup was last proved.", float64(r.At.Unix())))
			break
		}
	}
	o, err := openOutbox(s.ws)
	if err != nil {
		return nil, err
	}
	return append(out, web.One("mojreturns_notices_waiting", "Messages that could not be sent yet.", float64(len(o.Waiting())))), nil
}

// lacks says what keeps the office from being served.
func (s *site) lacks(context.Context) (out []string) {
	if _, found, err := warehouse.Latest(s.ws.BuildDir()); err != nil || !found {
		out = append(out, "nothing is published yet")
	}
	probe := s.ws.Path("ready.partial")
	if err := errors.Join(os.WriteFile(probe, nil, 0o660), os.Remove(probe)); err != nil {
		out = append(out, "the store cannot be written")
	}
	return out
}

// scheduledRuns are what the schedule did that a run does not tell of itself, for the page.
func scheduledRuns(ws *workspace.Workspace, ledger *schedule.Ledger) (out []web.Run) {
	for _, r := range ledger.Recent(lastRuns) {
		if r.Job == "run" && r.Outcome == schedule.Done {
			continue // it has a record of its own
		}
		began, seconds := r.Due, 0.0
		if !r.Started.IsZero() {
			began = r.Started
		}
		if !r.Finished.IsZero() {
			seconds = r.Finished.Sub(r.Started).Seconds()
		}
		out = append(out, web.Run{Job: r.Name + ": " + r.Job, Started: began, Seconds: seconds, Outcome: string(r.Outcome), Message: ws.Masked(r.Message)})
	}
	return out
}
