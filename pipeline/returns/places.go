package returns

import (
	"strings"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// Shown is a cell of the return and what stands in it: a figure (Condition
// false) or what a funding condition says. Field is which part of it, and Format
// how the cell shows it.
type Shown struct {
	Cell          string // such as T04_Source!D7
	Place         figure.Place
	Field, Format string
	Condition     bool
}

// Cells lists the cells that show a figure or a condition in the return for a
// period, in the order of the cell map.
func (t Template) Cells(scopes map[string]string, at period.Period) ([]Shown, error) {
	var out []Shown
	for _, r := range t.rows {
		if !r.fills() || r.Kind != kindFigure && r.Kind != kindCondition || r.future(at) {
			continue
		}
		place, err := r.figure(scopes, at)
		if err != nil {
			return nil, err
		}
		if place.Scope == "" {
			continue
		}
		out = append(out, Shown{Cell: r.Sheet + "!" + r.Cell, Place: place, Field: r.Field, Format: r.Format, Condition: r.Kind == kindCondition})
	}
	return out, nil
}

// Words says where a cell stands as people find it: its sheet, the label of its row and
// the heading of its column, such as T04_Source, row Police, column Q3.
func (t Template) Words(cell string) string {
	sheet, address, _ := strings.Cut(cell, "!")
	words := sheet
	column, line, err := excelize.SplitCellName(address)
	if err != nil {
		return words
	}
	heading := ""
	for _, r := range t.rows {
		if r.Sheet != sheet {
			continue
		}
		if r.Cell == address && r.LabelText != "" {
			words += ", row " + r.LabelText
		}
		if c, l, err := excelize.SplitCellName(r.LabelCell); err == nil && r.Kind == kindLabel && c == column && l < line {
			heading = ", column " + r.LabelText // the last above it
		}
	}
	return words + heading
}

// Quality lists what the quality sheet prints of rows of people.
func (t Template) Quality(quality map[string]FieldQuality) []Printed {
	var out []Printed
	for _, r := range t.rows {
		if q := quality[r.Code]; r.fills() && r.Kind == kindQuality && q.Scope != "" && q.field(r.Field) != "" {
			out = append(out, q.Account(r.Code, r.Field))
		}
	}
	return out
}

// Printed names a figure by its place and the field of it that a cell shows.
type Printed struct {
	Place figure.Place
	Field string
}

// PrintedFigure is what a return shows of a figure: an exact decimal as text, or
// a marker in brackets.
type PrintedFigure struct {
	Printed
	Cell, Shows string
}

// Revision is a figure of an earlier quarter that a return prints otherwise than
// the return that last printed it.
type Revision struct {
	Cell     string // such as T04_Source!D7
	Was, Now string
	Return   string // that printed it, such as 2023-24-Q3, version 1
}

// CommentCell is a cell that people write in, and what it is about.
type CommentCell struct{ Cell, About string }

// CommentCells lists the cells that people write in, in the order of the map.
func (t Template) CommentCells() []CommentCell {
	heading := map[string]string{} // of a column, by sheet and letters
	column := func(at string) string { return strings.TrimRight(at, "0123456789") }
	var out []CommentCell
	for _, r := range t.rows {
		if r.Kind == kindLabel && heading[r.Sheet+"!"+column(r.LabelCell)] == "" {
			heading[r.Sheet+"!"+column(r.LabelCell)] = r.LabelText
		}
		if !r.comment() || !r.fills() {
			continue
		}
		about := heading[r.Sheet+"!"+column(r.Cell)]
		if r.Cell != r.LabelCell {
			about = strings.TrimSpace(r.LabelText + ": " + about)
		} else {
			about = strings.TrimSpace(r.LabelText + ": in place of these words")
		}
		out = append(out, CommentCell{Cell: r.place(), About: about})
	}
	return out
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

// Beside is what a cell says that is neither a figure nor a condition: a term of a
// fund, or an account of the quality of the data. Column is empty for a fund's.
type Beside struct {
	Cell, Column, Field string
	Shows               string // an exact decimal, words, or a marker in brackets
}

// Beside lists them in the order of the cell map, none of them hidden.
func (r Request) Beside() ([]Beside, error) {
	d := drafting{Request: r}
	d.Hidden = nil
	var out []Beside
	for _, row := range r.Template.rows {
		if !row.fills() || row.Kind != kindQuality && !row.ofFund() {
			continue
		}
		value, marker, err := d.look(row)
		if err != nil {
			return nil, err
		}
		b := Beside{Cell: row.Sheet + "!" + row.Cell, Field: row.Code, Shows: value}
		if row.Kind == kindQuality {
			b.Column, b.Field = row.Code, row.Field
		}
		if marker != "" {
			b.Shows = "[" + marker + "]"
		}
		out = append(out, b)
	}
	return out, nil
}
