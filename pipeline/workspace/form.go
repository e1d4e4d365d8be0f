package workspace

import (
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
)

// FormDir is the folder, of the templates, of a return's form: its template's, or the one
// that was made of that for the office.
func (ws *Workspace) FormDir(r Return) string {
	made := path.Join("made", r.Name)
	if _, err := fs.Stat(ws.Templates, made); err == nil && !ws.putIn(r) {
		return made
	}
	return path.Join("returns", r.Template)
}

// putIn tells whether somebody put a blank or its map into the workspace, as the ministry
// issued it.
func (ws *Workspace) putIn(r Return) bool {
	return slices.ContainsFunc([]string{"blank.xlsx", "blank.xlsm", "map.csv"}, func(file string) bool {
		return Exists(filepath.Join(ws.Dir, "templates", "returns", r.Template, file))
	})
}

// Template is the folder of a return's blank, cell map and description.
func (ws *Workspace) Template(r Return) (fs.FS, error) {
	return fs.Sub(ws.Templates, ws.FormDir(r))
}

// Form is a return's blank with its cell map, opened.
func (ws *Workspace) Form(r Return) (returns.Template, error) {
	files, err := ws.Template(r)
	if err != nil {
		return returns.Template{}, err
	}
	return returns.Open(files)
}

// Office is what a form of our own is made for: the workspace's lists, and the funds
// and services that a return binds.
func (ws *Workspace) Office(r Return) returns.Office {
	o := returns.Office{Lists: ws.Queries, Scopes: map[string]returns.Bound{}}
	for name, scope := range r.Scopes {
		words := ws.ScopeName(scope)
		bound := returns.Bound{Name: strings.ToUpper(words[:1]) + words[1:]}
		code, fund := strings.CutPrefix(scope, "fund:")
		if i := slices.IndexFunc(ws.Register.Funds, func(f register.Fund) bool { return fund && f.Code == code }); i >= 0 {
			bound.Lines = ws.Register.Funds[i].BudgetLines
		}
		o.Scopes[name] = bound
	}
	return o
}

// Unfit says why a form of our own is not for this office; nil where it is. What somebody
// put into the workspace is theirs, and what is sealed was made for the lists of its day.
func (ws *Workspace) Unfit(r Return, form returns.Template) error {
	if ws.Past != nil || ws.putIn(r) {
		return nil
	}
	return form.Fits(ws.Office(r))
}

// MakeForm makes the form of a return for this office's lists, funds and services from
// its template's description, into templates/made, in place of one that was made before.
// It gives the folder.
func (ws *Workspace) MakeForm(r Return) (string, error) {
	if ws.putIn(r) {
		return "", mistake("the blank or map of %s lies in the workspace's templates/returns, so it is not made here; take it away, or leave the return as it is", r.Template)
	}
	files, err := fs.Sub(ws.Templates, path.Join("returns", r.Template))
	if err != nil {
		return "", err
	}
	made, err := returns.MakeAgain(files, ws.Office(r))
	if err != nil {
		return "", mistake("%w", err)
	}
	dir := filepath.Join(ws.Dir, "templates", "made", r.Name)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		if err := WriteFile(filepath.Join(dir, name), made[name]); err != nil {
			return "", err
		}
	}
	_, ws.Templates = Rules(ws.Dir)
	return dir, nil
}

// moreOf tells whether a scope is more of one that a form of our own can be made to show
// for each: money_2 of money. Whether it was is for the gate to say.
func moreOf[T any](form fs.FS, name string, others map[string]T) bool {
	base := returns.Base(name)
	if _, known := others[base]; !known || base == name {
		return false
	}
	d, err := returns.ReadDescription(form)
	return err == nil && len(d.Sheets) > 0
}
