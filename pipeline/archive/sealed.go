// Package archive is what the office has decided and given out: submissions,
// sealed returns, released briefings and the records of runs. It reads and
// writes them, and decides nothing.
package archive

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/lists"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// The files of a seal.
const (
	WorkbookName   = "return" // .xlsx or .xlsm
	FiguresFile    = "figures.csv"
	DeliveriesFile = "deliveries.csv"
	AboutFile      = "about.json"
	ReleasedFile   = "released.csv"   // what the workbook printed
	CommentaryFile = "commentary.csv" // what people wrote
	TemplateDir    = "template"
	RulesDir       = "rules"
)

// About is what a seal says of itself, in about.json: enough to make every
// figure in it again.
type About struct {
	Return      string               `json:"return"`
	Period      string               `json:"period"`
	Version     int                  `json:"version"`
	Status      string               `json:"status"` // final or revised
	Submission  Submission           `json:"submission"`
	Declaration Declaration          `json:"declaration"`
	Answers     []Waiver             `json:"answers,omitempty"` // to what the declaration contradicts
	By          string               `json:"by"`
	At          time.Time            `json:"at"`
	Records     int                  `json:"records"`  // the last record of landing that was known
	Releases    []string             `json:"releases"` // what had been released in the financial year, by name
	Disclosure  workspace.Disclosure `json:"disclosure"`
	Freeze      time.Time            `json:"freeze"`
	TimeZone    string               `json:"time_zone"`
	Settings    workspace.Return     `json:"settings"`
	Register    register.Register    `json:"register"`
	Versions    map[string]string    `json:"versions"`
	// Journal is the journal's head of before it; empty where it was the first line, which
	// is written, since an earlier program sealed without.
	Journal string `json:"journal"`
}

// Sealed is one sealed version of a return.
type Sealed struct {
	Dir    string
	About  About
	Digest string
	Signed bool
}

// Name is the seal's, as people know it.
func (s Sealed) Name() string {
	return fmt.Sprintf("return %s for %s, version %d", s.About.Return, s.About.Period, s.About.Version)
}

// SealedFile is the path of a sealed version's workbook.
func SealedFile(s Sealed) string {
	return filepath.Join(s.Dir, WorkbookName+returns.Ending(os.DirFS(filepath.Join(s.Dir, TemplateDir))))
}

// Newest is the last of the seals that printed a quarter, or nil.
func Newest(sealed []Sealed, quarter period.Period) (*Sealed, error) {
	for i := range slices.Backward(sealed) {
		then, err := period.Parse(sealed[i].About.Period)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", sealed[i].Dir, err)
		}
		if then.Quarter() >= quarter.Quarter() {
			return &sealed[i], nil
		}
	}
	return nil, nil
}

// Seals lists the sealed versions of a return for a period, in order.
func Seals(ws *workspace.Workspace, name string, at period.Period) ([]Sealed, error) {
	r, err := ws.Return(name)
	if err != nil {
		return nil, err
	}
	return readSeals(ReturnDir(ws, r, at), r.Name, at.Label)
}

// readSeals reads the sealed versions of a return for a period, in order.
func readSeals(dir, name, label string) ([]Sealed, error) {
	folders, err := seal.Folders(dir, "v")
	if err != nil {
		return nil, err
	}
	var out []Sealed
	for _, f := range folders {
		s, err := readSealed(f)
		if err != nil {
			return nil, err
		}
		if a := s.About; a.Return != name || a.Period != label || a.Version != f.Number {
			return nil, fmt.Errorf("%w: %q says that it is %s; it was moved or renamed: put it back where it was sealed", seal.ErrBroken, f.Dir, s.Name())
		}
		out = append(out, s)
	}
	return out, nil
}

func readSealed(f seal.Folder) (Sealed, error) {
	dir := f.Dir
	s := Sealed{Dir: dir, Digest: f.Digest}
	text, err := os.ReadFile(filepath.Join(dir, AboutFile))
	if err != nil {
		return s, fmt.Errorf("%w: %w", seal.ErrBroken, err)
	}
	if err := json.Unmarshal(text, &s.About); err != nil {
		return s, fmt.Errorf("%w: %s in %q cannot be read: %w", seal.ErrBroken, AboutFile, dir, err)
	}
	signature, err := seal.ReadSignature(dir)
	s.Signed = signature != nil
	return s, err
}

// Version finds a sealed version by number; 0 is the newest.
func Version(ws *workspace.Workspace, name string, at period.Period, number int) (Sealed, error) {
	all, err := Seals(ws, name, at)
	if err != nil {
		return Sealed{}, err
	}
	if len(all) == 0 {
		return Sealed{}, fmt.Errorf("no return for %s has been sealed", at.Label)
	}
	for _, s := range all {
		if s.About.Version == number {
			return s, nil
		}
	}
	if number != 0 {
		return Sealed{}, fmt.Errorf("the return for %s has no version %d; it has %d", at.Label, number, len(all))
	}
	return all[len(all)-1], nil
}

// Gone says which of the files a seal rests on are no longer kept.
func Gone(ws *workspace.Workspace, s Sealed) (string, error) {
	list, err := lists.Open(os.DirFS(s.Dir), DeliveriesFile, "file", "sha256", "current")
	if err != nil {
		return "", fmt.Errorf("%w: %w", seal.ErrBroken, err)
	}
	var lost []string
	for _, row := range list.Rows {
		sha := row.Get("sha256")
		if row.Get("current") == "true" && !workspace.Exists(ws.Landing.Path(sha)) {
			lost = append(lost, fmt.Sprintf("%s (%s)", row.Get("file"), sha[:min(8, len(sha))]))
		}
	}
	if len(lost) == 0 {
		return "", nil
	}
	slices.Sort(lost)
	withdrawals, err := ws.Landing.Withdrawals()
	if err != nil {
		return "", err
	}
	for _, w := range withdrawals {
		if w.Erased {
			for i := range lost {
				if strings.HasSuffix(lost[i], "("+w.SHA256[:8]+")") {
					lost[i] += ", erased on " + w.At.In(ws.Location).Format("2 January 2006")
				}
			}
		}
	}
	return "what it was made from is no longer kept: " + strings.Join(slices.Compact(lost), ", "), nil
}
