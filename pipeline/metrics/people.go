package metrics

import (
	"fmt"
	"strings"
)

// People are counted once in each period and scope, in the category of the
// latest of their rows there. Joining every row to every period is slow, so
// people are told apart:
//
//	single   one row in all: it is gathered by month like any other
//	free     several rows whose ends follow each other as their starts do: a row is
//	         the latest in a period when it falls in it and the next one starts after
//	         it, so rows are gathered by their own months and the next one's
//	knotted  a row lies inside an earlier one, or `prefer` decides: their rows meet
//	         each period, as whole numbers
const (
	onePerson = "count(*) AS n, count(*)::DECIMAL(38,6) AS num, NULL::DECIMAL(38,6) AS den"
	sums      = "sum(n) AS n, sum(num) AS num, sum(den) AS den"
)

// people adds the steps from the rows to what is placed in periods and scopes.
func (s *Set) people(m Metric, q query) query {
	q = q.
		// each row's place in the order of all rows: the latest of a person has the highest
		then("ordered", "SELECT *, row_number() OVER ("+m.order()+") AS place FROM counted WHERE measured IS NOT NULL").
		// a person is known by the place of their first row
		then("person", "SELECT measured, min(place) AS who, count(*) AS times FROM ordered GROUP BY measured")
	if m.perPeriod() {
		return s.knots(m, s.busy(m, q)).then("placed", s.untie(m))
	}
	q = q.then("single", "FROM ordered WHERE place IN (SELECT who FROM person WHERE times = 1)").
		then("gathered", s.gather(m, m.keys(), "(SELECT *"+m.by("")+" FROM single)", onePerson)).
		then("alone", s.place(m, sums, ""))
	q = s.busy(m, q)
	threads := ""
	if m.Prefer == "" {
		q, threads = s.free(m, q), " UNION ALL BY NAME FROM threads"
	}
	return s.knots(m, q).then("placed", `  SELECT period, scope, dimension, category, `+sums+`
  FROM (FROM alone`+threads+` UNION ALL BY NAME (`+s.untie(m)+`))
  GROUP BY period, scope, dimension, category`)
}

// order is the order of rows, the latest last: total where it decides a
// category, since no two rows share delivery and row.
func (m Metric) order() string {
	switch {
	case m.Prefer != "":
		return "ORDER BY " + m.Prefer + ` NULLS FIRST, dated, provider_code, key, delivery, "row"`
	case len(m.By) > 0:
		return `ORDER BY dated, provider_code, key, delivery, "row"`
	}
	return "ORDER BY dated"
}

// busy is the rows of people with several (of everybody where the rows depend
// on the period), in each of their scopes, with the month the next one starts in
// and whether that lies inside this one.
func (s *Set) busy(m Metric, q query) query {
	placing, to := "month_from, month_to", "coalesce(month_to, DATE '9999-01-01')"
	switch {
	case m.perPeriod():
		placing = "period"
	case m.When.End == "":
		to = "month_from"
	}
	several := "SELECT who, o.* FROM ordered o JOIN person USING (measured)"
	if !m.perPeriod() {
		several += " WHERE times > 1"
	}
	var selects []string
	for _, kind := range m.Scopes {
		scope, column := "'all'", "''"
		if kind != "all" {
			column = scopeColumn[kind]
			scope = "'" + strings.Replace(kind, "claimed", "fund", 1) + ":' || " + column
		}
		window := fmt.Sprintf("OVER (PARTITION BY %s, who ORDER BY place)", column)
		next := fmt.Sprintf("lead(month_from) %[1]s AS next_from, lead(%[2]s) %[1]s < %[2]s AS inside", window, to)
		if m.perPeriod() || m.Prefer != "" {
			next = "NULL::DATE AS next_from, TRUE AS inside"
		}
		selects = append(selects, fmt.Sprintf("SELECT %s AS scope, %s, who, place, %s FROM several WHERE %s IS NOT NULL", scope, placing, next, column))
	}
	return q.then("several", several).then("busy", "  "+strings.Join(selects, "\n  UNION ALL ")).
		then("knotted", "SELECT DISTINCT scope, who FROM busy WHERE inside")
}

// free gathers the rows of people without a knot by month and places them.
func (s *Set) free(m Metric, q query) query {
	return q.then("free", "FROM busy b WHERE NOT EXISTS (FROM knotted k WHERE k.scope = b.scope AND k.who = b.who)").
		then("threads", `  SELECT p.period, scope, dimension, category, `+sums+`
  FROM (`+s.byCategory(m, "scope, month_from, month_to, next_from", "free")+`) g
  JOIN period p ON `+m.When.predicate("g.month_from", "g.month_to")+` AND (g.next_from IS NULL OR g.next_from > p.period_end)
  GROUP BY p.period, scope, dimension, category`)
}

// knots picks the latest row of each knotted person in each period.
func (s *Set) knots(m Metric, q query) query {
	join := m.When.predicate("b.month_from", "b.month_to")
	if m.perPeriod() {
		join = "b.period = p.period"
	}
	return q.then("knots", `  SELECT p.period, b.scope, max(b.place) AS place
  FROM busy b
  JOIN knotted k ON k.scope = b.scope AND k.who = b.who
  JOIN period p ON `+join+`
  GROUP BY p.period, b.scope, b.who`)
}

// untie counts the knotted people.
func (s *Set) untie(m Metric) string { return s.byCategory(m, "period, scope", "knots") }

// byCategory counts chosen rows, once for the total and once for each
// breakdown; the categories are looked up by the row's place.
func (s *Set) byCategory(m Metric, keys, chosen string) string {
	if len(m.By) > 0 {
		chosen = "(SELECT f.*" + m.by("o.") + " FROM " + chosen + " f JOIN ordered o ON o.place = f.place)"
	}
	return s.gather(m, keys, chosen, onePerson)
}
