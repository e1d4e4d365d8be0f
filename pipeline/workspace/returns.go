package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/strict"
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
		return Return{}, mistake("no return is configured; add one under `returns`")
	}
	var names []string
	for _, r := range ws.Returns {
		names = append(names, r.Name)
	}
	return Return{}, mistake("no return is called %q in the configuration; %s", name, strict.Instead(name, names))
}

// Marking is how what the office writes is protected on paper: as its first return is.
// It is empty where that return, or its template, says nothing.
func (ws *Workspace) Marking() string {
	r, err := ws.Return("")
	if err != nil {
		return ""
	}
	files, err := ws.Template(r)
	if err != nil {
		return ""
	}
	d, err := returns.ReadDescription(files)
	if err != nil {
		return "" // told where the return is made
	}
	return d.Marking
}

// ErrRefused is wrapped by what a sign-off rule refuses: somebody who may not, a
// check that fails, figures that have changed since they were submitted.
var ErrRefused = errors.New("refused")

// Refused is an error that wraps ErrRefused and says why.
func Refused(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrRefused, fmt.Sprintf(format, args...))
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

// nameForm keeps a name to what folders can be called everywhere, and deviceForm is
// what Windows takes for a device, whatever ending it has.
var (
	nameForm   = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9_-])?$`)
	deviceForm = regexp.MustCompile(`(?i)^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)
)

// IsFolderName tells whether a folder may be called so by a name that came from outside:
// it leads nowhere else, and Windows can make it.
func IsFolderName(name string) bool {
	return nameForm.MatchString(name) && !deviceForm.MatchString(name)
}

// checkReturns tells what of the returns cannot be, each held against its template.
func (ws *Workspace) checkReturns(at strict.Place) {
	for i, r := range ws.Returns {
		one := at.Nth(i)
		switch {
		case !IsFolderName(r.Name):
			one.In("name").Wrong("return %d: the name is %q; give it one of letters, digits, - . and _, which its folders are called by",
				i+1, r.Name)
		case slices.ContainsFunc(ws.Returns[:i], func(o Return) bool { return strings.EqualFold(o.Name, r.Name) }):
			one.In("name").Wrong("return %q: the name is used twice; give each return its own", r.Name)
		}
		if r.Due.Days < 0 {
			one.In("due").In("days").Wrong("return %q: due is %d days after the period's end; it cannot be before", r.Name, r.Due.Days)
		}
		for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
			if scope := r.Scopes[name]; !ws.HasScope(scope) {
				one.In("scopes").In(name).Wrong("return %q: the scope %s is %q, which is not in the registers; %s",
					r.Name, name, scope, strict.Instead(scope, ws.Register.Scopes()))
			}
		}
		ws.checkTemplate(r, one)
	}
}

// HasTemplate says which templates of returns there are, where one is not.
func (ws *Workspace) HasTemplate(name string) error {
	folders, err := fs.ReadDir(ws.Templates, "returns")
	if err != nil {
		return err
	}
	var templates []string
	for _, f := range folders {
		templates = append(templates, f.Name())
	}
	if !slices.Contains(templates, name) {
		return mistake("there is no template %q in templates/returns; %s", name, strict.Instead(name, templates))
	}
	return nil
}

// checkTemplate tells whether a return gives what its template's cell map needs, and
// nothing that no cell shows.
func (ws *Workspace) checkTemplate(r Return, at strict.Place) {
	if err := ws.HasTemplate(r.Template); err != nil {
		at.In("template").Wrong("return %q: %v", r.Name, err)
		return
	}
	files, err := ws.Template(r)
	if err != nil {
		at.In("template").Wrong("return %q: %v", r.Name, err)
		return
	}
	needs, err := returns.ReadNeeds(files)
	if err != nil {
		at.In("template").Wrong("return %q: the template %q cannot be used: %v", r.Name, r.Template, err)
		return
	}
	if unknown := ws.unknown(needs); len(unknown) > 0 {
		at.In("template").Wrong("return %q: the cell map of the template %q is not one of these rules:\n%s", r.Name, r.Template, strings.Join(unknown, "\n"))
	}
	for _, name := range slices.Sorted(maps.Keys(r.Scopes)) {
		if none := ws.withoutFigures(r.Scopes[name], needs.Scopes[name].Codes); len(none) > 0 && ws.HasScope(r.Scopes[name]) {
			at.In("scopes").In(name).Wrong("return %q: the template shows %s of %s, and %q has no such figure: money is of one fund that is claimed, never added over funds",
				r.Name, strings.Join(none, ", "), name, r.Scopes[name])
		}
	}
	for _, part := range []struct {
		key   string
		given map[string]string
		needs map[string]returns.Need
	}{{"scopes", r.Scopes, needs.Scopes}, {"fields", r.Fields, needs.Fields}} {
		for _, name := range slices.Sorted(maps.Keys(part.needs)) {
			if _, given := part.given[name]; !given && !part.needs[name].Optional && !moreOf(files, name, part.given) {
				at.In(part.key).Wrong("return %q: it has no %q under %s, which %s needs", r.Name, name, part.key, part.needs[name].Cell)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(part.given)) {
			if _, shown := part.needs[name]; !shown && !moreOf(files, name, part.needs) {
				at.In(part.key).In(name).WrongKey("return %q: no cell of the template %q shows %q of %s; %s",
					r.Name, r.Template, name, part.key, strict.Instead(name, slices.Sorted(maps.Keys(part.needs))))
			}
		}
	}
}

// unknown tells which cells of a map show what no rule in force gives.
func (ws *Workspace) unknown(needs returns.Needs) []string {
	conditions, err := fs.Glob(ws.Queries, "conditions/*.sql")
	if ws.Metrics == nil || err != nil {
		return nil // told where the rules are read
	}
	return needs.Unknown(returns.Known{
		Metric: func(code, dimension string) bool {
			m, ok := ws.Metrics.Metric(code)
			return ok && (dimension == "" || slices.ContainsFunc(m.By, func(b metrics.Breakdown) bool { return b.String() == dimension }))
		},
		Condition: func(code string) bool {
			return slices.ContainsFunc(conditions, func(file string) bool { return strings.HasPrefix(path.Base(file), code+"_") })
		},
		Column: func(code string) bool {
			feed, column, _ := strings.Cut(code, ".")
			c, known := ws.Contract(feed)
			_, has := c.Column(column)
			return known && has
		},
	})
}

// withoutFigures are those of some metrics that have no figure in a scope of its kind.
func (ws *Workspace) withoutFigures(scope string, codes []string) []string {
	if ws.Metrics == nil {
		return nil
	}
	kind, name, _ := strings.Cut(scope, ":")
	claimed := kind == "fund" && !slices.ContainsFunc(ws.Register.Funds, func(f register.Fund) bool { return f.Code == name && f.Match })
	return slices.DeleteFunc(slices.Clone(codes), func(code string) bool {
		m, known := ws.Metrics.Metric(code)
		return !known || slices.Contains(m.Scopes, kind) || claimed && slices.Contains(m.Scopes, "claimed")
	})
}
