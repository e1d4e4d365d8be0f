package pipeline

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// RunRecord is what is kept of a run, in store/runs/, one file for each. It
// holds counts and outcomes, never a row.
type RunRecord struct {
	Job      string    `json:"job"`
	Period   string    `json:"period"`
	Started  time.Time `json:"started"`
	Seconds  float64   `json:"seconds"`
	Outcome  string    `json:"outcome"` // done, nothing new, or failed
	Message  string    `json:"message,omitempty"`
	Build    string    `json:"build,omitempty"`
	Files    int       `json:"files"`
	Rows     int64     `json:"rows"`
	Accepted int64     `json:"accepted"`
	Rejected int64     `json:"rejected"`
	Outputs  []string  `json:"outputs,omitempty"`
}

// record keeps what a run did, whether or not it succeeded.
func (p *Pipeline) record(r Report, failed error) error {
	if !p.AsAt.IsZero() {
		return nil
	}
	rec := RunRecord{Job: "run", Period: r.Period.Label, Started: r.Started.UTC(), Seconds: r.Seconds, Outcome: "done", Build: r.Build.Published.Build, Files: len(r.Build.Files)}
	if r.Build.Unchanged {
		rec.Outcome = "nothing new"
	}
	if failed != nil {
		rec.Outcome, rec.Message = "failed", failed.Error()
	}
	for _, f := range r.Build.Files {
		rec.Rows += f.Rows
		rec.Accepted += f.Accepted
		rec.Rejected += f.Rejected
	}
	for _, o := range append(slices.Clone(r.Drafts), r.Briefing) {
		if o.Path != "" {
			rec.Outputs = append(rec.Outputs, filepath.Base(o.Path))
		}
	}
	text, err := json.MarshalIndent(rec, "", "  ")
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s-%s.json", rec.Started.Format("20060102T150405.000000000"), rec.Job)
	return writeFile(p.Store("runs", name), append(text, '\n'))
}

// Runs lists the runs kept, newest first, at most limit of them (0 for all).
func (p *Pipeline) Runs(limit int) ([]RunRecord, error) {
	files, err := filepath.Glob(p.Store("runs", "*-run.json"))
	if err != nil {
		return nil, err
	}
	slices.SortFunc(files, func(a, b string) int { return strings.Compare(b, a) })
	if limit > 0 && len(files) > limit {
		files = files[:limit]
	}
	var out []RunRecord
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var r RunRecord
		if err := json.Unmarshal(text, &r); err != nil {
			return nil, fmt.Errorf("the run record %q cannot be read: %w", file, err)
		}
		out = append(out, r)
	}
	return out, nil
}

// writeFile writes a file whole: to a name of its own first, so that a reader
// or a power cut never meets half of it. A file held open elsewhere is left
// as it is, and the error says so.
func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o770); err != nil {
		return err
	}
	temp := path + ".partial"
	if err := os.WriteFile(temp, content, 0o660); err != nil {
		return err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		os.Remove(temp)
		return fmt.Errorf("cannot replace %q: is it open in another program? Close it and run again: %w", path, err)
	}
	return os.Rename(temp, path)
}
