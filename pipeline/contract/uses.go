package contract

import (
	"fmt"
	"strings"
)

// Use is where one column of the contract comes from in a file; or, with no
// column, a header that nobody claims.
type Use struct {
	Column   string
	Required bool
	Header   string // empty where the column comes from no header
	How      string // in words
}

// Uses says, for each column of the contract in its order, where it comes from,
// and then which headers nobody claims.
func (c Contract) Uses(m Mapping, header []string) []Use {
	var out []Use
	for _, col := range c.Columns {
		u := Use{Column: col.Name, Required: col.Constraints.Required}
		constant, given := m.Constants[col.Name]
		at, sent := m.Columns[col.Name]
		d, derived := m.Derived[col.Name]
		switch {
		case derived:
			u.Header, u.How = header[d.At], d.inWords()
		case given:
			u.How = fmt.Sprintf("the constant %q", constant)
		case sent:
			u.Header, u.How = header[at], "its header"
		case u.Required:
			u.How = "missing, and it is required"
		default:
			u.How = "not sent"
		}
		out = append(out, u)
	}
	for _, h := range m.Unused {
		out = append(out, Use{Header: h, How: "nobody claims this header"})
	}
	return out
}

func (d Derivation) inWords() string {
	how := "made from this header"
	if d.Part != "" {
		how = "part of this header's text"
	}
	switch {
	case d.As == AsLineNumber:
		how = "the number among the rows that share this header's text"
	case d.As != "":
		how = "the " + d.As + " of this header's date"
	}
	if d.Factor != "" {
		how += ", times " + strings.TrimSuffix(strings.TrimRight(d.Factor, "0"), ".")
	}
	return how
}

// Untranslated is the SELECT of the values of a source that are no code of ours
// and that the mapping does not translate, with how often each comes, the first row,
// and what takes it in, if anything does. Values are the provider's own.
func (c Contract) Untranslated(s Source, lists Lists) string {
	j := judge{Contract: c, Source: s, lists: lists}
	var selects []string
	for _, col := range c.Columns {
		sent := j.sent(col)
		_, given := s.Mapping.Constants[col.Name]
		if sent == "" || given || col.Register == "" && !strings.HasPrefix(c.typeName(col), `"code_`) {
			continue
		}
		theirs := j.filled(sent)
		selects = append(selects, fmt.Sprintf(`SELECT %s AS column_name, %s AS value, count(*) AS "rows", min("row") AS first_row, %s AS taken_as FROM %s WHERE %s IS NOT NULL AND %s IS NULL GROUP BY ALL`,
			quote(col.Name), theirs, quote(j.translations(col)[everything]), s.Rows, theirs, j.parse(col, j.translated(col, theirs))))
	}
	if len(selects) == 0 {
		return ""
	}
	return "SELECT * FROM (" + strings.Join(selects, "\nUNION ALL ") + `) ORDER BY column_name, "rows" DESC, value`
}
