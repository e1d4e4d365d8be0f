package pipeline

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/workspace"
)

// record keeps what a run did, whether or not it succeeded.
func record(ws *workspace.Workspace, r Report, failed error) error {
	if ws.Past != nil {
		return nil
	}
	rec := archive.RunRecord{Job: "run", Period: r.Period.Label, Started: r.Started.UTC(), Seconds: r.Seconds, Outcome: "done", Build: r.Build.Published.Build, Files: len(r.Build.Files)}
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
	return workspace.WriteFile(ws.Path("runs", name), append(text, '\n'))
}
