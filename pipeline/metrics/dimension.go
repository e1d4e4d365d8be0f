package metrics

import (
	"fmt"
	"io/fs"
	"strings"

	"mojreturns/pipeline/lists"
)

// dimension ties a breakdown to the code list that names its categories, and
// to the category a blank is counted in. A dimension without a list (supplier,
// reason) shows only what occurs.
type dimension struct {
	name, list, column, blank string
	metrics                   string // prefix of the codes it is for; empty for any
}

const dimensionFile = "reference/dimension.csv"

func loadDimensions(queries fs.FS) ([]dimension, error) {
	list, err := lists.Open(queries, dimensionFile, "dimension", "list", "column", "blank", "metrics")
	if err != nil {
		return nil, err
	}
	var out []dimension
	for _, r := range list.Rows {
		out = append(out, dimension{name: r.Get("dimension"), list: r.Get("list"), column: r.Get("column"), blank: r.Get("blank"), metrics: r.Get("metrics")})
	}
	return out, nil
}

// dimension finds the dimension for a metric; the one meant for the metric's
// codes wins over the one for any.
func (s *Set) dimension(name, code string) dimension {
	found := dimension{name: name, blank: "(blank)"}
	for _, d := range s.dimensions {
		if d.name == name && (d.metrics == "" && found.list == "" || d.metrics != "" && strings.HasPrefix(code, d.metrics)) {
			found = d
		}
	}
	return found
}

// Coded names the code list of which a dimension's categories are codes, for a metric
// (empty: for any). It is empty where they are words themselves, such as groups.
func (s *Set) Coded(dimension, metric string) string {
	if d := s.dimension(dimension, metric); d.column == "code" {
		return d.list
	}
	return ""
}

// CodeList is a code list that a column may be of, and the category in which an empty
// value of it is counted.
type CodeList struct{ Name, Blank string }

// CodeLists are the lists that a column of this name may be of, whatever the metric.
func (s *Set) CodeLists(column string) []CodeList {
	var out []CodeList
	for _, d := range s.dimensions {
		if d.name == column && d.column == "code" {
			out = append(out, CodeList{d.list, d.blank})
		}
	}
	return out
}

// Nested is a breakdown of which another is the finer: each of its categories is made
// of the codes that a code list puts into it.
type Nested struct {
	Fine, Coarse string              // the dimensions
	Of           map[string][]string // by category of the coarse one: its codes, in the list's order
}

// Nested finds a metric's breakdowns that group the codes of another of them, as the
// columns of the code lists have it; rows gives a list's rows.
func (s *Set) Nested(m Metric, rows func(list string) []map[string]string) []Nested {
	var out []Nested
	for _, fine := range m.By {
		list := s.Coded(fine.String(), m.Code)
		for _, coarse := range m.By {
			d := s.dimension(coarse.String(), m.Code)
			if list == "" || d.list != list || d.column == "code" {
				continue
			}
			n := Nested{Fine: fine.String(), Coarse: coarse.String(), Of: map[string][]string{}}
			for _, row := range rows(list) {
				n.Of[row[d.column]] = append(n.Of[row[d.column]], row["code"])
			}
			out = append(out, n)
		}
	}
	return out
}

// category is the SQL for the category of a row, blanks included.
func (s *Set) category(b Breakdown, code string) string {
	var parts []string
	for _, name := range b {
		parts = append(parts, s.orBlank(ident(name), name, code))
	}
	return strings.Join(parts, " || ' x ' || ")
}

// orBlank is the SQL for a dimension's part of a category, which column gives.
func (s *Set) orBlank(column, name, code string) string {
	return fmt.Sprintf("coalesce(%s::VARCHAR, %s)", column, quote(s.dimension(name, code).blank))
}

// categories is the SQL for the categories of a dimension that must be shown of a
// metric: those of its code list; empty where it has none.
func (d dimension) categories(m Metric) string {
	if d.list == "" {
		return ""
	}
	among := ""
	if m.Count.Kind == Rate {
		among = " WHERE " + ident(m.Count.Expr) + " IS NOT NULL"
	}
	return fmt.Sprintf("SELECT DISTINCT %s AS category FROM reference.%s%s", ident(d.column), ident(d.list), among)
}

// categories are those of a breakdown that must be shown, crossings too; lists
// gives the categories of each code list by the SQL that reads it.
func (s *Set) categories(m Metric, b Breakdown, lists map[string][]string) []string {
	crossed := []string{""}
	for i, name := range b {
		d := s.dimension(name, m.Code)
		if d.list == "" {
			return nil
		}
		var longer []string
		for _, head := range crossed {
			for _, category := range lists[d.categories(m)] {
				if i > 0 {
					category = head + " x " + category
				}
				longer = append(longer, category)
			}
		}
		crossed = longer
	}
	return crossed
}

// base is the SQL for what a rate is divided by: the code list's number for the
// category, and for the total the sum over the list.
func (s *Set) base(m Metric) string {
	d := s.dimension(m.By[0].String(), m.Code)
	return fmt.Sprintf("(SELECT sum(l.%s) FROM reference.%s l WHERE dimension = '' OR l.%s = category)::DECIMAL(38,10)", ident(m.Count.Expr), ident(d.list), ident(d.column))
}

// ratesHaveLists reports each rate whose breakdown is not one code list.
func (s *Set) ratesHaveLists() []error {
	var errs []error
	for _, m := range s.Metrics {
		if m.Count.Kind == Rate && (len(m.By) != 1 || len(m.By[0]) != 1 || s.dimension(m.By[0][0], m.Code).list == "") {
			errs = append(errs, fmt.Errorf("%s: `rows per %s %s` needs one breakdown, by a code list that has the column %q", m.File, m.Count.Over, m.Count.Expr, m.Count.Expr))
		}
	}
	return errs
}

func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
func ident(s string) string { return `"` + strings.ReplaceAll(s, `"`, `""`) + `"` }
