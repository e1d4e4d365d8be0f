package briefing

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/narrative"
)

// Conditions stands in a Shown for what the funding conditions say.
const Conditions = "conditions"

// Shown is what a question of the briefing says that it shows: a metric's total, or a
// breakdown of it. Scope is money or activity, of the first return, or all funds or
// services; Periods are of this (the briefing's own), to-date, quarters (those of the year
// that are over by its end) and quarters-to-date (the year to the end of each of them). At
// is the file and line that say so.
type Shown struct {
	Code, Dimension, Scope string
	Category               string // the one of the breakdown that is shown; empty: all
	Periods                []string
	At                     string
}

var shownForm = regexp.MustCompile(`^([A-Za-z0-9, ]+?)(?: by ([a-z_ ]+?)(?: = ([A-Za-z0-9 +<>-]+?))?)? of (money|activity|funds|services) in ([a-z\-, ]+)$`)

// periodWords are the periods that a question can show.
var periodWords = []string{"this", "to-date", "quarters", "quarters-to-date"}

// parseShown reads a header such as "R01, R02 by source of activity in this, to-date", or
// of one category "R01 by source = POL of activity in this". At
// is where in it a mistake stands, in bytes from 0.
func parseShown(text string) (out []Shown, at int, err error) {
	m := shownForm.FindStringSubmatchIndex(text)
	if m == nil {
		return nil, 0, fmt.Errorf("%q does not say what is shown, of what and when, as \"R01, R02 by source of activity in this, to-date\" does", text)
	}
	part := func(i int) string {
		if m[2*i] < 0 {
			return ""
		}
		return text[m[2*i]:m[2*i+1]]
	}
	periods := listed(part(5))
	for _, p := range periods {
		if !slices.Contains(periodWords, p) {
			return nil, m[10] + strings.Index(part(5), p), fmt.Errorf("%q is not a period that a question shows; there are %s", p, strings.Join(periodWords, ", "))
		}
	}
	for _, code := range listed(part(1)) {
		out = append(out, Shown{Code: code, Dimension: part(2), Category: part(3), Scope: part(4), Periods: periods})
	}
	return out, 0, nil
}

// listed are the words of a list with commas.
func listed(list string) []string {
	return slices.DeleteFunc(strings.Split(strings.ReplaceAll(list, " ", ""), ","), func(w string) bool { return w == "" })
}

var quotedCode = regexp.MustCompile(`'([A-Z]+[0-9]+[A-Z]*)(?:'|\[)`)

// Declared is all that the questions of a pack may show, by their headers. What is not
// declared is not there when they are asked: a question that names a metric, as isMetric
// tells, and does not declare it is told of.
func Declared(queries fs.FS, pack narrative.Pack, isMetric func(code string) bool) ([]Shown, error) {
	found, err := load(queries)
	if err != nil {
		return nil, err
	}
	var out []Shown
	var errs []error
	for _, name := range needed(pack) {
		q := found[name]
		out = append(out, q.shows...)
		told := map[string]bool{}
		for _, m := range quotedCode.FindAllStringSubmatch(q.sql, -1) {
			declared := slices.ContainsFunc(q.shows, func(s Shown) bool { return s.Code == m[1] })
			if isMetric(m[1]) && !declared && !told[m[1]] {
				told[m[1]] = true
				errs = append(errs, fmt.Errorf("%s: it names %s and does not say that it shows it, so it would find none: add it to a line such as -- shows: %s of activity in this", q.file, m[1], m[1]))
			}
		}
	}
	return out, errors.Join(errs...)
}
