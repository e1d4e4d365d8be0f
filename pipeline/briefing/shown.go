package briefing

import (
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Conditions stands in a Shown for what the funding conditions say.
const Conditions = "conditions"

// Shown is what a question of the briefing says that it shows: a metric's total, or a
// breakdown of it. Scope is money or activity, of the first return, or all funds or
// services; Periods are of this (the briefing's own),
// to-date and quarters (those of the year that are over by its end). At is the file and
// line that say so.
type Shown struct {
	Code, Dimension, Scope string
	Periods                []string
	At                     string
}

var shownForm = regexp.MustCompile(`^([A-Za-z0-9, ]+?)(?: by ([a-z_ ]+?))? of (money|activity|funds|services) in ([a-z\-, ]+)$`)

// parseShown reads a header such as "R01, R02 by source of activity in this, to-date".
func parseShown(text string) ([]Shown, error) {
	m := shownForm.FindStringSubmatch(text)
	if m == nil {
		return nil, fmt.Errorf("%q does not say what is shown, of what and when, as \"R01, R02 by source of activity in this, to-date\" does", text)
	}
	periods := words(m[4])
	for _, p := range periods {
		if !slices.Contains([]string{"this", "to-date", "quarters"}, p) {
			return nil, fmt.Errorf("%q is not a period that a question shows; there are this, to-date and quarters", p)
		}
	}
	var out []Shown
	for _, code := range words(m[1]) {
		out = append(out, Shown{Code: code, Dimension: m[2], Scope: m[3], Periods: periods})
	}
	return out, nil
}

// words are those of a list with commas.
func words(list string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(list, " ", ""), ","), func(w string) bool { return w == "" })
}

// Declared is all that the briefing may show, by the headers of its questions. What is
// not declared is not there for them when they are asked.
func Declared(queries fs.FS) ([]Shown, error) {
	found, err := load(queries)
	if err != nil {
		return nil, err
	}
	var out []Shown
	for _, name := range slices.Sorted(maps.Keys(found)) {
		out = append(out, found[name].shows...)
	}
	return out, nil
}
