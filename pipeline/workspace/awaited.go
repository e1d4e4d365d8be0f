package workspace

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Awaited says what a right configuration still lacks before a return can be made and
// signed. None of it is a mistake: an office is taken on step by step.
func (ws *Workspace) Awaited() (out []string) {
	if len(ws.Returns) == 0 {
		out = append(out, "a return, under returns: without one nothing is drafted")
	}
	submit, approve := ws.who("submit"), ws.who("approve")
	switch {
	case len(submit) == 0 && len(approve) == 0:
		out = append(out, "those who sign, under users: one who may submit, and another who may approve")
	case len(submit) == 0:
		out = append(out, "one who may submit, under users")
	case len(approve) == 0:
		out = append(out, "one who may approve, under users")
	case len(submit) == 1 && slices.Equal(submit, approve):
		out = append(out, fmt.Sprintf("a second user who may submit or approve: %q may do both, but nobody approves what they submitted", submit[0]))
	}
	if !ws.ownCouncils() && !ws.areaListed() {
		out = append(out, fmt.Sprintf("the councils of the area %q, which is no police force area that the program knows: until they stand in %s (code,label,population_2021), "+
			"those of another area are printed and accepted", ws.Register.Area.Code, filepath.Join(ws.Dir, "queries", filepath.FromSlash(Councils))))
	}
	return out
}

// who are the users who may do something.
func (ws *Workspace) who(may string) (names []string) {
	for _, u := range ws.Users {
		if slices.Contains(u.May, may) {
			names = append(names, u.Name)
		}
	}
	slices.Sort(names)
	return names
}

// ownCouncils tells whether the office lays its own list of councils over the program's.
func (ws *Workspace) ownCouncils() bool {
	return Exists(filepath.Join(ws.Dir, "queries", filepath.FromSlash(Councils)))
}

// areaListed tells whether reference/area.csv has the councils of the office's area.
func (ws *Workspace) areaListed() bool {
	return slices.ContainsFunc(ws.Lists["area"], func(row map[string]string) bool {
		return strings.EqualFold(row["area"], ws.Register.Area.Code)
	})
}
