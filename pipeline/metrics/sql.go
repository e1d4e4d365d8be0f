package metrics

import (
	"fmt"
	"slices"
	"strings"
)

// The figures of a set are made in four strides:
//
//	gathered  for each metric: its rows by month, scope keys and category (a statement a metric)
//	placed    what was gathered in each period and scope: a statement for all metrics
//	          that are placed alike. Quantiles and people are placed at once from their
//	          rows, which cannot be added up
//	shape     what must be shown of each metric: its scopes and categories
//	figures   the shape in every period with what was placed, and the division at the
//	          end: a statement for all metrics that divide alike
//
// `period` and, of figures, `missing` are relations the caller puts in front (see compute.go).

// query is a SELECT and the named steps it reads, first to last.
type query struct {
	steps []step
	last  string
}

// step is a named SELECT; without a name its SQL says `name AS (...)` itself.
type step struct{ name, sql string }

// then adds a step.
func (q query) then(name, sql string) query {
	return query{steps: append(slices.Clip(q.steps), step{name, sql}), last: q.last}
}

// String is the query as SQL.
func (q query) String() string {
	var with []string
	for _, s := range q.steps {
		if s.name == "" {
			with = append(with, s.sql)
			continue
		}
		with = append(with, s.name+" AS (\n"+s.sql+"\n)")
	}
	return "WITH " + strings.Join(with, ",\n") + "\n" + q.last
}

// counting is the query for what a metric counts, and the table it goes into: gathered
// or, of what does not add up, placed.
func (s *Set) counting(m Metric, given query) (table string, q query) {
	const columns = "dimension, category, n, num, den"
	q = given.then("counted", s.counted(m))
	switch m.Count.Kind {
	case Distinct:
		q = s.people(m, q)
	case Median, P90:
		from := "(SELECT *, measured AS value" + m.by("") + " FROM counted WHERE measured IS NOT NULL)"
		q = s.ranked(m, q.then("gathered", s.gather(m, m.keys()+", value", from, "count(*) AS n")))
	default:
		q = q.then("gathered", s.gather(m, m.keys(), "(SELECT *"+m.by("")+" FROM counted)", m.Count.gathering()))
		q.last = fmt.Sprintf("SELECT %s AS code, %s, %s FROM gathered", quote(m.Code), m.keys(), columns)
		return "gathered", q
	}
	q.last = "SELECT " + quote(m.Code) + " AS code, period, scope, " + columns + " FROM placed"
	return "placed", q
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
	case Sum, Mean:
		measured = m.Count.Expr
	case Median, P90:
		measured = "(" + m.Count.Expr + ")::DECIMAL(18,4)"
	case Share:
		measured = "(" + m.Count.Expr + ")::BOOLEAN"
	case Distinct:
		measured = m.Count.Expr
	}
	if m.perPeriod() {
		start, end := m.When.Start, m.When.End
		return fmt.Sprintf("  SELECT *, %s AS measured, %s AS dated FROM (\n    SELECT p.*, r.* FROM period p, LATERAL (\n%s\n    ) r) p\n  WHERE %s",
			measured, m.dated(), m.SQL, m.When.predicate(start, end))
	}
	return fmt.Sprintf("  SELECT *, %s AS measured, %s AS dated, %s AS month_from, %s AS month_to FROM (\n%s\n  )%s",
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
func (m Metric) keys() string {
	keys := []string{"month_from", "month_to"}
	if m.perPeriod() {
		keys = []string{"period"}
	}
	for _, kind := range m.Scopes {
		if column := scopeColumn[kind]; column != "" {
			keys = append(keys, column)
		}
	}
	return strings.Join(keys, ", ")
}

var scopeColumn = map[string]string{"fund": "fund_code", "claimed": "fund_code", "service": "service_code", "provider": "provider_code"}

// gathering is the reduction of rows to the numbers a figure is made of.
func (c Count) gathering() string {
	switch c.Kind {
	case Sum:
		return "count(*) AS n, sum(measured)::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den"
	case Mean:
		return "count(measured) AS n, sum(measured)::DECIMAL(38,6) AS num, count(measured)::DECIMAL(38,6) AS den"
	case Share:
		return "count(measured) AS n, (count(*) FILTER (measured))::DECIMAL(38,6) AS num, count(measured)::DECIMAL(38,6) AS den"
	}
	return "count(*) AS n, count(*)::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den"
}

// gather groups rows once for the total and once for each breakdown, reading them once.
// In the relation the columns of breakdowns go by the names that by gives them, since a
// key may be one of them; grouping() tells which of them a group was made by.
func (s *Set) gather(m Metric, keys, from, measures string) string {
	columns := m.columns()
	if len(columns) == 0 {
		return fmt.Sprintf("  SELECT %[1]s, '' AS dimension, '' AS category, %[2]s FROM %[3]s GROUP BY %[1]s", keys, measures, from)
	}
	sets, dimension, category := []string{"(" + keys + ")"}, "CASE grouped", "CASE grouped"
	for _, b := range m.By {
		set, without := keys, 1<<len(columns)-1 // grouping() has a bit for each column that is not in the group, the first the highest
		parts := make([]string, len(b))
		for i, name := range b {
			at := slices.Index(columns, name)
			set, without = set+", "+byName(at), without&^(1<<(len(columns)-1-at))
			parts[i] = s.orBlank(byName(at), name, m.Code)
		}
		sets = append(sets, "("+set+")")
		dimension += fmt.Sprintf(" WHEN %d THEN %s", without, quote(b.String()))
		category += fmt.Sprintf(" WHEN %d THEN %s", without, strings.Join(parts, " || ' x ' || "))
	}
	var by []string
	for i := range columns {
		by = append(by, byName(i))
	}
	all := strings.Join(by, ", ")
	return fmt.Sprintf(`  SELECT * EXCLUDE (grouped, %[1]s), %[2]s ELSE '' END AS dimension, %[3]s ELSE '' END AS category
  FROM (SELECT %[4]s, grouping(%[1]s) AS grouped, %[1]s, %[5]s FROM %[6]s
    GROUP BY GROUPING SETS (%[7]s))`, all, dimension, category, keys, measures, from, strings.Join(sets, ", "))
}

// by names the columns of breakdowns as gather wants them, each with a comma before it.
func (m Metric) by(of string) string {
	text := ""
	for i, name := range m.columns() {
		text += ", " + of + ident(name) + " AS " + byName(i)
	}
	return text
}

func byName(column int) string { return fmt.Sprintf("by_%d", column+1) }

// columns are those of all breakdowns, each once.
func (m Metric) columns() []string {
	var out []string
	for _, b := range m.By {
		for _, name := range b {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
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

// place puts what was gathered into periods and scopes. more is what the rows are
// told apart by besides, with a comma before it.
func (s *Set) place(m Metric, measures, more string) string {
	return m.placing().from("gathered", measures, more)
}

// placing is how what was gathered comes into periods and scopes. Metrics that are
// placed alike are placed together.
type placing struct{ scopes, keys, join string }

func (m Metric) placing() placing {
	join := m.When.predicate("g.month_from", "g.month_to")
	if m.perPeriod() {
		join = "g.period = p.period"
	}
	return placing{m.scopeNames(), m.keys(), join}
}

func (p placing) from(relation, measures, more string) string {
	return fmt.Sprintf(`  SELECT period, scope, dimension, category%[4]s, %[1]s
  FROM (SELECT p.period, %[2]s, g.* EXCLUDE (%[3]s) FROM %[5]s g JOIN period p ON %[6]s)
  GROUP BY period, scope, dimension, category%[4]s`,
		measures, p.scopes, p.keys, more, relation, p.join)
}

// ranked finds quantiles by linear interpolation between the two values
// whose ranks enclose (n-1) x q, from the values' own counts: exact, and
// without a row for each period.
func (s *Set) ranked(m Metric, q query) query {
	const group = "period, scope, dimension, category"
	tenths := m.Count.tenths()
	return q.then("valued", s.place(m, "sum(n) AS n", ", value")).
		then("ranked", "  SELECT *, sum(n) OVER (PARTITION BY "+group+" ORDER BY value) AS upto, sum(n) OVER (PARTITION BY "+group+") AS total FROM valued").
		then("bounds", fmt.Sprintf(`  SELECT %[1]s, total AS n,
         min(value) FILTER (upto > ((total - 1) * %[2]s) // 10) AS lower,
         min(value) FILTER (upto > ((total - 1) * %[2]s + 9) // 10) AS upper
  FROM ranked GROUP BY %[1]s, total`, group, tenths)).
		then("placed", fmt.Sprintf(`  SELECT %s, n,
         (lower * 10 + (upper - lower) * (((n - 1) * %s) %% 10)::DECIMAL(4,0))::DECIMAL(38,6) AS num, 10::DECIMAL(38,6) AS den
  FROM bounds`, group, tenths))
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
func unclaimed(m Metric, scope string) string {
	if slices.Contains(m.Scopes, "claimed") {
		return scope + " IN (SELECT 'fund:' || code FROM register.fund WHERE match)"
	}
	return "FALSE"
}

// addsUp says whether what is counted of a month's rows can be added to that of another's.
func (c Count) addsUp() bool { return c.Kind != Distinct && !c.Kind.Quantile() }

// Counts says whether no rows means 0 rather than no value.
func (c Count) Counts() bool {
	return c.Kind == Rows || c.Kind == Rate || c.Kind == Distinct || c.Kind == Sum
}

func divide(a, b string) string {
	return fmt.Sprintf("(%s)::DOUBLE / nullif((%s)::DOUBLE, 0)", a, b)
}
