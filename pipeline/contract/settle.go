package contract

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// keyColumns is the contract's key as SQL columns of one alias.
func (c Contract) keyColumns(alias string) string {
	var out []string
	for _, k := range c.Key {
		out = append(out, alias+"."+ident(k))
	}
	return strings.Join(out, ", ")
}

// keyText is a row's key as people read it.
func (c Contract) keyText(alias string) string {
	return "concat_ws(' | ', " + c.keyColumns(alias) + ")"
}

func (c Contract) sameKey(a, b string) string {
	var out []string
	for _, k := range c.Key {
		out = append(out, fmt.Sprintf("%s.%s = %s.%s", a, ident(k), b, ident(k)))
	}
	return strings.Join(out, " AND ")
}

// RepeatedKeys is the SQL that rejects every row of a key that one file holds more
// than once. A key is judged only where every part of it is good. files are the
// deliveries that are further sheets of another's file, with that other.
func (c Contract) RepeatedKeys(files map[int]int) string {
	file := func(alias string) string {
		cases := ""
		for _, part := range slices.Sorted(maps.Keys(files)) {
			cases += fmt.Sprintf(" WHEN %d THEN %d", part, files[part])
		}
		if cases == "" {
			return alias + ".delivery"
		}
		return fmt.Sprintf("CASE %[1]s.delivery%[2]s ELSE %[1]s.delivery END", alias, cases)
	}
	return fmt.Sprintf(`UPDATE typed.%[1]s t SET standing = 'rejected',
  faults = list_append(coalesce(t.faults, []), {'column_name': %[2]s, 'rule': 'duplicate key', 'value': %[3]s})
WHERE (%[7]s, %[4]s) IN (SELECT (%[8]s, %[5]s) FROM typed.%[1]s r WHERE %[6]s GROUP BY %[8]s, %[5]s HAVING count(*) > 1)`,
		c.Feed, quote(strings.Join(c.Key, ", ")), c.keyText("t"), c.keyColumns("t"), c.keyColumns("r"), c.keyWhole("r"), file("t"), file("r"))
}

// keyWhole is true of a row of which every part of the key is good.
func (c Contract) keyWhole(alias string) string {
	var out []string
	for _, k := range c.Key {
		out = append(out, alias+"."+ident(k)+" IS NOT NULL")
	}
	return strings.Join(out, " AND ")
}

// Settle is the SQL that decides, among the deliveries of one provider, which
// row of a key counts: the latest accepted one of an increment; of a refresh
// the latest one, even if it was rejected. Rows that count although a newer
// one was rejected go into stale_row.
func (c Contract) Settle(provider string, refresh bool) []string {
	standing := "r.standing = 'counted'"
	if refresh {
		standing = "TRUE"
	}
	statements := []string{fmt.Sprintf(`UPDATE typed.%[1]s t SET standing = 'superseded'
FROM (SELECT %[2]s, max(r.delivery) AS latest FROM typed.%[1]s r WHERE r.sender = %[3]s AND %[4]s GROUP BY ALL HAVING count(*) > 1) l
WHERE t.sender = %[3]s AND %[5]s AND t.delivery < l.latest AND t.standing = 'counted'`,
		c.Feed, c.keyColumns("r"), quote(provider), standing, c.sameKey("t", "l"))}
	if refresh {
		return statements
	}
	return append(statements, fmt.Sprintf(`INSERT INTO stale_row
SELECT %[1]s, t.sender, %[2]s, t.delivery, t."row", max(r.delivery), max_by(r."row", (r.delivery, r."row"))
FROM typed.%[3]s t JOIN typed.%[3]s r ON r.sender = t.sender AND %[4]s AND r.delivery > t.delivery
WHERE t.sender = %[5]s AND t.standing = 'counted' AND r.standing = 'rejected'
GROUP BY ALL`, quote(c.Feed), c.keyText("t"), c.Feed, c.sameKey("t", "r"), quote(provider)))
}

// Faults is the SELECT of every fault of the feed's rows with its sentence.
func (c Contract) Faults() string {
	return fmt.Sprintf(`SELECT t.delivery, %[1]s AS feed, t."row", t.line, f.column_name, f.value, f.rule, r.severity,
  replace(replace(r.sentence, '{column}', f.column_name), '{value}', coalesce('"' || f.value || '"', 'blank')) AS message
FROM (SELECT delivery, "row", line, unnest(faults) AS f FROM typed.%[2]s WHERE faults IS NOT NULL) t
JOIN rule r ON r.feed = %[1]s AND r.rule = f.rule AND r.column_name = CASE WHEN f.rule IN ('fields', 'duplicate key', 'personal data') THEN '' ELSE f.column_name END`,
		quote(c.Feed), c.Feed)
}

// ForgetFaulty is the SQL that takes the values out of the faults of the feed's rows, once
// they are listed: what may be repeated of them stands in the list alone.
func (c Contract) ForgetFaulty() string {
	return fmt.Sprintf(`UPDATE typed.%s SET faults = list_transform(faults, lambda f: {'column_name': f.column_name, 'rule': f.rule, 'value': NULL::VARCHAR})
WHERE faults IS NOT NULL`, c.Feed)
}

// Standings is the SELECT of how many rows of each delivery count, are
// superseded or rejected, and of the latest financial year that an accepted row is
// dated in (NULL where the contract dates none).
func (c Contract) Standings() string {
	latest := "NULL::VARCHAR"
	if col, ok := c.Column(c.Dated); ok {
		latest = fmt.Sprintf("max(%s) FILTER (standing <> 'rejected')", ident(col.Name))
		if col.Type == "date" { // a year begins on 1 April
			begins := fmt.Sprintf("year(%s - INTERVAL 3 MONTH)", latest)
			latest = fmt.Sprintf("printf('%%d-%%02d', %s, (%s + 1) %% 100)", begins, begins)
		}
	}
	return fmt.Sprintf(`SELECT delivery, count(*) FILTER (standing <> 'rejected') AS accepted, count(*) FILTER (standing = 'rejected') AS rejected,
  count(*) FILTER (standing = 'counted') AS counted, count(*) FILTER (standing = 'superseded') AS superseded, %s AS latest_year
FROM typed.%s GROUP BY delivery`, latest, c.Feed)
}

// NotKnown are the codes of every list that say that somebody was asked, or could
// have been, and there is no answer.
var NotKnown = []string{"NK", "NS"}

// Account is the SELECT of how each column of the feed was filled, by provider
// and financial year: of the rows received that are the latest of their key, how
// many are blank, not known (NULL where the column has no such code) and faulty.
// A row is counted at most once; a column that becomes a band goes by its own name.
func (c Contract) Account(lists Lists) string {
	var fields []string
	for _, col := range c.Columns {
		name := ident(col.Name)
		if col.Band != "" {
			name = ident(col.Band)
		}
		unknown := "NULL::BIGINT"
		if codes := c.unknownCodes(col, lists); len(codes) > 0 {
			unknown = fmt.Sprintf("count(*) FILTER (%s IN (%s))", name, quoteAll(codes))
		}
		faulty := fmt.Sprintf("coalesce(list_contains(bad, %s), false)", quote(col.Name))
		fields = append(fields, fmt.Sprintf("{'column_name': %s, 'blank': count(*) FILTER (%s IS NULL AND NOT %s), 'not_known': %s, 'faulty': count(*) FILTER (%[3]s)}",
			quote(col.Name), name, faulty, unknown))
	}
	return fmt.Sprintf(`SELECT provider, %[1]s AS feed, financial_year, f.column_name, "rows", f.blank, f.not_known, f.faulty
FROM (SELECT sender AS provider, delivery_year AS financial_year, count(*) AS "rows", unnest([%[2]s]) AS f
  FROM (SELECT *, list_transform(faults, lambda f: f.column_name) AS bad FROM typed.%[3]s WHERE standing <> 'superseded') GROUP BY ALL)`,
		quote(c.Feed), strings.Join(fields, ",\n  "), c.Feed)
}

// unknownCodes are the codes of a column's list that mean not known.
func (c Contract) unknownCodes(col Column, lists Lists) []string {
	var codes []string
	if col.Band != "" {
		codes = bandCodes(lists[col.Band])
	} else if strings.HasPrefix(c.typeName(col), `"code_`) {
		codes = c.codes(col, lists)
	}
	return slices.DeleteFunc(codes, func(code string) bool { return !slices.Contains(NotKnown, code) })
}
