package metrics

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
)

// TracePart is the SQL that gives the rows behind one part of a figure. Part is
// numerator, denominator, or the code of a formula's component.
type TracePart struct {
	figure.Place
	Part string
	SQL  string
}

// Trace gives the SQL for the rows behind a figure, part by part. Each row has
// file, sha256, sheet, row and key, then the columns that were counted.
func (e Engine) Trace(ctx context.Context, place figure.Place) ([]TracePart, error) {
	m, ok := e.Set.Metric(place.Code)
	if !ok {
		return nil, figure.NotThere("no metric has the code %q", place.Code)
	}
	if place.Dimension != "" && !slices.ContainsFunc(m.By, func(b Breakdown) bool { return b.String() == place.Dimension }) {
		return nil, figure.NotThere("metric %s is not broken down by %q; it has %s", m.Code, place.Dimension, breakdowns(m.By))
	}
	kind, _, _ := strings.Cut(place.Scope, ":")
	if !slices.Contains(m.Scopes, kind) && !(kind == "fund" && slices.Contains(m.Scopes, "claimed")) {
		return nil, figure.NotThere("metric %s has no figure for the scope %q; it has %s", m.Code, place.Scope, strings.Join(m.Scopes, ", "))
	}
	if m.Count.Kind == Formula {
		return e.traceParts(ctx, m, place)
	}
	at, err := period.Parse(place.Period)
	if err != nil {
		return nil, err
	}
	columns, err := e.countedColumns(ctx, m)
	if err != nil {
		return nil, err
	}
	parts := []TracePart{{Place: place, Part: "numerator", SQL: e.traceSQL(m, place, at, columns, numeratorFilter(m.Count))}}
	if m.Count.Kind == Share {
		parts = append(parts, TracePart{Place: place, Part: "denominator", SQL: e.traceSQL(m, place, at, columns, "("+m.Count.Expr+") IS NOT NULL")})
	}
	return parts, nil
}

// traceParts traces each component of a formula, down to metrics with rows.
func (e Engine) traceParts(ctx context.Context, m Metric, place figure.Place) ([]TracePart, error) {
	var out []TracePart
	for _, part := range m.Count.Formula.Parts() {
		c := place
		c.Code = part.Code
		if part.Dimension != "" {
			c.Dimension, c.Category = part.Dimension, part.Category
		}
		parts, err := e.Trace(ctx, c)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			if p.Part == "numerator" || p.Part == "denominator" && len(parts) == 1 {
				p.Part = p.Code
			}
			if p.Part != "denominator" {
				out = append(out, p)
			}
		}
	}
	return out, nil
}

func numeratorFilter(c Count) string {
	switch c.Kind {
	case Share:
		return c.Expr
	case Mean, Median, P90, Distinct:
		return "(" + c.Expr + ") IS NOT NULL"
	}
	return "TRUE"
}

// traceSQL is one SELECT that can be read, run and defended on its own. The
// blank category is matched as the figures count it. A person counted in the
// category of their latest row is behind it with every row of theirs that counts.
func (e Engine) traceSQL(m Metric, place figure.Place, at period.Period, columns []string, filter string) string {
	where := []string{m.When.Predicate(), filter}
	if kind, code, found := strings.Cut(place.Scope, ":"); found {
		where = append(where, fmt.Sprintf("%s = %s", scopeColumn[kind], quote(code)))
	}
	order := `d.file, d.sheet, t."row", t.key`
	with := ""
	if place.Dimension != "" && m.Count.Kind == Distinct {
		with, where = e.peopleIn(m, place, at, where)
	} else if place.Dimension != "" {
		where = append(where, e.Set.category(strings.Split(place.Dimension, " x "), m.Code)+" = "+quote(place.Category))
	}
	shown, row := "", "r.*"
	for _, c := range columns {
		shown += ", t." + ident(c)
		if c == "period_start" || c == "period_end" { // what a header may speak of beside the row
			row += ", p." + ident(c)
		}
	}
	return fmt.Sprintf(`%sSELECT coalesce(d.file, 'mojreturns.yaml') AS file, d.sha256, d.sheet, t."row", t.key%s
FROM (
SELECT %s FROM (SELECT %s AS period, DATE '%s' AS period_start, DATE '%s' AS period_end) p, LATERAL (
%s
) r
WHERE %s
) t
LEFT JOIN delivery d ON d.delivery = t.delivery AND d.current
ORDER BY %s`, with, shown, row, quote(place.Period), at.Start.Format("2006-01-02"), at.End.Format("2006-01-02"),
		m.SQL, strings.Join(where, "\n  AND "), order)
}

// peopleIn narrows a count of people to those whose latest row is in the category.
func (e Engine) peopleIn(m Metric, place figure.Place, at period.Period, where []string) (with string, narrowed []string) {
	order := []string{"(" + m.When.Start + ")", "provider_code", "key", "delivery", `"row"`}
	if m.Prefer != "" {
		order = append([]string{m.Prefer}, order...)
	}
	category := e.Set.category(strings.Split(place.Dimension, " x "), m.Code)
	with = fmt.Sprintf(`WITH chosen AS (
SELECT %s AS person FROM (SELECT DATE '%s' AS period_start, DATE '%s' AS period_end) p, LATERAL (
%s
) r
WHERE %s
QUALIFY row_number() OVER (PARTITION BY %s ORDER BY %s DESC) = 1 AND %s = %s)
`, m.Count.Expr, at.Start.Format("2006-01-02"), at.End.Format("2006-01-02"), m.SQL, strings.Join(where, "\n  AND "),
		m.Count.Expr, strings.Join(order, " DESC, "), category, quote(place.Category))
	return with, append(where, m.Count.Expr+" IN (SELECT person FROM chosen)")
}

var word = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// countedColumns lists the columns of a metric's rows that its header names.
func (e Engine) countedColumns(ctx context.Context, m Metric) ([]string, error) {
	rows, err := e.Conn.QueryContext(ctx, "DESCRIBE "+lineageText(m.SQL))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", m.File, err)
	}
	defer rows.Close()
	text := strings.Join([]string{m.When.Start, m.When.End, m.Count.Expr, m.Prefer, breakdowns(m.By)}, " ")
	var out []string
	named := word.FindAllString(text, -1)
	for rows.Next() {
		var name string
		var rest [5]any
		if err := rows.Scan(&name, &rest[0], &rest[1], &rest[2], &rest[3], &rest[4]); err != nil {
			return nil, err
		}
		if slices.Contains(named, name) {
			out = append(out, name)
		}
	}
	return out, rows.Err()
}

func breakdowns(by []Breakdown) string {
	var out []string
	for _, b := range by {
		out = append(out, b.String())
	}
	return strings.Join(out, ", ")
}
