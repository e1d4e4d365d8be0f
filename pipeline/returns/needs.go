package returns

import (
	"fmt"
	"io/fs"
	"slices"
)

// Needs are the scopes and fields that the cells of a template show, by name.
type Needs struct {
	Scopes, Fields map[string]Need
	rows           []Row
}

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
	n := Needs{Scopes: map[string]Need{}, Fields: map[string]Need{}, rows: rows}
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

// What the quality of a whole return says beside that of columns.
const (
	Duplicates  = "duplicates"   // rows that look like another
	LateChanges = "late_changes" // figures of earlier quarters printed otherwise
)

// Known tells what cells can show: a metric, by a breakdown where that is not empty, a
// funding condition, and a column of a feed, such as referrals.sex_code.
type Known struct {
	Metric            func(code, dimension string) bool
	Condition, Column func(code string) bool
}

// Unknown says which cells show a figure that no metric gives, a condition or the
// quality of a column that is not there; all of them.
func (n Needs) Unknown(known Known) []string {
	var out []string
	for _, r := range n.rows {
		switch {
		case r.Kind == kindFigure && !known.Metric(r.Code, r.Dimension):
			by := ""
			if r.Dimension != "" {
				by = " by " + r.Dimension
			}
			out = append(out, fmt.Sprintf("%s: %s shows %s%s, which no metric gives", mapFile, r.place(), r.Code, by))
		case r.Kind == kindCondition && !known.Condition(r.Code):
			out = append(out, fmt.Sprintf("%s: %s shows %s, and there is no such condition", mapFile, r.place(), r.Code))
		case r.Kind == kindQuality && r.Code != Duplicates && r.Code != LateChanges && !known.Column(r.Code):
			out = append(out, fmt.Sprintf("%s: %s is about %s, and no feed has such a column", mapFile, r.place(), r.Code))
		}
	}
	return out
}
