package returns

import (
	"cmp"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// LeftOut is a figure, not 0, in a category of a printed breakdown that the form has
// no row for: what the form prints of the breakdown does not add up to its total.
type LeftOut struct {
	Sheet string
	Place figure.Place
	Value string // an exact decimal
}

// LeftOut lists them, in order of sheet and place, for the return for a period. A
// breakdown that the map marks as partial, or that has an other row, has none. One of which a single category
// is printed is a count of its own; so is, in a crossing, a single category that all
// printed cells share.
func (t Template) LeftOut(scopes map[string]string, at period.Period, figures map[figure.Place]Value) ([]LeftOut, error) {
	printed := map[breakdown]map[string]bool{}
	partial := map[breakdown]bool{}
	for _, r := range t.rows {
		if r.Kind == kindPartial {
			partial[breakdown{r.Sheet, figure.Place{Code: r.Code, Dimension: r.Dimension}}] = true
		}
		if r.Kind != kindFigure || r.Dimension == "" || r.Cell == leftToPeople || r.future(at) {
			continue
		}
		place, err := r.figure(scopes, at)
		if err != nil {
			return nil, err
		}
		b := breakdown{r.Sheet, place}
		b.of.Category = ""
		if printed[b] == nil {
			printed[b] = map[string]bool{}
		}
		printed[b][place.Category] = true
	}
	var out []LeftOut
	wanted := map[figure.Place][]breakdown{}
	for b := range printed {
		whole := b
		whole.of.Scope, whole.of.Period = "", ""
		if !partial[whole] {
			wanted[b.of] = append(wanted[b.of], b)
		}
	}
	for place, value := range figures {
		of := place
		of.Category = ""
		for _, b := range wanted[of] {
			if value.Marker == "" && strings.Trim(value.Value, "-0.") != "" && leavesOut(printed[b], place.Category) {
				out = append(out, LeftOut{Sheet: b.sheet, Place: place, Value: value.Value})
			}
		}
	}
	slices.SortFunc(out, func(a, b LeftOut) int { return cmp.Or(cmp.Compare(a.Sheet, b.Sheet), figure.Compare(a.Place, b.Place)) })
	return out, nil
}

// breakdown is a figure's breakdown as one sheet prints it.
type breakdown struct {
	sheet string
	of    figure.Place // without a category
}

// leavesOut tells whether a breakdown of which these categories are printed leaves
// out another.
func leavesOut(printed map[string]bool, category string) bool {
	if printed[category] || printed[Other] || len(printed) == 1 {
		return false
	}
	first, second, crossed := strings.Cut(category, " x ")
	if !crossed {
		return true
	}
	firsts, seconds := map[string]bool{}, map[string]bool{}
	for c := range printed {
		a, b, _ := strings.Cut(c, " x ")
		firsts[a], seconds[b] = true, true
	}
	return (firsts[first] || len(firsts) > 1) && (seconds[second] || len(seconds) > 1)
}
