-- briefing: referrals
-- title:    Referrals in each quarter of the financial year, and in the year to date
WITH row_of AS (
  SELECT q.period,
    'Quarter ' || right(q.period, 1) AS label,
    strftime(q.period_start, '%B') || ' to ' || strftime(q.period_end, '%B %Y') AS months,
    q.period_end > p.period_end AS later, FALSE AS total, q.period_end AS place
  FROM period p
  JOIN period q ON regexp_matches(q.period, '-Q[1-4]$') AND substr(q.period, 1, 7) = substr(p.period, 1, 7)
  WHERE p.period = $period
  UNION ALL
  SELECT d.period, 'Year to date', strftime(d.period_start, '%B %Y') || ' to ' || strftime(d.period_end, '%B %Y'), FALSE, TRUE, NULL
  FROM period p
  JOIN period d ON d.period LIKE '%-YTD' AND d.period_end = p.period_end
  WHERE p.period = $period)
SELECT r.label, r.months, r.total::VARCHAR AS total,
  received.value::VARCHAR AS received, CASE WHEN r.later THEN 'z' ELSE coalesce(received.marker, 'x') END AS received_marker,
  valid.value::VARCHAR AS valid, CASE WHEN r.later THEN 'z' ELSE coalesce(valid.marker, 'x') END AS valid_marker,
  started.value::VARCHAR AS started, CASE WHEN r.later THEN 'z' ELSE coalesce(started.marker, 'x') END AS started_marker,
  still.value::VARCHAR AS still_open, CASE WHEN r.later THEN 'z' ELSE coalesce(still.marker, 'x') END AS still_open_marker
FROM row_of r
LEFT JOIN figure received ON received.code = 'R01' AND received.scope = $activity_scope AND received.period = r.period AND received.dimension = ''
LEFT JOIN figure valid ON valid.code = 'R02' AND valid.scope = $activity_scope AND valid.period = r.period AND valid.dimension = ''
LEFT JOIN figure started ON started.code = 'R10' AND started.scope = $activity_scope AND started.period = r.period AND started.dimension = ''
LEFT JOIN figure still ON still.code = 'R12' AND still.scope = $activity_scope AND still.period = r.period AND still.dimension = ''
ORDER BY r.place NULLS LAST
