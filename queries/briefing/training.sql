-- briefing: training
-- title:    Training paid for by {fund}
-- shows:    TR01, TR02A, TR03, TR04, TR05 of money in this, to-date
-- column:   label: Measure
-- column:   value unit: In the period
-- column:   to_date unit: Year to date
WITH shown AS (
  SELECT * FROM (VALUES
    (1, 'TR01', 'sessions', 'Sessions delivered'),
    (2, 'TR02A', 'attended', 'Places attended'),
    (3, 'TR03', 'completions', 'Completions'),
    (4, 'TR04', 'people', 'People trained'),
    (5, 'TR05', 'front line', 'Completions by front-line staff')) shown(place, code, item, label)),
to_date AS (
  SELECT d.period
  FROM period p
  JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
  WHERE p.period = $period)
SELECT s.item, s.label,
  coalesce(f.unit, d.unit, '') AS unit,
  f.value::VARCHAR AS value, coalesce(f.marker, 'x') AS value_marker, f.n::VARCHAR AS value_n,
  d.value::VARCHAR AS to_date, coalesce(d.marker, 'x') AS to_date_marker, d.n::VARCHAR AS to_date_n
FROM shown s
LEFT JOIN figure f ON f.code = s.code AND f.scope = $money_scope AND f.period = $period AND f.dimension = ''
LEFT JOIN figure d ON d.code = s.code AND d.scope = $money_scope AND d.period = (SELECT period FROM to_date) AND d.dimension = ''
-- a fund that has paid for no training this year has none to show
WHERE EXISTS (FROM figure t WHERE t.code IN ('TR01', 'TR03') AND t.scope = $money_scope AND t.period = (SELECT period FROM to_date)
  AND t.dimension = '' AND (t.value > 0 OR t.marker = 'c'))
ORDER BY s.place
