package metrics

import (
	"fmt"
	"strings"
)

// The figures of one metric are one query in five steps:
//
//	counted   the metric's rows, with the months of their dates
//	gathered  rows reduced by month, scope keys and category
//	placed    what was gathered, in each period and scope
//	spine     every period, scope and category that must be shown
//	figures   the spine with what was placed, and the division at the end
//
// `period` and `missing` are relations the caller puts in front (see compute.go).

// figures is the SQL of a metric that counts rows.
func (s *Set) figures(m Metric) string {
	steps := []string{s.counted(m)}
	switch m.Count.Kind {
	case "distinct":
		steps = append(steps, s.people(m)...)
	case "median", "p90":
		steps = append(steps, s.gather(m, "counted", "measured AS value, count(measured) AS n, NULL::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den", true), s.placeRanked(m))
	default:
		steps = append(steps, s.gather(m, "counted", m.Count.gathering(), false), s.place(m, "sum(n) AS n, sum(num) AS num, sum(den) AS den"))
	}
	steps = append(steps, "spine AS (\n  SELECT period, scope, dimension, category FROM period, scope, ("+s.categories(m)+")\n  WHERE "+scopeFilter(m)+")")
	return strings.Join(steps, ",\n") + "\n" + s.finish(m)
}

// perPeriod says whether the rows themselves depend on the period, so that
// they have to meet each period one by one.
func (m Metric) perPeriod() bool {
	text := m.SQL + m.Count.Expr + m.When.Start + m.When.End
	return strings.Contains(text, "period_start") || strings.Contains(text, "period_end")
}

func (s *Set) counted(m Metric) string {
	measured := "NULL"
	switch m.Count.Kind {
	case "sum", "mean":
		measured = m.Count.Expr
	case "median", "p90":
		measured = "(" + m.Count.Expr + ")::DECIMAL(18,4)"
	case "share":
		measured = "(" + m.Count.Expr + ")::BOOLEAN"
	case "distinct":
		measured = m.Count.Expr
	}
	if m.perPeriod() {
		start, end := m.When.Start, m.When.End
		return fmt.Sprintf("counted AS (\n  SELECT *, %s AS measured, %s AS dated FROM (\n    SELECT p.*, r.* FROM period p, LATERAL (\n%s\n    ) r) p\n  WHERE %s)",
			measured, m.dated(), m.SQL, m.When.predicate(start, end))
	}
	return fmt.Sprintf("counted AS (\n  SELECT *, %s AS measured, %s AS dated, %s AS month_from, %s AS month_to FROM (\n%s\n  )%s)",
		measured, m.dated(), month(m.When.Start), month(m.When.End), m.SQL, m.startsWhere())
}

// dated is the date by which one of a person's rows is the latest.
func (m Metric) dated() string {
	if m.When.Start == "" {
		return "NULL::DATE"
	}
	return "(" + m.When.Start + ")::DATE"
}

func (m Metric) startsWhere() string {
	if m.When.Start == "" {
		return ""
	}
	return " WHERE (" + m.When.Start + ") IS NOT NULL"
}

func month(expr string) string {
	if expr == "" {
		return "NULL::DATE"
	}
	return "date_trunc('month', " + expr + ")::DATE"
}

// keys are the columns that place a gathered row: its months, or its period
// where the rows were made for each period, and its scopes.
func (m Metric) keys() []string {
	keys := []string{"month_from", "month_to"}
	if m.perPeriod() {
		keys = []string{"period"}
	}
	for _, kind := range m.Scopes {
		if column := scopeColumn[kind]; column != "" {
			keys = append(keys, column)
		}
	}
	return keys
}

var scopeColumn = map[string]string{"fund": "fund_code", "claimed": "fund_code", "service": "service_code", "provider": "provider_code"}

// gathering is the reduction of rows to the numbers a figure is made of.
func (c Count) gathering() string {
	switch c.Kind {
	case "sum":
		return "count(*) AS n, sum(measured)::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den"
	case "mean":
		return "count(measured) AS n, sum(measured)::DECIMAL(38,6) AS num, count(measured)::DECIMAL(38,6) AS den"
	case "share":
		return "count(measured) AS n, (count(*) FILTER (measured))::DECIMAL(38,6) AS num, count(measured)::DECIMAL(38,6) AS den"
	}
	return "count(*) AS n, count(*)::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den"
}

// gather groups the rows of a relation once for the total and once for each breakdown.
func (s *Set) gather(m Metric, from, measures string, byValue bool) string {
	var selects []string
	keys := strings.Join(m.keys(), ", ")
	one := func(dimension, category string, columns ...string) {
		group := append([]string{keys}, columns...)
		if byValue {
			group = append(group, "measured")
		}
		where := ""
		if byValue {
			where = " WHERE measured IS NOT NULL"
		}
		selects = append(selects, fmt.Sprintf("SELECT %s, %s AS dimension, %s AS category, %s FROM %s%s GROUP BY %s",
			keys, quote(dimension), category, measures, from, where, strings.Join(group, ", ")))
	}
	one("", "''")
	for _, b := range m.By {
		var columns []string
		for _, name := range b {
			columns = append(columns, ident(name))
		}
		one(b.String(), s.category(b, m.Code), columns...)
	}
	return "gathered AS (\n  " + strings.Join(selects, "\n  UNION ALL ") + ")"
}

// inPeriod joins what was gathered to the periods it falls in.
func (m Metric) inPeriod(relation string) string {
	if m.perPeriod() {
		return relation + " g JOIN period p ON g.period = p.period"
	}
	return relation + " g JOIN period p ON " + m.When.predicate("g.month_from", "g.month_to")
}

// scopeNames lists, as SQL, the scopes one gathered row belongs to.
func (m Metric) scopeNames() string {
	var names []string
	for _, kind := range m.Scopes {
		switch kind {
		case "all":
			names = append(names, "'all'")
		case "claimed":
			names = append(names, "'fund:' || g.fund_code")
		default:
			names = append(names, "'"+kind+":' || g."+scopeColumn[kind])
		}
	}
	return "unnest([" + strings.Join(names, ", ") + "]) AS scope"
}

func (s *Set) place(m Metric, measures string) string {
	return fmt.Sprintf("placed AS (\n  SELECT period, scope, dimension, category, %s\n  FROM (SELECT p.period, %s, g.* EXCLUDE (%s) FROM %s)\n  GROUP BY period, scope, dimension, category)",
		measures, m.scopeNames(), strings.Join(m.keys(), ", "), m.inPeriod("gathered"))
}

// placeRanked finds quantiles by linear interpolation between the two values
// whose ranks enclose (n-1) x q, from the values' own counts: exact, and
// without a row for each period.
func (s *Set) placeRanked(m Metric) string {
	rank := fmt.Sprintf("((n - 1) * %s)", m.Count.tenths())
	return s.placeAs("valued", m, "value, sum(n) AS n", ", value") + fmt.Sprintf(`,
ranked AS (
  SELECT *, sum(n) OVER (PARTITION BY period, scope, dimension, category ORDER BY value) AS upto,
         sum(n) OVER (PARTITION BY period, scope, dimension, category) AS total FROM valued),
bounds AS (
  SELECT period, scope, dimension, category, total AS n,
         min(value) FILTER (upto > ((total - 1) * %[1]s) // 10) AS lower,
         min(value) FILTER (upto > ((total - 1) * %[1]s + 9) // 10) AS upper
  FROM ranked GROUP BY period, scope, dimension, category, total),
placed AS (
  SELECT period, scope, dimension, category, n,
         (lower * 10 + (upper - lower) * (%[2]s %% 10)::DECIMAL(4,0))::DECIMAL(38,6) AS num, 10::DECIMAL(38,6) AS den
  FROM bounds)`, m.Count.tenths(), rank)
}

func (s *Set) placeAs(name string, m Metric, measures, extra string) string {
	return strings.Replace(strings.TrimSuffix(s.place(m, measures), ")")+extra+")", "placed AS", name+" AS", 1)
}

// scopeFilter keeps the scopes the metric exists in. A match fund keeps its
// row under `claimed`, without a value.
func scopeFilter(m Metric) string {
	var kinds []string
	for _, kind := range m.Scopes {
		switch kind {
		case "all":
			kinds = append(kinds, "scope = 'all'")
		case "claimed":
			kinds = append(kinds, "scope LIKE 'fund:%'")
		default:
			kinds = append(kinds, "scope LIKE '"+kind+":%'")
		}
	}
	return "(" + strings.Join(kinds, " OR ") + ")"
}

// unclaimed is true of the scopes of match funds under `claimed`, where the
// metric has no value.
func unclaimed(m Metric) string {
	for _, kind := range m.Scopes {
		if kind == "claimed" {
			return "scope IN (SELECT 'fund:' || code FROM register.fund WHERE match)"
		}
	}
	return "FALSE"
}

// finish joins what was placed to the spine and divides once, at the end. A
// count or sum of no rows is 0; a mean, share or quantile of none has no value.
func (s *Set) finish(m Metric) string {
	value, numerator, denominator := "num", "NULL::DECIMAL(38,10)", "NULL::DECIMAL(38,10)"
	switch {
	case m.Count.Kind == "mean", m.Count.Kind == "share":
		value, numerator, denominator = divide("num", "den"), "num", "den"
	case m.Count.Kind == "median", m.Count.Kind == "p90":
		value = divide("num", "den")
	case m.Count.Kind == "rate":
		value, numerator, denominator = fmt.Sprintf("(num * %s)::DOUBLE / base::DOUBLE", m.Count.Over), "n", "base"
	case m.Count.Over != "":
		value, numerator, denominator = divide("num", m.Count.Over), "CASE WHEN n = 0 THEN 0 ELSE num END", m.Count.Over
	}
	if m.Count.Counts() {
		value = fmt.Sprintf("CASE WHEN n = 0 THEN 0 ELSE %s END", value)
	}
	if m.NoTotal {
		value = fmt.Sprintf("CASE WHEN dimension <> '' THEN %s END", value)
	}
	base := ""
	if m.Count.Kind == "rate" {
		base = ", " + s.base(m) + " AS base"
	}
	return fmt.Sprintf(`SELECT %s AS code, %s AS name, scope, period, dimension, category,
       CASE WHEN NOT %s THEN %s END AS value, %s AS numerator, %s AS denominator, n, %s AS unit
FROM (SELECT period, scope, dimension, category, coalesce(n, 0) AS n, num, den%s
      FROM spine FULL JOIN placed USING (period, scope, dimension, category)
      WHERE scope IS NOT NULL)`,
		quote(m.Code), quote(m.Name), unclaimed(m), value, numerator, denominator, quote(m.Unit), base)
}

// Counts says whether no rows means 0 rather than no value.
func (c Count) Counts() bool {
	return c.Kind == "rows" || c.Kind == "rate" || c.Kind == "distinct" || c.Kind == "sum"
}

func divide(a, b string) string {
	return fmt.Sprintf("(%s)::DOUBLE / nullif((%s)::DOUBLE, 0)", a, b)
}
