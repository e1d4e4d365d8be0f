-- briefing: referrals
-- title:    Referrals and cases by quarter
-- shows:    R01, R02, R10, R12 of activity in quarters, to-date
-- column:   label: Quarter
-- column:   months small:
-- column:   received count: Received
-- column:   valid count: Valid
-- column:   started count: Supports started
-- column:   still_open count: Open at end
-- chart:    column received: Referrals received in each quarter
WITH shown AS (
  SELECT code, period, value, marker FROM figure WHERE scope = $activity_scope AND dimension = ''),
row_of AS ( -- the quarters of the year, and those of the year before of which a pack gave out figures
  SELECT q.period,
    'Quarter ' || ((month(q.period_start) + 8) % 12 // 3 + 1) || CASE WHEN q.period_end < y.period_start THEN ' of ' || before.period ELSE '' END AS label,
    strftime(q.period_start, '%B') || ' to ' || strftime(q.period_end, '%B %Y') AS months,
    q.period_end > p.period_end AS later, FALSE AS total, q.period_end AS place
  FROM period p
  JOIN period y ON y.kind = 'year' AND p.period_end BETWEEN y.period_start AND y.period_end
  JOIN period q ON q.kind = 'quarter' AND q.period_end BETWEEN y.period_start - INTERVAL 1 YEAR AND y.period_end
  LEFT JOIN period before ON before.kind = 'year' AND q.period_end BETWEEN before.period_start AND before.period_end
  WHERE p.period = $period
    AND (q.period_end >= y.period_start OR q.period IN (SELECT period FROM shown WHERE code = 'R01'))
  UNION ALL
  SELECT d.period, 'Year to date', strftime(d.period_start, '%B %Y') || ' to ' || strftime(d.period_end, '%B %Y'), FALSE, TRUE, NULL
  FROM period p
  JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
  WHERE p.period = $period)
SELECT r.label, r.months, r.total::VARCHAR AS total,
  received.value::VARCHAR AS received, CASE WHEN r.later THEN 'z' ELSE coalesce(received.marker, 'x') END AS received_marker,
  valid.value::VARCHAR AS valid, CASE WHEN r.later THEN 'z' ELSE coalesce(valid.marker, 'x') END AS valid_marker,
  started.value::VARCHAR AS started, CASE WHEN r.later THEN 'z' ELSE coalesce(started.marker, 'x') END AS started_marker,
  still.value::VARCHAR AS still_open, CASE WHEN r.later THEN 'z' ELSE coalesce(still.marker, 'x') END AS still_open_marker
FROM row_of r
LEFT JOIN shown received ON received.code = 'R01' AND received.period = r.period
LEFT JOIN shown valid ON valid.code = 'R02' AND valid.period = r.period
LEFT JOIN shown started ON started.code = 'R10' AND started.period = r.period
LEFT JOIN shown still ON still.code = 'R12' AND still.period = r.period
ORDER BY r.place NULLS LAST
