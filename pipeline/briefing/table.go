package briefing

import (
	"fmt"
	"html/template"
	"slices"
	"strings"

	"mojreturns/pipeline/chart"
)

// Table is a question's answer as people read it. Its columns begin with what each row is
// about. Of no rows its Empty says so; where that is empty too, there is nothing to say.
type Table struct {
	Name, Caption string
	Columns       []Column
	Rows          []Row
	Empty         string
	Charts        []Chart
	Notes         []string // what its shorthand means, where it is first seen
}

// Column is what stands above the cells.
type Column struct {
	Heading string
	Number  bool
}

// Row is one row; Total is true where it adds up others.
type Row struct {
	Cells []Cell
	Total bool
}

// Cell is one cell: its text, smaller words below it, and of a status its kind of border.
type Cell struct {
	Text, Small, Mark string
	Number            bool
}

// Chart is a drawing with the finding above it, and what it shows in a sentence.
type Chart struct {
	Title, Sentence string
	SVG             template.HTML
}

// HasData tells whether a table says anything: it has rows, and a figure where it has
// columns of figures.
func (t Table) HasData() bool {
	if len(t.Rows) == 0 {
		return t.Empty != ""
	}
	numbers := 0
	for _, r := range t.Rows {
		for _, c := range r.Cells {
			if !c.Number {
				continue
			}
			if numbers++; c.Text != notAvailable && c.Text != notApplicable {
				return true
			}
		}
	}
	return numbers == 0
}

// tableOf makes a question's answer a table; words writes a caption's own bindings.
func (q query) tableOf(answer []row, words func(string) string) (Table, error) {
	t := Table{Name: q.name, Caption: words(q.title), Empty: words(q.empty)}
	for _, c := range q.columns {
		if c.kind != "small" {
			t.Columns = append(t.Columns, Column{words(c.heading), c.isNumber()})
		}
	}
	for _, r := range answer {
		out := Row{Total: r["total"] == "true"}
		for _, c := range q.columns {
			if last := len(out.Cells) - 1; c.kind == "small" {
				out.Cells[last].Small = r[c.name]
				continue
			}
			out.Cells = append(out.Cells, Cell{Text: c.said(r), Mark: c.mark(r), Number: c.isNumber()})
		}
		t.Rows = append(t.Rows, out)
	}
	for i, of := range q.charts {
		c, err := q.drawn(of, fmt.Sprintf("%s-%d", q.name, i+1), answer)
		if err != nil {
			return t, err
		}
		if c.Title = words(c.Title); c.SVG != "" {
			t.Charts = append(t.Charts, c)
		}
	}
	return t, nil
}

// said is a column's value in a row: a figure in its unit, or its marker.
func (c column) said(r row) string {
	value, marker := r[c.name], r[c.name+"_marker"]
	unit := c.kind
	if unit == "unit" {
		unit = r["unit"]
	}
	switch {
	case !c.isNumber():
		return value
	case unit == "share":
		return share(value, marker, r[c.name+"_n"])
	}
	return figure(value, unit, marker)
}

// mark is the kind of border that a status has; the word itself says it all.
func (c column) mark(r row) string {
	switch {
	case c.kind != "status":
		return ""
	case slices.Contains([]string{"met", "at risk", "not met"}, r[c.name]):
		return strings.ReplaceAll(r[c.name], " ", "-")
	}
	return "neither"
}

// drawn makes a chart of the rows that add up no others; without any, one with no SVG. Of a
// value that is not shown the chart is not even told the number.
func (q query) drawn(of drawn, id string, answer []row) (Chart, error) {
	c := chart.Chart{ID: id, Kind: chart.Kind(of.kind)}
	value := func(r row, name string) chart.Value {
		v := chart.Value{Shown: q.column(name).said(r)}
		if !strings.HasPrefix(v.Shown, "[") {
			v.Value = r[name]
		}
		return v
	}
	for _, name := range of.values {
		c.Series = append(c.Series, chart.Series{Name: q.column(name).heading})
	}
	for _, r := range answer {
		if r["total"] == "true" {
			continue
		}
		if of.target != "" { // without an award there is nothing to hold spend against
			target, spent := value(r, of.target), value(r, of.values[0])
			if target.Value == "" || spent.Value == "" {
				continue
			}
			c.Series[0].Targets = append(c.Series[0].Targets, target)
		}
		c.Labels = append(c.Labels, r[q.columns[0].name])
		for i, name := range of.values {
			c.Series[i].Values = append(c.Series[i].Values, value(r, name))
		}
	}
	if len(c.Labels) == 0 {
		return Chart{}, nil
	}
	svg, err := c.SVG()
	return Chart{Title: of.title, Sentence: c.Sentence(), SVG: template.HTML(svg)}, err
}

// column is that of a name, which the header was held against.
func (q query) column(name string) column {
	return q.columns[slices.IndexFunc(q.columns, func(c column) bool { return c.name == name })]
}
