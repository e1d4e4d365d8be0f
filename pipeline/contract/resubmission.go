package contract

import (
	"fmt"
	"strings"
)

// Compare is the SELECT of what changed between two versions of a file, each judged
// as one or more deliveries (a file may have several sheets of a feed). Rows belong
// together by their key and its turn, or, where either has no good key, by sheet and
// row number. personal is the SQL that tells whether a text, {value}, may be of a
// person: such a key is not repeated.
// A first row, without a sheet, counts the rows that both have, as old_row.
func (c Contract) Compare(before, now []int, personal string) string {
	var bad, withhold []string
	for _, k := range c.Key {
		bad = append(bad, "t."+ident(k)+" IS NULL")
		withhold = append(withhold, strings.ReplaceAll(personal, "{value}", "t."+ident(k)+"::VARCHAR"))
	}
	return fmt.Sprintf(`WITH line AS (
  SELECT t.delivery IN (%[1]s) AS old, d.sha256, d.sheet, t."row", (%[3]s) AS bad, CASE WHEN NOT (%[3]s) THEN [%[4]s] END AS keys,
    CASE WHEN %[3]s THEN '' WHEN %[5]s THEN '(withheld)' ELSE %[6]s END AS key,
    row_number() OVER (PARTITION BY t.delivery IN (%[1]s), %[4]s ORDER BY d.sheet, t."row") AS turn
  FROM typed.%[7]s t JOIN delivery d USING (delivery) WHERE t.delivery IN (%[1]s, %[2]s)),
was AS (SELECT * FROM line WHERE old), new AS (SELECT * FROM line WHERE NOT old),
same AS (SELECT was.sheet AS old_sheet, was."row" AS old_row, new.sheet AS new_sheet, new."row" AS new_row, new.key
  FROM was JOIN new ON was.keys = new.keys AND was.turn = new.turn),
lone_was AS (SELECT * FROM was WHERE bad OR NOT EXISTS (SELECT 1 FROM new WHERE new.keys = was.keys)),
lone_new AS (SELECT * FROM new WHERE bad OR NOT EXISTS (SELECT 1 FROM was WHERE was.keys = new.keys)),
pair AS (FROM same UNION ALL
  SELECT was.sheet, was."row", new.sheet, new."row", coalesce(nullif(new.key, ''), was.key)
  FROM lone_was was JOIN lone_new new ON was.sheet = new.sheet AND was."row" = new."row" AND (was.bad OR new.bad)),
flaw AS (SELECT f.sha256, f.sheet, f."row", f.column_name, f.rule = 'personal data' AS personal, min(f.rule) AS rule, min(f.value) AS value, min(f.severity) AS severity, min(f.message) AS message
  FROM fault f WHERE f.feed = %[8]s GROUP BY ALL),
old_flaw AS (SELECT f.*, coalesce(pair.key, was.key) AS key, pair.new_sheet, pair.new_row, lone_was."row" IS NOT NULL AND pair.new_row IS NULL AS withdrawn
  FROM flaw f JOIN was USING (sha256, sheet, "row") LEFT JOIN pair ON pair.old_sheet = f.sheet AND pair.old_row = f."row"
  LEFT JOIN lone_was ON lone_was.sheet = f.sheet AND lone_was."row" = f."row"),
new_flaw AS (SELECT f.*, new.key, pair.old_row FROM flaw f JOIN new USING (sha256, sheet, "row") LEFT JOIN pair ON pair.new_sheet = f.sheet AND pair.new_row = f."row"),
change AS (
  SELECT CASE WHEN o."row" IS NULL THEN 'newly wrong' WHEN n."row" IS NULL THEN 'mended' ELSE 'still wrong' END AS change,
    coalesce(n.sheet, o.sheet) AS sheet, coalesce(nullif(n.key, ''), o.key, '') AS key, coalesce(n.column_name, o.column_name) AS column_name,
    coalesce(n.severity, o.severity) AS severity, coalesce(n.rule, o.rule) AS rule, coalesce(o."row", n.old_row) AS old_row, o.value AS old_value,
    coalesce(n."row", o.new_row) AS new_row, n.value AS new_value, coalesce(n.message, o.message) AS message
  FROM (FROM old_flaw WHERE NOT withdrawn) o FULL JOIN new_flaw n
    ON n.sheet = o.new_sheet AND n."row" = o.new_row AND n.column_name = o.column_name AND n.personal = o.personal
  UNION ALL
  SELECT 'row withdrawn', sheet, key, '', '', '', "row", NULL, NULL, NULL, 'the row is not sent any more'
  FROM lone_was w WHERE NOT EXISTS (SELECT 1 FROM pair WHERE pair.old_sheet = w.sheet AND pair.old_row = w."row")
  UNION ALL
  SELECT 'row new', sheet, key, '', '', '', NULL, NULL, "row", NULL, 'the row was not sent before'
  FROM lone_new w WHERE NOT EXISTS (SELECT 1 FROM pair WHERE pair.new_sheet = w.sheet AND pair.new_row = w."row"))
SELECT change, sheet, key, column_name, severity, rule, old_row, old_value, new_row, new_value, message
FROM (FROM change UNION ALL SELECT 'rows in both', NULL, '', '', '', '', count(*), NULL, NULL, NULL, '' FROM pair)
ORDER BY list_position(['rows in both', 'newly wrong', 'still wrong', 'mended', 'row withdrawn', 'row new'], change), sheet, coalesce(new_row, old_row), old_row, column_name, rule`,
		numbers(before), numbers(now), strings.Join(bad, " OR "), c.keyTexts(), strings.Join(withhold, " OR "), c.keyText("t"), c.Feed, quote(c.Feed))
}

// Mended is the SELECT of the feed's rejected rows of which a later delivery of the same
// sender has an accepted one by the same key: nobody need mend them any more.
func (c Contract) Mended() string {
	return fmt.Sprintf(`SELECT t.delivery, t."row" FROM typed.%[1]s t WHERE t.standing = 'rejected' AND EXISTS (
  SELECT 1 FROM typed.%[1]s l WHERE l.sender = t.sender AND l.delivery > t.delivery AND l.standing <> 'rejected' AND %[2]s)`, c.Feed, c.sameKey("t", "l"))
}

// keyTexts are the parts of a row's key as texts.
func (c Contract) keyTexts() string {
	var out []string
	for _, k := range c.Key {
		out = append(out, "t."+ident(k)+"::VARCHAR")
	}
	return strings.Join(out, ", ")
}

func numbers(all []int) string {
	return strings.Trim(strings.Join(strings.Fields(fmt.Sprint(all)), ", "), "[]")
}
