package contract

import (
	"fmt"
	"strings"

	"mojreturns/pipeline/register"
)

// Source is one staged table of a delivery and how its provider writes. Its
// rows are read from Parquet as text (columns c1, c2, ...) and judged by SQL.
type Source struct {
	Delivery  int    // the delivery's place in the order of all deliveries
	Provider  string // provider code
	KeyGroup  string // the group its pseudonyms belong to
	Year      string // financial year of the delivery, such as 2023-24
	Rows      string // the relation that holds its staged rows, as SQL
	DaysFrom  string // the day that its workbook counts as 0; empty is 1899-12-30
	Mapping   Mapping
	Spec      register.Feed       // how the provider writes
	Registers map[string][]string // fund, provider, and the services of this provider
}

// Lists are the code lists: for each, its rows as column name to value.
type Lists map[string][]map[string]string

// typeName is the DuckDB type of a column's good values. Codes are ENUMs made
// from their list, so that a value is checked and stored in one step.
func (c Contract) typeName(col Column) string {
	switch col.Type {
	case "code", "yes/no", "yes/no/not known":
		return ident(c.enum(col))
	case "date":
		return "DATE"
	case "datetime":
		return "TIMESTAMP"
	case "time":
		return "TIME"
	case "integer":
		return "INTEGER"
	case "number":
		return "DECIMAL(18,4)"
	case "money":
		return "DECIMAL(18,2)"
	}
	return "VARCHAR"
}

func (c Contract) enum(col Column) string {
	switch {
	case len(col.Constraints.Enum) > 0 && col.List != "":
		return "code_" + c.Feed + "_" + col.Name
	case col.List != "":
		return "code_" + col.List
	case col.Type == "yes/no":
		return "code_yes_no"
	case col.Type == "yes/no/not known":
		return "code_yes_no_nk"
	}
	return "code_" + c.Feed + "_" + col.Name
}

// codes are the values an ENUM column may have, in the order of its list.
func (c Contract) codes(col Column, lists Lists) []string {
	list := strings.TrimPrefix(c.enum(col), "code_")
	if col.List != "" {
		list = col.List
	}
	var codes []string
	for _, row := range lists[list] {
		codes = append(codes, row["code"])
	}
	return append(codes, col.Constraints.Enum...)
}

// Tables is the SQL that makes the ENUMs and the table typed.<feed>: the
// contract's columns with good values, where each row came from, whether it
// counts, and its faults.
func (c Contract) Tables(lists Lists) []string {
	var statements, columns []string
	for _, col := range c.Columns {
		if strings.HasPrefix(c.typeName(col), `"code_`) {
			statements = append(statements, fmt.Sprintf("CREATE TYPE IF NOT EXISTS %s AS ENUM (%s)", c.typeName(col), quoteAll(c.codes(col, lists))))
		}
		name, kind := ident(col.Name), c.typeName(col)
		if col.Band != "" {
			name, kind = ident(col.Band), ident("code_"+col.Band)
			statements = append(statements, fmt.Sprintf("CREATE TYPE IF NOT EXISTS %s AS ENUM (%s)", kind, quoteAll(bandCodes(lists[col.Band]))))
		}
		columns = append(columns, name+" "+kind)
	}
	columns = append(columns, "sender VARCHAR", "key_group VARCHAR", "delivery_year VARCHAR", "delivery INTEGER", `"row" BIGINT`, "line BIGINT",
		"standing VARCHAR", "faults STRUCT(column_name VARCHAR, rule VARCHAR, value VARCHAR)[]")
	return append(statements, fmt.Sprintf("CREATE TABLE typed.%s (\n  %s)", c.Feed, strings.Join(columns, ",\n  ")))
}

func bandCodes(rows []map[string]string) []string {
	var codes []string
	for _, r := range rows {
		codes = append(codes, r["code"])
	}
	return codes
}

// Judge is the SQL that reads the rows of sources of this feed into typed.<feed>.
// Each value is read as text and taken as its type, source by source, then held
// against its rules; layer by layer, since a rule between two columns is judged
// only where the other is good. The rules are the same for all sources, and by far
// the longest part, so they stand once.
func (c Contract) Judge(sources []Source, lists Lists) string {
	j := judge{Contract: c, lists: lists, level: map[string]int{}}
	j.renamed = j.translatedIn(sources)
	query := j.read(sources)
	for level := 0; ; level++ {
		faults := j.faults(level)
		if len(faults) == 0 {
			break
		}
		query = fmt.Sprintf("SELECT *, %s\n  FROM (%s)", strings.Join(faults, ",\n    "), query)
	}
	return fmt.Sprintf(`INSERT INTO typed.%s
SELECT %s,
  sender, key_group, delivery_year, delivery, "row", line,
  CASE WHEN rejected THEN 'rejected' ELSE 'counted' END,
  CASE WHEN faulty THEN list_filter([%s], lambda f: f IS NOT NULL) END
FROM (SELECT *, %s AS faulty, %s AS rejected
  FROM (%s))`,
		c.Feed, j.values(), j.list(), j.any(""), j.any("reject"), query)
}

// read is the SQL for the sources' texts and values. Sources that are read alike,
// such as the four quarters of a provider, share one SELECT.
func (j judge) read(sources []Source) string {
	var order []string
	alike := map[string][]string{}
	for _, s := range sources {
		j.Source = s
		how := fmt.Sprintf("SELECT *, %s\n  FROM (SELECT sender, key_group, delivery_year, delivery, \"row\", line, fields, %s", j.parsed(), j.texts())
		if j.numbersLines() { // within one file
			how += fmt.Sprintf(", %d AS alone", s.Delivery)
		}
		if alike[how] == nil {
			order = append(order, how)
		}
		alike[how] = append(alike[how], fmt.Sprintf("SELECT %s AS sender, %s AS key_group, %s AS delivery_year, %d AS delivery, * FROM %s",
			quote(s.Provider), quote(s.KeyGroup), quote(s.Year), s.Delivery, s.Rows))
	}
	var selects []string
	for _, how := range order {
		selects = append(selects, how+"\n  FROM ("+strings.Join(alike[how], "\n  UNION ALL BY NAME ")+"))")
	}
	return strings.Join(selects, "\n  UNION ALL BY NAME\n")
}

// numbersLines tells whether a column is the number of a row among those of its file.
func (j judge) numbersLines() bool {
	for _, d := range j.Mapping.Derived {
		if d.As == AsLineNumber {
			return true
		}
	}
	return false
}

type judge struct {
	Contract
	Source
	lists   Lists
	level   map[string]int  // the layer a column's rules are judged in
	renamed map[string]bool // the columns of which a source's own text is kept beside the translated one
}

// good is a column's value where it broke no rule.
func (j judge) good(name string) string {
	return fmt.Sprintf("CASE WHEN %s IS NULL THEN %s END", ident("f_"+name), ident("p_"+name))
}

// faults gives, for the columns of one layer, the SQL for the first rule each
// value breaks. Columns that look at others come a layer after them.
func (j judge) faults(level int) []string {
	var out []string
	for _, col := range j.Contract.Columns {
		if j.layer(col) == level {
			out = append(out, fmt.Sprintf("CASE %s END AS %s", j.ladder(col), ident("f_"+col.Name)))
		}
	}
	return out
}

func (j judge) layer(col Column) int {
	if known, ok := j.level[col.Name]; ok {
		return known
	}
	layer := 0
	for _, r := range col.rules(ours()) {
		for _, other := range r.Needs {
			o, _ := j.Column(other)
			layer = max(layer, j.layer(o)+1)
		}
	}
	j.level[col.Name] = layer
	return layer
}

// ladder is the rules of a column in the order they are judged.
func (j judge) ladder(col Column) string {
	t, p := ident("t_"+col.Name), ident("p_"+col.Name)
	var steps []string
	step := func(rule, when string) {
		steps = append(steps, fmt.Sprintf("WHEN %s THEN %s", when, quote(rule)))
	}
	for _, r := range col.rules(ours()) {
		switch r.Name {
		case "required":
			step(r.Name, t+" IS NULL")
		case "required when":
			condition := j.good(col.RequiredWhen.Column) + " IS NOT NULL"
			if col.RequiredWhen.Equals != "" {
				condition = j.good(col.RequiredWhen.Column) + " = " + quote(col.RequiredWhen.Equals)
			}
			step(r.Name, t+" IS NULL AND ("+condition+")")
		case "form":
			step(r.Name, fmt.Sprintf("%s IS NOT NULL AND %s IS NULL", t, p))
		case "calendar":
			step(r.Name, fmt.Sprintf("%[1]s < DATE '2015-01-01' OR %[1]s > DATE '2028-12-31'", p))
		case "range":
			step(r.Name, fmt.Sprintf("%[1]s < %[2]d OR %[1]s > %[3]d", p, *col.Constraints.Minimum, *col.Constraints.Maximum))
		case "length":
			step(r.Name, fmt.Sprintf("length(%s) > %d", p, col.Constraints.MaxLength))
		case "adds up":
			step(r.Name, fmt.Sprintf("%s <> %s", p, j.sum(col.AddsUp)))
		case "scale":
			step(r.Name, j.offScale(p, j.good(col.Scale)))
		default: // "before <column>"
			step(r.Name, fmt.Sprintf("%s < %s", p, j.good(r.Needs[0])))
		}
	}
	if len(steps) == 0 {
		return "WHEN FALSE THEN ''"
	}
	return strings.Join(steps, " ")
}

func (j judge) sum(columns []string) string {
	var terms []string
	for _, name := range columns {
		terms = append(terms, j.good(name))
	}
	return "(" + strings.Join(terms, " + ") + ")"
}

// offScale is true of a score its scale does not have.
func (j judge) offScale(score, scale string) string {
	var cases []string
	for _, row := range j.lists["outcome_scale"] {
		cases = append(cases, fmt.Sprintf("%s = %s AND (%s < %s OR %s > %s)", scale, quote(row["code"]), score, row["min"], score, row["max"]))
	}
	return strings.Join(cases, " OR ")
}

// values are the good values in the order of the table; ages become bands.
func (j judge) values() string {
	var out []string
	for _, col := range j.Contract.Columns {
		value := j.good(col.Name)
		if col.Band != "" {
			value = j.band(col, value)
		}
		out = append(out, value)
	}
	return strings.Join(out, ",\n  ")
}

func (j judge) band(col Column, value string) string {
	cases := ""
	for _, row := range j.lists[col.Band] {
		if row["from_age"] != "" {
			cases += fmt.Sprintf(" WHEN %s <= %s THEN %s", value, row["to_age"], quote(row["code"]))
		}
	}
	return "CASE" + cases + " END"
}

// list is every column's fault, or NULL, as a list.
func (j judge) list() string {
	out := []string{"CASE WHEN fields IS NOT NULL THEN {'column_name': '', 'rule': 'fields', 'value': fields::VARCHAR} END"}
	for _, col := range j.Contract.Columns {
		value := ident("t_" + col.Name)
		if j.renamed[col.Name] {
			value = ident("s_" + col.Name)
		}
		out = append(out, fmt.Sprintf("CASE WHEN %[1]s IS NOT NULL THEN {'column_name': %[2]s, 'rule': %[1]s, 'value': %[3]s} END",
			ident("f_"+col.Name), quote(col.Name), value))
	}
	return strings.Join(out, ",\n    ")
}

// any is true of a row with a fault (severity empty), or with one of that severity.
func (j judge) any(severity string) string {
	out := []string{"fields IS NOT NULL"}
	for _, col := range j.Contract.Columns {
		if severity == "" || col.OnError == severity {
			out = append(out, ident("f_"+col.Name)+" IS NOT NULL")
		}
	}
	return strings.Join(out, "\n    OR ")
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }

func quoteAll(values []string) string {
	var out []string
	for _, v := range values {
		out = append(out, quote(v))
	}
	return strings.Join(out, ", ")
}
