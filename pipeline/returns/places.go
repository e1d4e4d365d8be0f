package returns

import "mojreturns/pipeline/period"

// Shown is a cell of the return and what stands in it: a figure (Condition
// false) or what a funding condition says. Field is which part of it.
type Shown struct {
	Cell      string // such as T04_Source!D7
	Place     Place
	Field     string
	Condition bool
}

// Cells lists the cells that show a figure or a condition in the return for a
// period, in the order of the cell map.
func (t Template) Cells(scopes map[string]string, at period.Period) ([]Shown, error) {
	var out []Shown
	for _, r := range t.rows {
		if r.Cell == "" || r.Kind != kindFigure && r.Kind != kindCondition || r.future(at) {
			continue
		}
		place, err := r.figure(scopes, at)
		if err != nil {
			return nil, err
		}
		out = append(out, Shown{Cell: r.Sheet + "!" + r.Cell, Place: place, Field: r.Field, Condition: r.Kind == kindCondition})
	}
	return out, nil
}

// Part is the field of a value.
func (v Value) Part(field string) string {
	if v.Marker != "" {
		return "[" + v.Marker + "]"
	}
	return map[string]string{"value": v.Value, "n": v.N, "numerator": v.Numerator, "denominator": v.Denominator}[field]
}

// Part is the field of a condition.
func (c Condition) Part(field string) string {
	return map[string]string{"value": c.Value, "limit_value": c.Limit, "status": c.Status, "evidence": c.Evidence, "breaches": c.Breaches}[field]
}
