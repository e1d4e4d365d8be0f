package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// Submission pins what is put before the one who signs: a build and its figures.
type Submission struct {
	Return  string `json:"return"`
	Period  string `json:"period"`
	Number  int    `json:"number"`
	Build   string `json:"build"`
	Figures string `json:"figures"` // SHA-256 of the figures of the period's year
	// Commentary is the SHA-256 of what people wrote; empty where they wrote nothing.
	Commentary string `json:"commentary,omitempty"`
	// Workbook is the SHA-256 of the return as it would be sealed, but for the
	// declaration.
	Workbook  string          `json:"workbook,omitempty"`
	By        string          `json:"by"`
	At        time.Time       `json:"at"`
	Waived    []Waiver        `json:"waived,omitempty"`
	Signature *seal.Signature `json:"signature,omitempty"`
}

// Digest is the SHA-256 of all that the submission says, but for its signature: what
// the one who submits signs.
func (s Submission) Digest() string {
	s.Signature = nil
	text, _ := json.Marshal(s) // texts, numbers and times always marshal
	return seal.Digest(text)
}

// Lines are the journal's of a submission or of a seal or release with waivers: what
// was done first.
func Lines(done journal.Kind, by string, waived []Waiver) []journal.Entry {
	lines := []journal.Entry{{Kind: done, By: by}}
	for _, w := range waived {
		text, _ := json.Marshal(w) // texts always marshal
		lines = append(lines, journal.Entry{Kind: journal.Waived, By: w.By, Says: w.Check, Digest: seal.Digest(text)})
	}
	return lines
}

// Waiver lets a return through although a check fails, with a name and a reason.
type Waiver struct {
	Check  string `json:"check"`
	Reason string `json:"reason"`
	By     string `json:"by"`
}

// Declaration is what the chief finance officer declares.
type Declaration struct {
	Name       string `json:"name"` // as it is to stand on the return
	Role       string `json:"role"`
	InLine     string `json:"in_line"`  // Y or N: spend is in line with the conditions
	Notified   string `json:"notified"` // Y, N or NA: an underspend was notified
	NotifiedOn string `json:"notified_on,omitempty"`
	Date       string `json:"date"`
}

// Submissions lists those of a return for a period, in order.
func Submissions(ws *workspace.Workspace, r workspace.Return, at period.Period) ([]Submission, error) {
	return readSubmissions(ReturnDir(ws, r, at))
}

func readSubmissions(dir string) ([]Submission, error) {
	files, err := filesIn(dir, submissionName)
	if err != nil {
		return nil, err
	}
	var out []Submission
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var s Submission
		if err := json.Unmarshal(text, &s); err != nil {
			return nil, fmt.Errorf("the submission %q cannot be read; restore it from a backup: %w", file, err)
		}
		out = append(out, s)
	}
	return out, nil
}

// SubmissionName is what the file of a submission is called.
func SubmissionName(number int) string { return fmt.Sprintf("submission-%03d.json", number) }

// submissionName is what a submission's file is called.
var submissionName = regexp.MustCompile(`^submission-[0-9]{3,}\.json$`)

// filesIn lists the files of a folder whose names are so, in order; none where it is
// not there.
func filesIn(dir string, named *regexp.Regexp) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && named.MatchString(e.Name()) {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, err
}

// ReturnDir is where a return's submissions and sealed versions are kept.
func ReturnDir(ws *workspace.Workspace, r workspace.Return, at period.Period) string {
	return ws.Path("returns", r.Name, at.Label)
}
