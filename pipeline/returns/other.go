package returns

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// Other is the category of a row that shows all that a breakdown has in categories
// without a row of their own.
const Other = "(other)"

// AddOthers adds to figures those of the other rows of the map, in the quarters and
// years to date up to a period, each with the categories it is made of.
func (t Template) AddOthers(scopes map[string]string, at period.Period, figures map[figure.Place]Value) error {
	own := map[figure.Place]map[string]bool{} // by breakdown of a scope: the categories that have a row
	var others []Row
	for _, r := range t.rows {
		switch {
		case r.Kind != kindFigure || r.Dimension == "":
		case r.Category == Other:
			others = append(others, r)
		default:
			b := figure.Place{Code: r.Code, Scope: scopes[r.scope()], Dimension: r.Dimension}
			if own[b] == nil {
				own[b] = map[string]bool{}
			}
			own[b][r.Category] = true
		}
	}
	if len(others) == 0 {
		return nil
	}
	made := map[figure.Place][]string{}
	for _, quarter := range at.Year.Quarters()[:at.Quarter()] {
		for _, r := range others {
			for _, then := range []period.Period{quarter, at} {
				place, err := r.figure(scopes, then)
				if err != nil {
					return err
				}
				if place.Scope != "" && !r.future(then) {
					made[place] = nil
				}
			}
		}
	}
	for place := range figures {
		of := place
		of.Category = Other
		if _, asked := made[of]; asked && place.Category != Other && !own[figure.Place{Code: place.Code, Scope: place.Scope, Dimension: place.Dimension}][place.Category] {
			made[of] = append(made[of], place.Category)
		}
	}
	for place, of := range made {
		slices.Sort(of)
		value, err := together(figures, place, of)
		if err != nil {
			return err
		}
		figures[place] = value
	}
	return nil
}

// together adds the figures of some categories up; where the breakdown has no value,
// or one of them has none, the sum has its marker.
func together(figures map[figure.Place]Value, place figure.Place, of []string) (Value, error) {
	total := figures[place.Total()]
	out := Value{Marker: total.Marker, Of: of}
	value, n := new(big.Rat), new(big.Rat)
	for _, category := range of {
		at := place
		at.Category = category
		f := figures[at]
		if f.Marker != "" {
			out.Marker = f.Marker
			continue
		}
		for _, part := range []struct {
			sum  *big.Rat
			text string
		}{{value, f.Value}, {n, f.N}} {
			if part.text == "" {
				continue
			}
			more, ok := new(big.Rat).SetString(part.text)
			if !ok {
				return out, fmt.Errorf("%s by %s %s: %q is not a number", place.Code, place.Dimension, category, part.text)
			}
			part.sum.Add(part.sum, more)
		}
	}
	if out.Marker == "" {
		out.Value, out.N = strings.TrimSuffix(strings.TrimRight(value.FloatString(10), "0"), "."), n.FloatString(0)
	}
	return out, nil
}
