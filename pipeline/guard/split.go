package guard

import (
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
)

// sides are the groups that a category of a crossing is a part of.
func sides(at figure.Place) []figure.Place {
	first, second, crossed := strings.Cut(at.Dimension, " x ")
	if !crossed {
		return nil
	}
	one, other, _ := strings.Cut(at.Category, " x ")
	row, column := at, at
	row.Dimension, row.Category, column.Dimension, column.Category = first, one, second, other
	return []figure.Place{row, column}
}

// ofOneKind are the groups of which a crossing has all in one category.
func (g Guard) ofOneKind(figures map[figure.Place]returns.Value) map[figure.Place]bool {
	out := map[figure.Place]bool{}
	for at, v := range figures {
		if kind := g.Metrics[at.Code].Count.Kind; v.Value == "" || kind != metrics.Rows && kind != metrics.Distinct {
			continue
		}
		for _, group := range sides(at) {
			if n := figures[group].Value; figure.Plain(n) != "0" && figure.Plain(n) == figure.Plain(v.Value) {
				out[group] = true
			}
		}
	}
	return out
}

// besides notes of each zero of a crossing the groups that it says are of another kind,
// all of them.
func (g Guard) besides(cells []disclosure.Cell, where map[disclosure.ID][]returns.Printed, figures map[figure.Place]returns.Value) {
	all := g.ofOneKind(figures)
	for i, c := range cells {
		if c.Kind != disclosure.Count || c.N > 0 || c.ID.Part != "" {
			continue
		}
		for side, group := range sides(where[c.ID][0].Place) {
			if all[group] {
				cells[i].Beside[side] = IDOf(group)
			}
		}
	}
}
