package extract

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
)

// TotalRow is a row that the file's own totals stand in, by header position.
type TotalRow struct {
	Row    int64    `json:"row"`
	Line   int64    `json:"line"`
	Values []string `json:"values"`
}

// fate is what becomes of a row.
type fate int

const (
	kept fate = iota
	leftOut
	total
)

// picker decides the fate of rows by the rules of the options.
type picker struct {
	skip, totals, end []rule
	ended             bool
}

// rule is a row rule whose column is found; column -1 is the first cell that holds anything.
type rule struct {
	column  int
	pattern *regexp.Regexp
}

// newPicker finds the rules' columns in a header; nil if there are no rules.
func newPicker(o Options, header []string) (*picker, error) {
	if len(o.Skip)+len(o.Totals)+len(o.End) == 0 {
		return nil, nil
	}
	p := &picker{}
	for _, set := range []struct {
		from []RowRule
		to   *[]rule
	}{{o.Skip, &p.skip}, {o.Totals, &p.totals}, {o.End, &p.end}} {
		for _, r := range set.from {
			column := columnNamed(r.Columns, header)
			if column < -1 {
				return nil, refuse("the header has no column %s, by which the provider's mapping leaves out rows: name the column as agreed, or change the mapping", `"`+strings.Join(r.Columns, `" or "`)+`"`)
			}
			expression, err := pattern(r.Pattern)
			if err != nil {
				return nil, err
			}
			*set.to = append(*set.to, rule{column, expression})
		}
	}
	return p, nil
}

// Picked gives what finds the cells of a row, by their places from 0, by which the
// options leave it out of the table with this header.
func Picked(o Options, header []string) (func(values [][]byte) []int, error) {
	p, err := newPicker(o, header)
	if err != nil || p == nil {
		return func([][]byte) []int { return nil }, err
	}
	all := slices.Concat(p.skip, p.totals, p.end)
	return func(values [][]byte) (places []int) {
		for _, r := range all {
			if at := r.at(values); r.pattern.Match(bytes.TrimSpace(r.cell(values))) && !slices.Contains(places, at) {
				places = append(places, at)
			}
		}
		return places
	}, nil
}

// columnNamed finds the first of the names that the header has: -1 where none
// is asked for, -2 where none is there.
func columnNamed(names, header []string) int {
	if len(names) == 0 {
		return -1
	}
	for _, name := range names {
		at := slices.IndexFunc(header, func(h string) bool { return plain(h) == plain(name) || strings.TrimSpace(h) == name })
		if at >= 0 {
			return at
		}
	}
	return -2
}

func (p *picker) fate(values [][]byte) fate {
	p.ended = p.ended || meets(p.end, values)
	switch {
	case meets(p.totals, values):
		return total
	case p.ended || meets(p.skip, values):
		return leftOut
	}
	return kept
}

func meets(rules []rule, values [][]byte) bool {
	for _, r := range rules {
		if r.pattern.Match(bytes.TrimSpace(r.cell(values))) {
			return true
		}
	}
	return false
}

func (r rule) cell(values [][]byte) []byte {
	if at := r.at(values); at >= 0 && at < len(values) {
		return values[at]
	}
	return nil
}

// at is the place of the rule's cell in a row; -1 where every cell is blank.
func (r rule) at(values [][]byte) int {
	if r.column >= 0 {
		return r.column
	}
	return slices.IndexFunc(values, func(v []byte) bool { return len(bytes.TrimSpace(v)) > 0 })
}
