-- briefing: organisations
-- title:    Completions and people trained, {to-date}
-- shows:    TR03, TR04 by organisation_type of money in to-date
-- shows:    TR03 by organisation_type x front_line of money in to-date
-- column:   label: Organisation
-- column:   completions count: Completions
-- column:   people count: People trained
-- column:   front_line share: Completions by front-line staff
WITH reached AS (
  SELECT f.code, f.dimension, f.category, f.value, f.marker
  FROM figure f
  WHERE f.scope = $money_scope AND f.code IN ('TR03', 'TR04')
    AND f.period = (SELECT d.period FROM period p JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
                    WHERE p.period = $period))
SELECT coalesce(o.label, c.category) AS label,
  c.value::VARCHAR AS completions, c.marker AS completions_marker,
  people.value::VARCHAR AS people, coalesce(people.marker, 'x') AS people_marker,
  front.value::BIGINT || '/' || (front.value + others.value)::BIGINT AS front_line, -- divided once, where it is rounded
  (front.value + others.value)::VARCHAR AS front_line_n,
  CASE WHEN 'c' IN (c.marker, front.marker, others.marker) THEN 'c' WHEN c.marker <> '' THEN c.marker
       WHEN coalesce(front.value + others.value, 0) = 0 THEN 'z' ELSE '' END AS front_line_marker
FROM reached c
LEFT JOIN reference.organisation_type o ON o.code = c.category
LEFT JOIN reached people ON people.code = 'TR04' AND people.dimension = c.dimension AND people.category = c.category
LEFT JOIN reached front ON front.code = 'TR03' AND front.dimension = 'organisation_type x front_line'
  AND front.category = c.category || ' x Y'
LEFT JOIN reached others ON others.code = 'TR03' AND others.dimension = front.dimension AND others.category = c.category || ' x N'
WHERE c.code = 'TR03' AND c.dimension = 'organisation_type'
  AND EXISTS (FROM reached t WHERE t.code = 'TR03' AND (t.value > 0 OR t.marker = 'c'))
ORDER BY c.value DESC NULLS LAST, label
