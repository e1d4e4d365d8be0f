package archive

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/workspace"
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

// runName is what the file of a run's record is called.
var runName = regexp.MustCompile(`-run\.json$`)

// Runs lists the runs kept, newest first, at most limit of them (0 for all).
func Runs(ws *workspace.Workspace, limit int) ([]RunRecord, error) {
	files, err := filesIn(ws.Path("runs"), runName)
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

// NewestRun names the newest run kept, empty before the first: another name is another
// list of runs.
func NewestRun(ws *workspace.Workspace) (string, error) {
	files, err := filesIn(ws.Path("runs"), runName)
	if err != nil || len(files) == 0 {
		return "", err
	}
	return slices.Max(files), nil
}
