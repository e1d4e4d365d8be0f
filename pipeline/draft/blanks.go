package draft

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// LintReturn holds a template's blank, by the template's name, or any workbook,
// by its file, against the accessibility checklist.
func LintReturn(ws *workspace.Workspace, nameOrFile string) ([]returns.LintItem, error) {
	if ext := filepath.Ext(nameOrFile); ext == ".xlsx" || ext == ".xlsm" {
		content, err := os.ReadFile(nameOrFile)
		if err != nil {
			return nil, err
		}
		words, err := fs.Sub(ws.Templates, "returns/moj-quarterly") // the words that were checked
		if err != nil {
			return nil, err
		}
		return returns.Lint(content, words)
	}
	files, err := fs.Sub(ws.Templates, path.Join("returns", nameOrFile))
	if err != nil {
		return nil, err
	}
	return returns.LintTemplate(files)
}

// Forms makes the form of each return anew whose form is our own and was made for other
// lists, funds or services than the office has now. It gives the folders made.
func Forms(ws *workspace.Workspace) (made []string, err error) {
	for _, r := range ws.Returns {
		form, err := ws.Form(r)
		if err != nil {
			return made, err
		}
		if ws.Unfit(r, form) == nil {
			continue
		}
		dir, err := ws.MakeForm(r)
		if err != nil {
			return made, fmt.Errorf("the form of the return %s cannot be made: %w", r.Name, err)
		}
		made = append(made, dir)
	}
	return made, nil
}

// NewBlank is a workbook newly issued, to be filled by the map of an old one.
type NewBlank struct {
	File                 string
	From                 string // the template whose map it continues
	Name, Title, Version string // of the new template; empty: as the old one's, with the file's name
}

// Adopt proposes a cell map for a new blank. It writes nothing.
func Adopt(ws *workspace.Workspace, b NewBlank) (returns.Adoption, error) {
	files, err := fs.Sub(ws.Templates, path.Join("returns", b.From))
	if err != nil {
		return returns.Adoption{}, err
	}
	content, err := os.ReadFile(b.File)
	if err != nil {
		return returns.Adoption{}, err
	}
	a, err := returns.Adopt(files, content)
	if err != nil {
		return returns.Adoption{}, fmt.Errorf("%q: %w", b.File, err)
	}
	return a, nil
}

// WriteAdopted writes the folder of the new template into the workspace, where
// there is none of its name.
func WriteAdopted(ws *workspace.Workspace, b NewBlank, a returns.Adoption) (string, error) {
	if !workspace.IsFolderName(b.Name) {
		return "", fmt.Errorf("%w: a template cannot be called %q: give it a --name of letters, digits, - . and _", workspace.ErrRefused, b.Name)
	}
	files, err := fs.Sub(ws.Templates, path.Join("returns", b.From))
	if err != nil {
		return "", err
	}
	d, err := returns.ReadDescription(files)
	if err != nil {
		return "", err
	}
	d.Name = b.Name
	if b.Title != "" {
		d.Title = b.Title
	}
	if b.Version != "" {
		d.Version = b.Version
	}
	made, err := a.Files(d)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(ws.Dir, "templates", "returns", b.Name)
	if workspace.Exists(dir) {
		return "", fmt.Errorf("%q is there already: choose another --name", dir)
	}
	for _, name := range slices.Sorted(maps.Keys(made)) {
		if err := workspace.WriteOnce(filepath.Join(dir, name), made[name]); err != nil {
			return "", err
		}
	}
	return dir, nil
}
