package contract

import (
	"fmt"
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

// RepeatedKeys is the SQL that rejects every row of a key that one delivery
// holds more than once.
func (c Contract) RepeatedKeys(delivery int) string {
	return fmt.Sprintf(`UPDATE typed.%[1]s t SET standing = 'rejected',
  faults = list_append(coalesce(t.faults, []), {'column_name': %[2]s, 'rule': 'duplicate key', 'value': %[3]s})
WHERE t.delivery = %[4]d AND (%[5]s) IN (SELECT (%[6]s) FROM typed.%[1]s r WHERE r.delivery = %[4]d GROUP BY ALL HAVING count(*) > 1)`,
		c.Feed, quote(strings.Join(c.Key, ", ")), c.keyText("t"), delivery, c.keyColumns("t"), c.keyColumns("r"))
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
JOIN rule r ON r.feed = %[1]s AND r.rule = f.rule AND r.column_name = CASE WHEN f.rule IN ('fields', 'duplicate key') THEN '' ELSE f.column_name END`,
		quote(c.Feed), c.Feed)
}

// Standings is the SELECT of how many rows of each delivery count, are
// superseded or rejected.
func (c Contract) Standings() string {
	return fmt.Sprintf(`SELECT delivery, count(*) FILTER (standing <> 'rejected') AS accepted, count(*) FILTER (standing = 'rejected') AS rejected,
  count(*) FILTER (standing = 'counted') AS counted, count(*) FILTER (standing = 'superseded') AS superseded
FROM typed.%s GROUP BY delivery`, c.Feed)
}
