package metrics

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/warehouse"
)

// count adds the figures of metrics that count rows.
func (e Engine) count(ctx context.Context, metrics []Metric) error {
	feeds, err := e.gather(ctx, metrics)
	if err != nil {
		return err
	}
	if err := e.place(ctx, metrics); err != nil {
		return err
	}
	if err := e.shape(ctx, metrics, feeds); err != nil {
		return err
	}
	if err := e.gone(ctx); err != nil {
		return fmt.Errorf("what figures rest on cannot be told: %w", err)
	}
	for _, alike := range together(metrics, e.Set.division) {
		if err := e.insert(ctx, "figure", e.finish(alike.by, alike.codes)); err != nil {
			return fmt.Errorf("the figures of %s cannot be completed: %w", strings.Join(alike.codes, ", "), err)
		}
	}
	return nil
}

// gather makes the tables gathered and placed of what the metrics count, and tells
// which feeds each reads.
func (e Engine) gather(ctx context.Context, metrics []Metric) (feeds map[string][]string, err error) {
	for _, columns := range []string{
		"gathered(code VARCHAR, period VARCHAR, month_from DATE, month_to DATE, fund_code VARCHAR, service_code VARCHAR, provider_code VARCHAR",
		"placed(code VARCHAR, period VARCHAR, scope VARCHAR",
	} {
		if _, err := e.Conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE "+columns+", dimension VARCHAR, category VARCHAR, n HUGEINT, num DECIMAL(38,6), den DECIMAL(38,6))"); err != nil {
			return nil, err
		}
	}
	feeds = map[string][]string{}
	read := map[string][]string{} // by the rows: many metrics count the same
	for _, m := range metrics {
		table, q := e.Set.counting(m, e.periods())
		if _, err := e.Conn.ExecContext(ctx, "INSERT INTO temp."+table+" BY NAME\n"+q.String()); err != nil {
			return nil, fmt.Errorf("%s: metric %s cannot be computed: %w", m.File, m.Code, err)
		}
		if _, known := read[m.SQL]; !known {
			if read[m.SQL], err = e.feeds(ctx, lineageText(m.SQL)); err != nil {
				return nil, fmt.Errorf("%s: %w", m.File, err)
			}
		}
		feeds[m.Code] = read[m.SQL]
		e.done(m)
	}
	return feeds, nil
}

// place puts what was gathered into periods and scopes, for all metrics that are
// placed alike at once: to plan it for each costs more than to do it.
func (e Engine) place(ctx context.Context, metrics []Metric) error {
	gathered := slices.DeleteFunc(slices.Clone(metrics), func(m Metric) bool { return !m.Count.addsUp() })
	for _, alike := range together(gathered, Metric.placing) {
		q := e.periods().then("gathered", "FROM temp.gathered WHERE code IN ("+strings.Join(alike.codes, ", ")+")")
		q.last = alike.by.from("gathered", sums, ", code")
		if _, err := e.Conn.ExecContext(ctx, "INSERT INTO temp.placed BY NAME\n"+q.String()); err != nil {
			return fmt.Errorf("what %s count cannot be placed: %w", strings.Join(alike.codes, ", "), err)
		}
	}
	return nil
}

// alike are metrics of which one statement does the same; codes are quoted.
type alike[K comparable] struct {
	by    K
	codes []string
}

// together groups metrics in the order of their first.
func together[K comparable](metrics []Metric, key func(Metric) K) []alike[K] {
	var out []alike[K]
	for _, m := range metrics {
		by := key(m)
		i := slices.IndexFunc(out, func(a alike[K]) bool { return a.by == by })
		if i < 0 {
			i, out = len(out), append(out, alike[K]{by: by})
		}
		out[i].codes = append(out[i].codes, quote(m.Code))
	}
	return out
}

// shape makes the tables of what must be shown: asked, the scopes each metric
// exists in, shape, its categories, reads, its feeds, and absent, what rests on nothing.
func (e Engine) shape(ctx context.Context, metrics []Metric, feeds map[string][]string) error {
	lists, err := e.lists(ctx, metrics)
	if err != nil {
		return err
	}
	var asked, shape, reads, absent [][]any
	for _, a := range e.Absent {
		absent = append(absent, []any{a.Scope, a.Period, a.Feed, a.Marker})
	}
	for _, m := range metrics {
		for _, kind := range m.Scopes {
			if kind == "claimed" { // a match fund keeps its row there, without a value
				kind = "fund"
			}
			asked = append(asked, []any{m.Code, kind})
		}
		shape = append(shape, []any{m.Code, m.Name, m.Unit, "", ""})
		for _, b := range m.By {
			for _, category := range e.Set.categories(m, b, lists) {
				shape = append(shape, []any{m.Code, m.Name, m.Unit, b.String(), category})
			}
		}
		for _, feed := range feeds[m.Code] {
			reads = append(reads, []any{m.Code, feed})
		}
	}
	for _, t := range []warehouse.Small{
		{Table: "asked(code VARCHAR, kind VARCHAR)", Rows: asked},
		{Table: "shape(code VARCHAR, name VARCHAR, unit VARCHAR, dimension VARCHAR, category VARCHAR)", Rows: shape},
		{Table: readsColumns, Rows: reads},
		{Table: absentColumns, Rows: absent},
	} {
		if err := warehouse.LoadTemp(ctx, e.Conn, t); err != nil {
			return err
		}
	}
	return nil
}

// lists reads the categories of every code list that a breakdown of the metrics uses.
func (e Engine) lists(ctx context.Context, metrics []Metric) (map[string][]string, error) {
	var selects []string
	for _, m := range metrics {
		for _, b := range m.By {
			for _, name := range b {
				if text := e.Set.dimension(name, m.Code).categories(m); text != "" && !slices.Contains(selects, text) {
					selects = append(selects, text)
				}
			}
		}
	}
	lists := map[string][]string{}
	if len(selects) == 0 {
		return lists, nil
	}
	var each []string
	for _, text := range selects {
		each = append(each, "SELECT "+quote(text)+" AS list, category FROM ("+text+")")
	}
	rows, err := e.Conn.QueryContext(ctx, strings.Join(each, "\nUNION ALL ")+"\nORDER BY ALL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var list string
		var category sql.NullString
		if err := rows.Scan(&list, &category); err != nil {
			return nil, err
		}
		if category.Valid {
			lists[list] = append(lists[list], category.String)
		}
	}
	return lists, rows.Err()
}

// division is how a metric's figures come out of what was placed: SQL over n,
// num, den and base. Metrics that divide alike are finished together.
type division struct{ value, numerator, denominator, base, unclaimed, needs string }

// division divides once, at the end. A count or sum of no rows is 0; a mean,
// share or quantile of none has no value.
func (s *Set) division(m Metric) division {
	const none = "NULL::DECIMAL(38,10)"
	d := division{value: "num", numerator: none, denominator: none, base: "NULL", unclaimed: unclaimed(m, "scope"), needs: m.needed()}
	switch {
	case m.Count.Kind.Ratio():
		d.value, d.numerator, d.denominator = divide("num", "den"), "num", "den"
	case m.Count.Kind.Quantile():
		d.value = divide("num", "den")
	case m.Count.Kind == Rate:
		d.base = s.base(m)
		d.value, d.numerator, d.denominator = fmt.Sprintf("(num * %s)::DOUBLE / base::DOUBLE", m.Count.Over), "n", "base"
	case m.Count.Over != "":
		d.value, d.numerator, d.denominator = divide("num", m.Count.Over), "CASE WHEN n = 0 THEN 0 ELSE num END", m.Count.Over
	}
	if m.Count.Counts() {
		d.value = fmt.Sprintf("CASE WHEN n = 0 THEN 0 ELSE %s END", d.value)
	}
	if m.NoTotal {
		d.value = fmt.Sprintf("CASE WHEN dimension <> '' THEN %s END", d.value)
	}
	return d
}

// finish joins what was placed to what must be shown, and divides.
func (e Engine) finish(d division, codes []string) query {
	const keys = "code, period, scope, dimension, category"
	among := "code IN (" + strings.Join(codes, ", ") + ")"
	gone := "FROM temp.gone WHERE " + among
	if d.needs != "" { // not awaited of match funds
		gone = fmt.Sprintf("SELECT code, scope, period, max(gone) AS gone FROM (%s UNION ALL SELECT DISTINCT code, scope, period, 'x' FROM spine WHERE scope NOT IN (%s) AND scope NOT IN (SELECT 'fund:' || code FROM register.fund WHERE match)) GROUP BY ALL", gone, d.needs)
	}
	q := e.periods().
		then("spine", "SELECT "+keys+" FROM (FROM temp.shape WHERE "+among+`) JOIN temp.asked USING (code)
  JOIN scope ON split_part(scope, ':', 1) = kind, period`).
		then("whole", fmt.Sprintf(`SELECT %s, coalesce(n, 0) AS n, num, den, %s AS base
  FROM spine FULL JOIN (FROM temp.placed WHERE %s) USING (%[1]s) WHERE scope IS NOT NULL`, keys, d.base, among)).
		then("gone", gone).
		then("named", "SELECT code, name, unit FROM temp.shape WHERE dimension = ''").
		then("figures", fmt.Sprintf(`SELECT w.* EXCLUDE (num, den, base), name, unit, gone,
    CASE WHEN NOT %s THEN %s END AS value, %s AS numerator, %s AS denominator
  FROM whole w JOIN named USING (code) LEFT JOIN gone USING (code, scope, period)`, d.unclaimed, d.value, d.numerator, d.denominator))
	q.last = marked
	return q
}

// gone makes the table of figures that rest on nothing, with their markers: those of a
// feed that was awaited and did not come, whatever rows there are; those that have no
// rows where none can have come.
func (e Engine) gone(ctx context.Context) error {
	const absent = "SELECT code, scope, period, marker FROM temp.absent JOIN "
	q := e.given().then("counted", "SELECT DISTINCT code, scope, period FROM temp.placed")
	q.last = "SELECT code, scope, period, max(marker) AS gone FROM (\n  " + strings.Join([]string{
		"SELECT r.code, m.scope, m.period, 'x' AS marker FROM missing m JOIN temp.reads r USING (feed)",
		absent + "temp.reads USING (feed) ANTI JOIN counted USING (code, scope, period)",
		absent + "(SELECT DISTINCT code FROM temp.shape) ON feed = '' ANTI JOIN counted USING (code, scope, period)",
	}, "\n  UNION ALL ") + ") GROUP BY ALL"
	_, err := e.Conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE gone AS\n"+q.String())
	return err
}

// needed is the query for the scopes that have rows of every view a metric needs.
func (m Metric) needed() string {
	var views []string
	for _, view := range m.Needs {
		views = append(views, "SELECT "+m.scopeNames()+" FROM "+ident(view)+" g")
	}
	return strings.Join(views, " INTERSECT ")
}
