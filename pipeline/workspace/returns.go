package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// CommentaryPath is where people write a return's comments for a period.
func (ws *Workspace) CommentaryPath(r Return, at period.Period) string {
	return filepath.Join(ws.Dir, "commentary", r.Name, at.Label+".csv")
}

// Commentary is the file of comments as it is; nil where nobody wrote any.
func (ws *Workspace) Commentary(r Return, at period.Period) ([]byte, error) {
	if known := ws.again(); known != nil {
		return known.Commentary, nil
	}
	text, err := os.ReadFile(ws.CommentaryPath(r, at))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// Return finds a configured return by name; empty is the first configured.
func (ws *Workspace) Return(name string) (Return, error) {
	for _, r := range ws.Returns {
		if name == "" || r.Name == name {
			return r, nil
		}
	}
	if name == "" {
		return Return{}, errors.New("no return is configured; add one under `returns`")
	}
	return Return{}, fmt.Errorf("no return is called %q in the configuration", name)
}

// Template is the folder of a return's blank, cell map and description.
func (ws *Workspace) Template(r Return) (fs.FS, error) {
	return fs.Sub(ws.Templates, path.Join("returns", r.Template))
}

// Form is a return's blank with its cell map, opened.
func (ws *Workspace) Form(r Return) (returns.Template, error) {
	files, err := ws.Template(r)
	if err != nil {
		return returns.Template{}, err
	}
	return returns.Open(files)
}

// Disclosure is how the office guards small counts of people.
type Disclosure struct {
	Threshold int  `yaml:"threshold" json:"threshold"` // the smallest count shown, zero apart; 0 means 5
	Delegates bool `yaml:"delegates" json:"delegates"` // whether the return guards people who were trained too, as the briefing does
	// Ministry may switch it off for the return, with a reason that is sealed with
	// it. The briefing is always guarded.
	Ministry struct {
		Off    bool   `yaml:"off" json:"off"`
		Reason string `yaml:"reason" json:"reason"`
	} `yaml:"ministry" json:"ministry"`
}

const usualThreshold = 5 // domain.md section 7.1: counts of 1 to 4 are hidden

// Smallest is the smallest count of people that may be shown, zero apart.
func (d Disclosure) Smallest() int {
	if d.Threshold == 0 {
		return usualThreshold
	}
	return d.Threshold
}

// ErrRefused is wrapped by what a sign-off rule refuses: somebody who may not, a
// check that fails, figures that have changed since they were submitted.
var ErrRefused = errors.New("refused")

// Refused is an error that wraps ErrRefused and says why.
func Refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
}

// User is somebody who signs, by role and never by name.
type User struct {
	Name string   `yaml:"name"` // such as performance-analyst
	May  []string `yaml:"may"`  // submit, approve
	Key  string   `yaml:"key"`  // their public ed25519 key; empty: signing is recorded, not authenticated
}

// User finds the user called name who may do something: submit or approve.
func (ws *Workspace) User(name, may string) (User, error) {
	var names []string
	for _, u := range ws.Users {
		if u.Name == name {
			if !slices.Contains(u.May, may) {
				return User{}, Refused("%q may not %s returns; the configuration gives the right under users", name, may)
			}
			return u, nil
		}
		if slices.Contains(u.May, may) {
			names = append(names, u.Name)
		}
	}
	return User{}, Refused("no user is called %q; those who may %s are: %s", name, may, strings.Join(names, ", "))
}

// Due says when a return is owed: days after the period's end; a date that is
// not a working day moves earlier.
type Due struct {
	Days int `yaml:"days" json:"days"`
}

// Return is one return the office makes.
type Return struct {
	Name     string            `yaml:"name"`
	Template string            `yaml:"template"`
	Scopes   map[string]string `yaml:"scopes"` // the names a cell map uses, such as money
	Fields   map[string]string `yaml:"fields"` // what the cover says
	Due      Due               `yaml:"due"`
}

// Ending is that of a return's workbooks: .xlsx, or .xlsm where its blank has macros.
func (ws *Workspace) Ending(r Return) string {
	if files, err := ws.Template(r); err == nil {
		return returns.Ending(files)
	}
	return ".xlsx"
}

// WorkbookEnding is the ending of the names of a return's workbooks (empty: of
// the first configured).
func (ws *Workspace) WorkbookEnding(name string) (string, error) {
	r, err := ws.Return(name)
	return ws.Ending(r), err
}
