-- briefing: grants
-- title:    All grants together, at the end of the period
-- shows:    S01, S02C, S04 of funds in this
-- column:   label: Measure
-- column:   value unit: Figure
-- column:   note: What it is
WITH part AS ( -- match funding is nobody's grant
  SELECT c.code, f.value, coalesce(f.marker, 'x') AS marker
  FROM register.fund r
  CROSS JOIN (VALUES ('S01'), ('S02C'), ('S04')) c(code)
  LEFT JOIN figure f ON f.code = c.code AND f.scope = 'fund:' || r.code AND f.period = $period AND f.dimension = ''
  WHERE NOT r.match),
total AS ( -- a grant that has not begun adds nothing; of one that is not known neither is the whole
  SELECT code, CASE WHEN bool_and(marker = '') THEN sum(value) END AS value, coalesce(min(marker) FILTER (marker <> ''), '') AS marker
  FROM part
  WHERE marker <> 'z'
  GROUP BY code),
item AS (
  SELECT s.place, s.item, s.label, t.value, coalesce(t.marker, 'x') AS marker, s.note
  FROM (VALUES
    (1, 'award', 'S01', 'Award', 'the maximum of every grant of the area'),
    (2, 'spent', 'S02C', 'Spent so far', 'eligible spend from the start of each grant'),
    (4, 'forecast', 'S04', 'Forecast outturn', 'spent so far, with what is forecast for the months to come')) s(place, item, code, label, note)
  LEFT JOIN total t ON t.code = s.code
  UNION ALL
  SELECT 3, 'left', 'Left', a.value - s.value, CASE WHEN a.marker <> '' THEN a.marker ELSE s.marker END, 'award less spent so far'
  FROM total a, total s
  WHERE a.code = 'S01' AND s.code = 'S02C')
SELECT item, label, 'pounds' AS unit, value::VARCHAR AS value, marker AS value_marker, note
FROM item
ORDER BY place
