// Package metrics reads metric files, computes their figures and traces a
// figure back to its rows.
//
// A metric is the set of rows that count: a SELECT, headed by strict comment
// lines that say how to count the rows, when a row falls in a period and what
// to break the count down by. The engine does the grouping for scopes and
// periods, so the file that gives the figure also gives, with a WHERE, the rows
// behind it. One idea makes it fast: every period is a run of whole months, so
// the months of a row's dates decide every period it falls in, and rows are
// gathered by month before they meet a period.
package metrics

import (
	"errors"
	"fmt"
	"io/fs"
	"mojreturns/pipeline/figure"
	"path"
	"slices"
	"sort"
	"strings"
)

// Metric is one metric file.
type Metric struct {
	Code, Name, Title string
	Count             Count
	When              When
	By                []Breakdown
	Scopes            []string // of all, fund, service, provider, claimed
	Protect           string   // victims, delegates or none: what disclosure control guards
	NoTotal           bool     // adding the categories means nothing
	Needs             []string // views: where a scope has no row of one, the figure is not available
	Prefer            string   // expression: which of a person's rows gives the category, before the latest
	Unit, Note        string
	SQL               string // the rows; empty for a formula
	File              string
}

// Breakdown is one dimension, or several crossed.
type Breakdown []string

// String is the breakdown as figures name it: risk_tool x risk_level.
func (b Breakdown) String() string { return strings.Join(b, " x ") }

// Set is every metric, condition and check of a workspace, in the order they
// are computed: formulas after their parts.
type Set struct {
	Metrics    []Metric
	Conditions []Condition
	Checks     []Check
	dimensions []dimension
}

// Load reads metrics/, conditions/, checks/ and reference/dimension.csv of a
// queries folder. Every mistake in every file is reported, with file and line.
func Load(queries fs.FS) (*Set, error) {
	s := &Set{}
	var errs []error
	var err error
	if s.dimensions, err = loadDimensions(queries); err != nil {
		errs = append(errs, err)
	}
	s.Metrics, err = loadDir(queries, "metrics", parseMetric)
	errs = append(errs, err)
	s.Conditions, err = loadDir(queries, "conditions", parseCondition)
	errs = append(errs, err)
	s.Checks, err = loadDir(queries, "checks", parseCheck)
	errs = append(errs, err)
	errs = append(errs, s.duplicates()...)
	errs = append(errs, s.ratesHaveLists()...)
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if s.Metrics, err = inOrder(s.Metrics); err != nil {
		return nil, err
	}
	return s, nil
}

func loadDir[T any](queries fs.FS, dir string, parse func(file, text string) (T, error)) ([]T, error) {
	files, err := fs.Glob(queries, path.Join(dir, "*.sql"))
	if err != nil {
		return nil, err
	}
	sort.Strings(files)
	var out []T
	var errs []error
	for _, file := range files {
		text, err := fs.ReadFile(queries, file)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		item, err := parse(file, strings.ReplaceAll(string(text), "\r\n", "\n"))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		out = append(out, item)
	}
	return out, errors.Join(errs...)
}

func (s *Set) duplicates() []error {
	var errs []error
	seen := map[string]string{}
	claim := func(code, file string) {
		if other, ok := seen[code]; ok {
			errs = append(errs, fmt.Errorf("%s: code %q is already used by %s; every code is given once", file, code, other))
		}
		seen[code] = file
	}
	for _, m := range s.Metrics {
		claim(m.Code, m.File)
	}
	for _, c := range s.Conditions {
		claim(c.Code, c.File)
		if m, ok := s.Metric(c.Tells); c.Tells != "" && (!ok || m.Count.Kind != Share || m.When.Kind != In) {
			errs = append(errs, fmt.Errorf("%s: tells %q, which must be a metric that counts a share of the rows in a period", c.File, c.Tells))
		}
	}
	for _, c := range s.Checks {
		claim(c.Code, c.File)
	}
	return errs
}

// Metric finds a metric by its code.
func (s *Set) Metric(code string) (Metric, bool) {
	for _, m := range s.Metrics {
		if m.Code == code {
			return m, true
		}
	}
	return Metric{}, false
}

// Adds says whether what a metric counts adds up over the categories of a
// breakdown: rows, people and sums do, and what is counted of a share, mean or
// rate; quantiles do not, and a formula only where it is a sum of such.
func (s *Set) Adds(m Metric) bool {
	if m.Count.Kind == Formula {
		return s.isSum(m.Count.Formula, s.Adds)
	}
	return m.Count.Counts() || m.Count.Kind.Ratio()
}

// AddsOverTime says whether what a metric counts in a period is the sum of what
// it counts in the period's parts: each row falls in one, and people are not told apart.
func (s *Set) AddsOverTime(m Metric) bool {
	if m.Count.Kind == Formula {
		return s.isSum(m.Count.Formula, s.AddsOverTime)
	}
	return s.Adds(m) && m.When.Kind == In && m.Count.Kind != Distinct
}

// isSum says whether a formula only adds and subtracts counts that add up.
func (s *Set) isSum(n *Node, adds func(Metric) bool) bool {
	if n.Part != nil {
		m, _ := s.Metric(n.Part.Code)
		return n.Part.Dimension == "" && (m.Count.Counts() || m.Count.Kind == Formula) && adds(m)
	}
	return (n.Op == '+' || n.Op == '-') && s.isSum(n.Left, adds) && s.isSum(n.Right, adds)
}

// With lists the named metrics and every part they are made of, in the order
// they are computed; no codes means all of them.
func (s *Set) With(codes []string) ([]Metric, error) {
	if len(codes) == 0 {
		return s.Metrics, nil
	}
	want := map[string]bool{}
	var add func(code string) error
	add = func(code string) error {
		m, ok := s.Metric(code)
		if !ok {
			return figure.NotThere("no metric has the code %q; `metrics` without a code lists them all", code)
		}
		want[code] = true
		for _, part := range m.Count.Formula.Parts() {
			if err := add(part.Code); err != nil {
				return err
			}
		}
		return nil
	}
	for _, code := range codes {
		if err := add(code); err != nil {
			return nil, err
		}
	}
	var out []Metric
	for _, m := range s.Metrics {
		if want[m.Code] {
			out = append(out, m)
		}
	}
	return out, nil
}

// inOrder sorts metrics by code, formulas after their parts, and gives each
// formula the scopes all its parts have.
func inOrder(metrics []Metric) ([]Metric, error) {
	slices.SortFunc(metrics, func(a, b Metric) int { return strings.Compare(a.Code, b.Code) })
	byCode := map[string]Metric{}
	for _, m := range metrics {
		byCode[m.Code] = m
	}
	var out []Metric
	state := map[string]int{} // 1 being placed, 2 placed
	var place func(m Metric) error
	place = func(m Metric) error {
		switch state[m.Code] {
		case 1:
			return fmt.Errorf("%s: formula %s is part of itself", m.File, m.Code)
		case 2:
			return nil
		}
		state[m.Code] = 1
		for _, part := range m.Count.Formula.Parts() {
			p, ok := byCode[part.Code]
			if !ok {
				return fmt.Errorf("%s: formula %s needs %q, which no file defines", m.File, m.Code, part.Code)
			}
			if err := place(p); err != nil {
				return err
			}
			p = byCode[part.Code]
			if err := fits(m, part, p); err != nil {
				return err
			}
			m.Scopes = common(m.Scopes, p.Scopes)
		}
		if len(m.Scopes) == 0 {
			return fmt.Errorf("%s: the parts of formula %s have no scope in common", m.File, m.Code)
		}
		byCode[m.Code] = m
		state[m.Code] = 2
		out = append(out, m)
		return nil
	}
	for _, m := range metrics {
		if err := place(m); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// fits says whether a formula's part has the breakdowns the formula asks of it.
func fits(m Metric, part Part, p Metric) error {
	has := func(by string) bool {
		return slices.ContainsFunc(p.By, func(b Breakdown) bool { return b.String() == by })
	}
	if part.Dimension != "" && !has(part.Dimension) {
		return fmt.Errorf("%s: %s is not broken down by %q, so formula %s cannot narrow it", m.File, p.Code, part.Dimension, m.Code)
	}
	for _, by := range m.By {
		if part.Dimension == "" && !has(by.String()) {
			return fmt.Errorf("%s: formula %s is by %q but its part %s is not", m.File, m.Code, by, p.Code)
		}
	}
	return nil
}

// common keeps the scope kinds both have; of fund and claimed the narrower wins.
func common(a, b []string) []string {
	var out []string
	for _, kind := range a {
		switch {
		case slices.Contains(b, kind):
			out = append(out, kind)
		case kind == "fund" && slices.Contains(b, "claimed"), kind == "claimed" && slices.Contains(b, "fund"):
			out = append(out, "claimed")
		}
	}
	return out
}
