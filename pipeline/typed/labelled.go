package typed

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// LabelledSchema holds each view of the model once more, for people and other tools.
const LabelledSchema = "labelled"

// Views is part of every build's identity: it is raised when the views of LabelledSchema
// would be others. No figure depends on it.
const Views = 1

// registered are the columns that the model names with _code behind, and the word that is
// one everywhere else: in the register, in scopes, in the configuration.
var registered = map[string]string{"provider_code": "provider", "service_code": "service", "fund_code": "fund"}

// Labelled makes the views of LabelledSchema: beside each column of codes one of what they
// mean, its name with _label behind, which says of an empty one what figures count it as.
// They have every column of the model's own view, under its older name too. A label is
// worked out when it is read and costs nothing where it is not; metrics, checks and
// conditions read the model's own views.
func Labelled(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn) error {
	type column struct{ View, Name, Type string }
	columns, err := warehouse.Select[column](ctx, conn, `SELECT v.view_name AS view, c.column_name AS name, c.data_type AS type
		FROM duckdb_views() v JOIN duckdb_columns() c ON c.table_oid = v.view_oid AND c.database_name = v.database_name
		WHERE NOT v.internal AND v.schema_name = 'main' AND v.database_name = current_database()
		ORDER BY view, c.column_index`)
	if err != nil {
		return err
	}
	macros, chosen, older := map[string]string{}, map[string][]string{}, map[string][]string{}
	for _, c := range columns {
		name, of := quoted(c.Name), labelsOf(ws, c.Name, c.Type)
		if word := registered[c.Name]; word != "" {
			older[c.View] = append(older[c.View], name)
			name += " AS " + word
		}
		chosen[c.View] = append(chosen[c.View], name)
		if of.codes == nil {
			continue
		}
		macros[of.macro()] = of.sql()
		chosen[c.View] = append(chosen[c.View], fmt.Sprintf("coalesce(%s(%s), %s) AS %s", of.macro(), quoted(c.Name), warehouse.Literal(of.blank), quoted(of.column+"_label")))
	}
	statements := []string{"CREATE SCHEMA " + LabelledSchema}
	for _, name := range slices.Sorted(maps.Keys(macros)) {
		statements = append(statements, macros[name])
	}
	for _, view := range slices.Sorted(maps.Keys(chosen)) {
		statements = append(statements, fmt.Sprintf("CREATE VIEW %s.%s AS SELECT %s FROM main.%s",
			LabelledSchema, quoted(view), strings.Join(slices.Concat(chosen[view], older[view]), ", "), quoted(view)))
	}
	for _, statement := range statements {
		if err := warehouse.Exec(ctx, conn, statement); err != nil {
			return err
		}
	}
	return nil
}

// labels are what the codes of a column mean.
type labels struct {
	column string // as people call it
	lists  []string
	codes  [][2]string // a code and its label; nil: it is no column of codes
	blank  string      // what is said of an empty one
}

// labelsOf finds the code list of a column of a view: fixed values are of the list of its
// name that has no others, or else of the one that has the same; a text is of all lists of
// its name, which have no code in common. Some lists, such as that of ages, have no labels.
func labelsOf(ws *workspace.Workspace, name, kind string) labels {
	l := labels{column: name, blank: "(blank)"}
	if word := registered[name]; word != "" {
		l.column, l.lists, l.codes = word, []string{word}, registeredAs(ws, word)
		return l
	}
	known := ws.Metrics.CodeLists(name)
	if values := valuesOf(kind); values != nil {
		known = slices.DeleteFunc(known, func(k metrics.CodeList) bool { return !within(codesOf(ws, k.Name), values) })
		for _, list := range slices.Sorted(maps.Keys(ws.Lists)) {
			if codes := codesOf(ws, list); len(known) == 0 && within(codes, values) && len(codes) == len(values) {
				known = []metrics.CodeList{{Name: list, Blank: l.blank}}
			}
		}
	} else if kind != "VARCHAR" {
		return l
	}
	for _, k := range known {
		l.lists = append(l.lists, k.Name)
		for _, row := range ws.Lists[k.Name] {
			l.codes = append(l.codes, [2]string{row["code"], row["label"]})
			if row["code"] == known[0].Blank {
				l.blank = row["label"]
			}
		}
	}
	return l
}

func registeredAs(ws *workspace.Workspace, word string) [][2]string {
	out := [][2]string{}
	switch word {
	case "provider":
		for _, p := range ws.Register.Providers {
			out = append(out, [2]string{p.Code, p.Name})
		}
	case "service":
		for _, s := range ws.Register.Services {
			out = append(out, [2]string{s.Code, s.Name})
		}
	case "fund":
		for _, f := range ws.Register.Funds {
			out = append(out, [2]string{f.Code, f.Name})
		}
	}
	return out
}

// codesOf are the codes of a list that says what each means; none of another.
func codesOf(ws *workspace.Workspace, list string) (out []string) {
	for _, row := range ws.Lists[list] {
		if row["label"] != "" {
			out = append(out, row["code"])
		}
	}
	return out
}

// within tells whether all codes, and some, are values.
func within(codes, values []string) bool {
	return len(codes) > 0 && !slices.ContainsFunc(codes, func(c string) bool { return !slices.Contains(values, c) })
}

var enumValue = regexp.MustCompile(`'((?:[^']|'')*)'`)

// valuesOf are those of a type of fixed values, as DuckDB writes it; nil for another type.
func valuesOf(kind string) []string {
	if !strings.HasPrefix(kind, "ENUM(") {
		return nil
	}
	var out []string
	for _, m := range enumValue.FindAllStringSubmatch(kind, -1) {
		out = append(out, strings.ReplaceAll(m[1], "''", "'"))
	}
	return out
}

func (l labels) macro() string { return strings.Join(l.lists, "_or_") + "_label" }

// sql makes the macro: of a code that no list has it gives the code.
func (l labels) sql() string {
	var codes, words []string
	for _, c := range l.codes {
		codes, words = append(codes, warehouse.Literal(c[0])), append(words, warehouse.Literal(c[1]))
	}
	if len(codes) == 0 { // an office without a fund, say
		return fmt.Sprintf("CREATE MACRO %s(code) AS code::VARCHAR", l.macro())
	}
	return fmt.Sprintf("CREATE MACRO %s(code) AS coalesce(map([%s], [%s])[code::VARCHAR], code::VARCHAR)", l.macro(), strings.Join(codes, ", "), strings.Join(words, ", "))
}

func quoted(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
