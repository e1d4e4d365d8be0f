package contract

import (
	"fmt"
	"strings"
)

// ControlTotals is the table of the totals that files state of themselves: the
// text, the number it is, and what the rows above it add up to, all of them and
// those since the total before it.
const ControlTotals = `CREATE TABLE control_total(delivery INTEGER, "row" BIGINT, column_name VARCHAR, value VARCHAR, stated DECIMAL(38,4), added DECIMAL(38,4), since DECIMAL(38,4))`

// ControlTotal is the SQL that puts a row of totals, left out of a source's rows,
// beside what the rows above it add up to; last is the row of the total before it.
// It is empty where the row states no amount of a column of numbers.
func (c Contract) ControlTotal(s Source, row, last int64, values []string) string {
	j := judge{Contract: c, Source: s}
	var selects []string
	for _, col := range c.Columns {
		at, sent := s.Mapping.Columns[col.Name]
		if !sent || at >= len(values) || col.Band != "" || !strings.Contains("integer number money", col.Type) || strings.TrimSpace(values[at]) == "" {
			continue
		}
		stated := j.parse(col, "tidy("+quote(values[at])+")")
		sum := func(after int64) string {
			return fmt.Sprintf(`(SELECT coalesce(sum(%s), 0) FROM typed.%s WHERE delivery = %d AND "row" > %d AND "row" < %d)`, ident(col.Name), c.Feed, s.Delivery, after, row)
		}
		selects = append(selects, fmt.Sprintf("SELECT %d, %d, %s, %s, %s, %s, %s WHERE %[5]s IS NOT NULL", s.Delivery, row, quote(col.Name), quote(values[at]), stated, sum(0), sum(last)))
	}
	if len(selects) == 0 {
		return ""
	}
	return "INSERT INTO control_total " + strings.Join(selects, " UNION ALL ")
}
