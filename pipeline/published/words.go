package published

import (
	"slices"
	"strings"

	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// What people read on a screen in place of what a build keeps: amounts with their £,
// shares in per cent, codes with their labels.

// Said is the value of a metric or a condition as people read it, by its unit.
func Said(ws *workspace.Workspace, code, value string) string {
	switch unitOf(ws, code) {
	case "pounds":
		return table.Pounds(value)
	case "share":
		return table.PerCent(value)
	}
	return table.Rounded(value)
}

func unitOf(ws *workspace.Workspace, code string) string {
	if m, ok := ws.Metrics.Metric(code); ok {
		return m.Unit
	}
	for _, c := range ws.Metrics.Conditions {
		if c.Code == code {
			return c.Unit
		}
	}
	return ""
}

// Labelled is a category of a breakdown with its label behind each code, such as
// "POL Police"; metric is the code of the metric broken down (empty: any).
func Labelled(ws *workspace.Workspace, dimension, metric, category string) string {
	names, codes := strings.Split(dimension, " x "), strings.Split(category, " x ")
	if len(names) != len(codes) {
		return category
	}
	for i, name := range names {
		for _, row := range ws.Lists[ws.Metrics.Coded(name, metric)] {
			if row["code"] == codes[i] && row["label"] != "" {
				codes[i] += " " + row["label"]
				break
			}
		}
	}
	return strings.Join(codes, " x ")
}

// say lets a column of a table say something else than its values.
func say(t table.Table, column string, as func(text string, row func(column string) string) string) {
	at := slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == column })
	if at < 0 {
		return
	}
	t.Columns[at].Say = func(text string, row []any) string {
		return as(text, func(column string) string {
			return table.AsText(row[slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == column })])
		})
	}
}

// sayFigures lets a table of figures be read.
func sayFigures(ws *workspace.Workspace, t table.Table) table.Table {
	say(t, "category", func(text string, row func(string) string) string {
		return Labelled(ws, row("dimension"), row("code"), text)
	})
	for _, column := range []string{"value", "limit_value"} {
		say(t, column, func(text string, row func(string) string) string { return Said(ws, row("code"), text) })
	}
	say(t, "numerator", func(text string, row func(string) string) string {
		if row("unit") == "pounds" {
			return table.Pounds(text)
		}
		return text
	})
	return t
}

// sayRows lets rows be read: a column that is called as a breakdown holds codes of its
// list, and a decimal of two places, of those that the model makes, is an amount.
func sayRows(ws *workspace.Workspace, metric string, t table.Table) table.Table {
	for _, c := range t.Columns {
		switch {
		case c.Kind == table.Decimal && c.Scale == 2:
			say(t, c.Name, func(text string, _ func(string) string) string { return table.Pounds(text) })
		case ws.Metrics.Coded(c.Name, metric) != "":
			say(t, c.Name, func(text string, _ func(string) string) string { return Labelled(ws, c.Name, metric, text) })
		}
	}
	return t
}

// say lets a traced part be read.
func (t *Traced) say(ws *workspace.Workspace) {
	t.Of, t.Said, t.Rows = t.Code, Said(ws, t.Code, t.Value), sayRows(ws, t.Code, t.Rows)
	if t.Dimension != "" {
		t.Of += " " + t.Dimension + " " + Labelled(ws, t.Dimension, t.Code, t.Category)
	}
}
