-- briefing: quality
-- title:    How whole the data are
-- column:   label: Measure
-- column:   value unit: Number
WITH awaited AS (
  SELECT e.covered
  FROM period p
  JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
  JOIN expectation e ON e.period = d.period
  WHERE p.period = $period)
SELECT item, label, '' AS unit, value::VARCHAR AS value, '' AS value_marker
FROM (
  SELECT 'expected' AS item, 'Deliveries expected for the year to date' AS label, count(*) AS value FROM awaited
  UNION ALL SELECT 'came', 'of which have come', count(*) FILTER (covered) FROM awaited
  UNION ALL SELECT 'counting', 'Deliveries that count', count(*) FROM delivery WHERE current)
ORDER BY item
