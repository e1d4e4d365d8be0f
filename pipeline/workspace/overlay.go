package workspace

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mojreturns/queries"
	"mojreturns/templates"
)

// Rules are the program's queries and templates with a workspace's own laid over
// them; dir may be empty, for the program's alone.
func Rules(dir string) (fs.FS, fs.FS) {
	if dir == "" {
		return queries.Files, templates.Files
	}
	return layOver(filepath.Join(dir, "queries"), queries.Files), layOver(filepath.Join(dir, "templates"), templates.Files)
}

// overlay is the embedded rules with a workspace's own files laid over them by
// path, so that a local metric is one new file.
type overlay struct{ over, under fs.FS }

func layOver(dir string, under fs.FS) fs.FS {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		return under
	}
	return overlay{over: os.DirFS(filepath.Clean(dir)), under: under}
}

// Open finds a file in the workspace first.
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return o.under.Open(name)
	}
	return f, err
}

// ReadDir lists the files of both, the workspace's in place of the embedded.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	over, overErr := fs.ReadDir(o.over, name)
	under, underErr := fs.ReadDir(o.under, name)
	if overErr != nil && underErr != nil {
		return nil, underErr
	}
	for _, e := range under {
		if !slices.ContainsFunc(over, func(o fs.DirEntry) bool { return o.Name() == e.Name() }) {
			over = append(over, e)
		}
	}
	slices.SortFunc(over, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return over, nil
}
