// Package figure names the figures that all others speak of.
package figure

// Place names one figure as the warehouse keeps it: a metric, or a condition, in a
// scope and a period (a label such as 2023-24-Q4), and the category of a breakdown.
// Dimension and Category are empty for a total.
type Place struct{ Code, Scope, Period, Dimension, Category string }

// Total is the place of the total that a category is part of.
func (p Place) Total() Place {
	p.Dimension, p.Category = "", ""
	return p
}
