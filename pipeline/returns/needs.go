package returns

import (
	"fmt"
	"io/fs"
	"slices"
)

// Needs are the scopes and fields that the cells of a template show, by name.
type Needs struct{ Scopes, Fields map[string]Need }

// Need says for which cell first, and whether a return may leave it out.
type Need struct {
	Cell     string
	Optional bool
	Codes    []string // of the metrics that are shown in the scope, in order
}

// ReadNeeds reads the cell map of a template's folder, and nothing else of it.
func ReadNeeds(files fs.FS) (Needs, error) {
	f, err := files.Open(mapFile)
	if err != nil {
		return Needs{}, fmt.Errorf("cannot read the cell map of the return: %w", err)
	}
	defer f.Close()
	rows, err := ReadMap(f)
	return needsOf(rows), err
}

func needsOf(rows []Row) Needs {
	n := Needs{Scopes: map[string]Need{}, Fields: map[string]Need{}}
	add := func(to map[string]Need, name string, r Row, optional bool) {
		if known, ok := to[name]; !ok || known.Optional && !optional {
			to[name] = Need{Cell: r.place(), Optional: optional, Codes: known.Codes}
		}
	}
	for _, r := range rows {
		if r.Scope != "" {
			add(n.Scopes, r.scope(), r, r.optional())
		}
		if need := n.Scopes[r.scope()]; r.Kind == kindFigure && !slices.Contains(need.Codes, r.Code) {
			need.Codes = append(need.Codes, r.Code)
			n.Scopes[r.scope()] = need
		}
		for _, name := range r.fieldNames() {
			if !builtIn[name] {
				add(n.Fields, name, r, false)
			}
		}
	}
	return n
}
