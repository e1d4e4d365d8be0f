package metrics

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/warehouse"
)

// Missing says that a feed awaited from a provider of a scope does not cover a
// period: figures that read the feed have the marker x there, never 0.
type Missing struct{ Scope, Period, Feed string }

// Absent says why a scope's figures that read a feed (empty: all its figures) rest
// on nothing in a period: marker x, no delivery of the feed tells of it, though none
// may have been awaited; z, there is no such fund or service yet. A figure that has
// rows all the same is shown.
type Absent struct{ Scope, Period, Feed, Marker string }

// Engine computes a set's figures over one connection to a warehouse. The
// figures go into the relation named Figures, which it expects to exist.
type Engine struct {
	Set     *Set
	Conn    *sql.Conn
	Periods []period.Period
	Missing []Missing
	Absent  []Absent
	// Schema is where the relations figure, condition, breach and finding
	// stand: main in a build, temp for figures made on demand.
	Schema string
	// Computed, where given, is told of each metric that is done.
	Computed func(code string)
	held     map[string][]string // the feeds of each view that Hold has taken into memory
}

// Tables makes the relations the engine fills.
func (e Engine) Tables(ctx context.Context) error {
	for _, columns := range []string{
		`figure(code VARCHAR, name VARCHAR, scope VARCHAR, period VARCHAR, dimension VARCHAR, category VARCHAR,
			value DECIMAL(38,10), numerator DECIMAL(38,10), denominator DECIMAL(38,10), n BIGINT, unit VARCHAR, marker VARCHAR)`,
		`condition(code VARCHAR, title VARCHAR, fund VARCHAR, period VARCHAR, status VARCHAR, value DECIMAL(38,10),
			limit_value DECIMAL(38,10), evidence VARCHAR, basis VARCHAR, breaches BIGINT)`,
		`breach(code VARCHAR, fund VARCHAR, period VARCHAR, effect VARCHAR, amount DECIMAL(18,2), delivery INTEGER, "row" BIGINT, key VARCHAR)`,
		`finding(code VARCHAR, title VARCHAR, severity VARCHAR, period VARCHAR, subject VARCHAR, detail VARCHAR, found BIGINT, remedy VARCHAR)`,
	} {
		create := "CREATE TABLE main."
		if e.Schema == "temp" {
			create = "CREATE TEMP TABLE "
		}
		if _, err := e.Conn.ExecContext(ctx, create+columns); err != nil {
			return fmt.Errorf("cannot make the table of results: %w", err)
		}
	}
	return nil
}

// Compute adds the figures of the metrics named (none: all) and of their parts.
func (e Engine) Compute(ctx context.Context, codes ...string) error {
	metrics, err := e.Set.With(codes)
	if err != nil {
		return err
	}
	var counted []Metric
	for _, m := range metrics {
		if m.Count.Kind != Formula {
			counted = append(counted, m)
		}
	}
	if err := e.count(ctx, counted); err != nil {
		return err
	}
	return e.formulas(ctx, metrics)
}

// The tables of what figures rest on.
const (
	readsColumns  = "reads(code VARCHAR, feed VARCHAR)"
	absentColumns = "absent(scope VARCHAR, period VARCHAR, feed VARCHAR, marker VARCHAR)"
)

// Account keeps in a build which feeds each metric reads and what rests on nothing.
func (e Engine) Account(ctx context.Context) error {
	for _, statement := range []string{"CREATE TABLE main.figure_feed AS FROM temp.reads ORDER BY ALL", "CREATE TABLE main.absent AS FROM temp.absent ORDER BY ALL"} {
		if _, err := e.Conn.ExecContext(ctx, statement); err != nil {
			return fmt.Errorf("cannot keep what figures rest on: %w", err)
		}
	}
	return nil
}

// Nothing is the account of a build of which nothing counts: it has the tables that
// readers ask, and no row in them.
func (e Engine) Nothing(ctx context.Context) error {
	for _, columns := range []string{readsColumns, absentColumns} {
		name, rest, _ := strings.Cut(columns, "(")
		if name == "reads" {
			name = "figure_feed"
		}
		if _, err := e.Conn.ExecContext(ctx, "CREATE TABLE main."+name+"("+rest); err != nil {
			return fmt.Errorf("cannot keep what figures rest on: %w", err)
		}
	}
	return nil
}

// formulas adds the figures of metrics made of others'. They read the parts'
// figures over and over, so these are kept apart from all the rest.
func (e Engine) formulas(ctx context.Context, metrics []Metric) error {
	parts := map[string]bool{}
	for _, m := range metrics {
		for _, part := range m.Count.Formula.Parts() {
			parts[part.Code] = true
		}
	}
	if len(parts) == 0 {
		return nil
	}
	var counted []string
	for code := range parts {
		counted = append(counted, quote(code))
	}
	slices.Sort(counted)
	const columns = "code, scope, period, dimension, category, value, n, marker"
	keep := fmt.Sprintf("CREATE OR REPLACE TEMP TABLE part AS SELECT %s FROM %s.figure WHERE code IN (%s)", columns, e.Schema, strings.Join(counted, ", "))
	if _, err := e.Conn.ExecContext(ctx, keep); err != nil {
		return err
	}
	for _, m := range metrics {
		if m.Count.Kind != Formula {
			continue
		}
		if err := e.insert(ctx, "figure", e.formula(m)); err != nil {
			return fmt.Errorf("%s: metric %s cannot be computed: %w", m.File, m.Code, err)
		}
		if parts[m.Code] {
			keep := fmt.Sprintf("INSERT INTO temp.part SELECT %s FROM %s.figure WHERE code = %s", columns, e.Schema, quote(m.Code))
			if _, err := e.Conn.ExecContext(ctx, keep); err != nil {
				return err
			}
		}
		e.done(m)
	}
	return nil
}

// insert adds what a query gives to one of the engine's tables.
func (e Engine) insert(ctx context.Context, table string, q query) error {
	_, err := e.Conn.ExecContext(ctx, "INSERT INTO "+e.Schema+"."+table+" BY NAME\n"+q.String())
	return err
}

func (e Engine) done(m Metric) {
	if e.Computed != nil {
		e.Computed(m.Code)
	}
}

// periods is the relation of the periods asked for.
func (e Engine) periods() query {
	var periods []string
	for _, p := range e.Periods {
		periods = append(periods, fmt.Sprintf("(%s, DATE '%s', DATE '%s')", quote(p.Label), p.Start.Format("2006-01-02"), p.End.Format("2006-01-02")))
	}
	return query{}.then("period(period, period_start, period_end)", "VALUES "+strings.Join(periods, ", "))
}

// given is the relations that rules may read: the periods asked for, and what is
// missing in them.
func (e Engine) given() query {
	var missing []string
	for _, m := range e.Missing {
		missing = append(missing, fmt.Sprintf("(%s, %s, %s)", quote(m.Scope), quote(m.Period), quote(m.Feed)))
	}
	none := ""
	if len(missing) == 0 {
		missing, none = []string{"('', '', '')"}, " WHERE FALSE"
	}
	return e.periods().then("missing(scope, period, feed)", "SELECT * FROM (VALUES "+strings.Join(missing, ", ")+")"+none)
}

// feeds lists the feeds a query that has been run reads, through every view.
func (e Engine) feeds(ctx context.Context, text string) ([]string, error) {
	tables, err := warehouse.LineageOfBound(e.Conn, text)
	if err != nil {
		return nil, err
	}
	return e.feedsOf(tables), nil
}

func (e Engine) feedsOf(tables []string) []string {
	var feeds []string
	for _, t := range tables {
		schema, name, _ := strings.Cut(t, ".")
		switch {
		case schema == "typed":
			feeds = append(feeds, name)
		case schema == "main":
			feeds = append(feeds, e.held[name]...)
		}
	}
	slices.Sort(feeds)
	return slices.Compact(feeds)
}

// lineageText makes the names of the period known to a text that is read on its own.
func lineageText(text string) string {
	return "SELECT * FROM (SELECT '' AS period, DATE '2000-01-01' AS period_start, DATE '2000-01-01' AS period_end) p, LATERAL (\n" + text + "\n) r"
}

// marked selects figures from a relation that says of each by what marker it is
// gone, if it is, and gives every figure without a value its marker.
const marked = `SELECT code, name, scope, period, dimension, category, unit,
  CASE WHEN gone IS NULL THEN value END::DECIMAL(38,10) AS value,
  CASE WHEN gone IS NULL THEN numerator END::DECIMAL(38,10) AS numerator,
  CASE WHEN gone IS NULL THEN denominator END::DECIMAL(38,10) AS denominator,
  CASE WHEN gone IS DISTINCT FROM 'x' THEN n END AS n,
  CASE WHEN gone IS NOT NULL THEN gone WHEN value IS NULL THEN 'z' ELSE '' END AS marker
FROM figures`

// formula is the SQL of a metric made of other metrics' figures.
func (e Engine) formula(m Metric) query {
	parts := m.Count.Formula.Parts()
	codes, bys := []string{}, []string{"''"}
	for _, b := range m.By {
		bys = append(bys, quote(b.String()))
	}
	joins, gone := "", []string{}
	operand := map[Part]string{}
	n := ""
	for i, part := range parts {
		metric, _ := e.Set.Metric(part.Code)
		p := fmt.Sprintf("p%d", i)
		codes = append(codes, quote(part.Code))
		gone = append(gone, p+".marker = 'x'")
		on := fmt.Sprintf("%[1]s.dimension = k.dimension AND %[1]s.category = k.category", p)
		operand[part] = p + ".value"
		switch {
		case part.Dimension != "": // a narrowed part without rows has no value
			on = fmt.Sprintf("%[1]s.dimension = %[2]s AND %[1]s.category = %[3]s", p, quote(part.Dimension), quote(part.Category))
			operand[part] = fmt.Sprintf("CASE WHEN %[1]s.n > 0 THEN %[1]s.value END", p)
		case metric.Count.Counts(): // a category only another part has counts 0 here
			operand[part] = fmt.Sprintf("CASE WHEN %[1]s.code IS NULL THEN 0 ELSE %[1]s.value END", p)
		}
		joins += fmt.Sprintf("\nLEFT JOIN temp.part %[1]s ON %[1]s.code = %[2]s AND %[1]s.scope = k.scope AND %[1]s.period = k.period AND %[3]s",
			p, quote(part.Code), on)
		if n == "" || metric.Protect != "none" || !e.protects(parts[:i]) {
			n = "coalesce(" + p + ".n, 0)"
		}
	}
	numerator, denominator := "NULL", "NULL"
	if d := m.Count.Formula.Division(); d != nil {
		numerator, denominator = d.Left.sql(operand), d.Right.sql(operand)
	}
	value := m.Count.Formula.sql(operand)
	if m.NoTotal {
		value = fmt.Sprintf("CASE WHEN k.dimension <> '' THEN %s END", value)
	}
	q := e.given().
		then("keys", fmt.Sprintf(`SELECT DISTINCT scope, period, dimension, category FROM temp.part
  WHERE code IN (%s) AND dimension IN (%s) AND period IN (SELECT period FROM period) AND %s`,
			strings.Join(codes, ", "), strings.Join(bys, ", "), scopeFilter(m))).
		then("figures", fmt.Sprintf(`SELECT k.*, %s AS code, %s AS name, %s AS unit,
  CASE WHEN NOT %s THEN %s END AS value, %s AS numerator, %s AS denominator, %s AS n, CASE WHEN %s THEN 'x' END AS gone
FROM keys k%s`,
			quote(m.Code), quote(m.Name), quote(m.Unit), unclaimed(m, "k.scope"),
			value, numerator, denominator, n, strings.Join(gone, " OR "), joins))
	q.last = marked
	return q
}

// protects says whether any of the parts counts people.
func (e Engine) protects(parts []Part) bool {
	return slices.ContainsFunc(parts, func(p Part) bool {
		m, _ := e.Set.Metric(p.Code)
		return m.Protect != "none"
	})
}

// sql writes the formula. Sums and differences stay exact decimals; a product
// or quotient is made once, from exact operands.
func (n *Node) sql(operand map[Part]string) string {
	switch {
	case n.Part != nil:
		return "(" + operand[*n.Part] + ")"
	case n.Constant != "":
		return n.Constant
	case n.Op == '/':
		return "(" + divide(n.Left.sql(operand), n.Right.sql(operand)) + ")"
	case n.Op == '*':
		return fmt.Sprintf("((%s)::DOUBLE * (%s)::DOUBLE)", n.Left.sql(operand), n.Right.sql(operand))
	}
	return fmt.Sprintf("(%s %c %s)", n.Left.sql(operand), n.Op, n.Right.sql(operand))
}
