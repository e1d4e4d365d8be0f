// Package figure names the figures that all others speak of.
package figure

import (
	"cmp"
	"fmt"
	"strings"
)

// Place names one figure as the warehouse keeps it: a metric, or a condition, in a
// scope and a period (a label such as 2023-24-Q4), and the category of a breakdown.
// Dimension and Category are empty for a total.
type Place struct{ Code, Scope, Period, Dimension, Category string }

// Total is the place of the total that a category is part of.
func (p Place) Total() Place {
	p.Dimension, p.Category = "", ""
	return p
}

// Compare orders places by code, scope, period, dimension and category.
func Compare(a, b Place) int {
	return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Scope, b.Scope), cmp.Compare(a.Period, b.Period),
		cmp.Compare(a.Dimension, b.Dimension), cmp.Compare(a.Category, b.Category))
}

// Plain is an exact decimal without the noughts that say nothing.
func Plain(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

// Unknown is an error of what was asked for: a code, a scope, a breakdown or a category
// that is not there. Whoever asked can mend it.
type Unknown struct{ error }

// Unwrap gives the error itself.
func (u Unknown) Unwrap() error { return u.error }

// NotThere is an Unknown in words.
func NotThere(format string, args ...any) error { return Unknown{fmt.Errorf(format, args...)} }
