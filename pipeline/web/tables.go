package web

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// Tables are looked at by questions of the same kind as an analyst's own: bound values,
// names that the warehouse has.

// most is the most rows of a file.
const most = 1_000_000

// Whose turn a question takes: an analyst's own must not hold up the pages, which ask
// short ones.
const (
	local = "local" // without sign-in all who ask on this machine are one
	pages = "pages"
)

func (s site) ask(r *http.Request, by, sql string, values map[string]any, limit int) (table.Table, bool, error) {
	answer, err := s.options.Office.Desk.Ask(r.Context(), warehouse.Question{By: by, SQL: sql, Values: values, MaxRows: limit, Timeout: s.options.Patience})
	return table.Of(answer.Columns, answer.Rows), answer.More, err
}

// relations are what can be looked at, each with its schema where that is not main.
const relations = `FROM (SELECT schema_name AS schema, table_name AS name, 'table' AS kind, comment FROM duckdb_tables() WHERE database_name = 'warehouse' AND schema_name <> 'typed'
UNION ALL SELECT schema_name, view_name, 'view', comment FROM duckdb_views() WHERE database_name = 'warehouse' AND schema_name <> 'typed' AND NOT internal)
ORDER BY schema <> 'main', schema, name`

func (s site) tables(r *http.Request) (page, error) {
	found, _, err := s.ask(r, pages, relations, nil, 0)
	if err != nil {
		return page{}, err
	}
	g := gridOf("", found, 1, func(row []any, name string) string {
		if name != "name" {
			return ""
		}
		return "/table/" + relation(table.AsText(row[0]), table.AsText(row[1]))
	})
	return page{Title: "Tables", Lead: []string{"What questions can be asked of. Those in labelled have what each code means beside it; lists of codes are in reference, the office's funds, services and providers in register."},
		Grids: []grid{g}, File: "tables"}, nil
}

func relation(schema, name string) string {
	if schema == "main" {
		return name
	}
	return schema + "." + name
}

// looked is one look at a table, as a question.
type looked struct {
	name          string // as it is asked for
	columns       []string
	where, values []string // a column and the text it is to have
	sort          string   // a column, with - before it for the largest first
}

// quoted writes a name as SQL.
func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (l looked) from() string {
	schema, name, ok := strings.Cut(l.name, ".")
	if !ok {
		schema, name = "main", l.name
	}
	return "warehouse." + quoted(schema) + "." + quoted(name)
}

// filter is the WHERE of a look, and the values it binds. A column that is empty is asked
// for as (blank).
func (l looked) filter() (string, map[string]any) {
	var conditions []string
	values := map[string]any{}
	for i, column := range l.where {
		name := fmt.Sprintf("value_%d", i+1)
		conditions = append(conditions, fmt.Sprintf("coalesce(%s::VARCHAR, '(blank)') = $%s", quoted(column), name))
		values[name] = l.values[i]
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " WHERE " + strings.Join(conditions, " AND "), values
}

// order sorts by a column and then by all others: rows that are alike in the one would
// else stand on two pages, or on none.
func (l looked) order() string {
	column, down := strings.CutPrefix(l.sort, "-")
	if column == "" {
		return ""
	}
	by := quoted(column)
	if down {
		by += " DESC"
	}
	by += " NULLS LAST"
	for _, other := range l.columns {
		if other != column {
			by += ", " + quoted(other)
		}
	}
	return " ORDER BY " + by
}

// look reads what a request asks of a table; names that the table has not are refused.
func (s site) look(r *http.Request) (looked, error) {
	l := looked{name: r.PathValue("name"), sort: r.URL.Query().Get("sort")}
	known, _, err := s.ask(r, pages, relations, nil, 0)
	if err != nil {
		return l, err
	}
	if !slices.ContainsFunc(known.Rows, func(row []any) bool { return relation(table.AsText(row[0]), table.AsText(row[1])) == l.name }) {
		return l, notFound("There is no table %q.", l.name)
	}
	described, _, err := s.ask(r, pages, "FROM (DESCRIBE "+l.from()+")", nil, 0)
	if err != nil {
		return l, err
	}
	for _, row := range described.Rows {
		l.columns = append(l.columns, table.AsText(row[0]))
	}
	if column := strings.TrimPrefix(l.sort, "-"); l.sort != "" && !slices.Contains(l.columns, column) {
		return l, badRequest("%s has no column %q", l.name, column)
	}
	q := r.URL.Query()
	if column := q.Get("column"); column != "" { // from the form
		q.Set("f."+column, q.Get("value"))
	}
	for _, column := range slices.Sorted(keys(q)) {
		name, is := strings.CutPrefix(column, "f.")
		if !is {
			continue
		}
		if !slices.Contains(l.columns, name) {
			return l, badRequest("%s has no column %q", l.name, name)
		}
		l.where, l.values = append(l.where, name), append(l.values, q.Get(column))
	}
	return l, nil
}

func keys(q map[string][]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range q {
			if !yield(k) {
				return
			}
		}
	}
}

// table shows one: sorted and filtered by links, a part at a time.
func (s site) table(r *http.Request) (page, error) {
	l, err := s.look(r)
	if err != nil {
		return page{}, err
	}
	part, err := partAsked(r)
	if err != nil {
		return page{}, err
	}
	where, values := l.filter()
	p := page{Title: l.name, Crumbs: []link{{Text: "Tables", Href: "/tables"}}, File: safeName(l.name), Text: "FROM " + l.name + where + l.order()}
	if table.Streams(formOf(r)) {
		return s.flow(r, "FROM "+l.from()+where+l.order(), values, p)
	}
	if formOf(r) != "" {
		found, more, err := s.ask(r, pages, "FROM "+l.from()+where+l.order(), values, most)
		if more {
			p.File += fmt.Sprintf("-first-%d", most)
		}
		p.Grids = []grid{{table: found}}
		return p, err
	}
	total, _, err := s.ask(r, pages, "SELECT count(*) FROM "+l.from()+where, values, 0)
	if err != nil {
		return page{}, err
	}
	n, err := strconv.Atoi(table.AsText(total.Rows[0][0]))
	if err != nil {
		return page{}, err
	}
	found, _, err := s.ask(r, pages, fmt.Sprintf("FROM %s%s%s LIMIT %d OFFSET %d", l.from(), where, l.order(), perPage, (part-1)*perPage), values, 0)
	if err != nil {
		return page{}, err
	}
	g := gridOf("", found, 1, linked(found))
	g.Caption = partSaid(part, len(found.Rows)) + " of " + plural(n, "row")
	for i, c := range g.Columns {
		g.Columns[i].Href = with(r, "sort", c.Text)
		switch l.sort {
		case c.Text:
			g.Columns[i].Sorted, g.Columns[i].Href = "ascending", with(r, "sort", "-"+c.Text)
		case "-" + c.Text:
			g.Columns[i].Sorted, g.Columns[i].Href = "descending", with(r, "sort", "")
		}
	}
	g.parts(r, part, n)
	p.Grids = []grid{g}
	p.Form = &form{Button: "Keep only these rows", Fields: []field{{Name: "column", Label: "Column", Among: append([]string{""}, l.columns...)}, {Name: "value", Label: "is", Hint: "empty ones are (blank)"}}}
	for i, column := range l.where {
		p.Lists = append(p.Lists, list{Links: []link{{Text: fmt.Sprintf("Only %s = %s: take this away", column, l.values[i]), Href: with(r, "f."+column, "")}}})
	}
	return p, s.facet(r, l, &p)
}

func partSaid(part, n int) string {
	if n == 0 {
		return "None"
	}
	return fmt.Sprintf("Rows %s to %s", count(int64((part-1)*perPage+1)), count(int64((part-1)*perPage+n)))
}

// linked leads from a row to what its sender wrote, where it says which file it came from.
func linked(t table.Table) func(row []any, name string) string {
	for _, c := range t.Columns {
		if c.Name == "sha256" {
			return rowAddress(t)
		}
	}
	return nil
}

// facet counts the values of the column a request asks for, each leading to its rows.
func (s site) facet(r *http.Request, l looked, p *page) error {
	choose := list{Title: "Count the values of a column"}
	for _, column := range l.columns {
		choose.Links = append(choose.Links, link{Text: column, Href: with(r, "facet", column)})
	}
	p.Lists = append(p.Lists, choose)
	of := r.URL.Query().Get("facet")
	if of == "" {
		return nil
	}
	if !slices.Contains(l.columns, of) {
		return badRequest("%s has no column %q", l.name, of)
	}
	where, values := l.filter()
	found, more, err := s.ask(r, pages, fmt.Sprintf("SELECT coalesce(%s::VARCHAR, '(blank)') AS value, count(*) AS rows FROM %s%s GROUP BY ALL ORDER BY rows DESC, value", quoted(of), l.from(), where), values, 100)
	if err != nil {
		return err
	}
	g := gridOf("Values of "+of, found, 1, func(row []any, name string) string {
		if name != "value" {
			return ""
		}
		return with(r, "f."+of, table.AsText(row[0]))
	})
	if more {
		g.Caption = "The 100 most frequent"
	}
	p.Grids = append(p.Grids, g)
	return nil
}
