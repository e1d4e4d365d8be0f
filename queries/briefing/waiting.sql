-- briefing: waiting
-- title:    How soon people were reached by {service}, and who waits
-- shows:    R07, R08, R08P, R08S, R14, R14D of activity in this, to-date
-- column:   label: Measure
-- column:   value unit: In the period
-- column:   to_date unit: Year to date
WITH shown AS (
  SELECT * FROM (VALUES
    (1, 'R07', 'reached', 'People reached, of valid referrals'),
    (2, 'R08S', 'two days', 'Contacted within two working days'),
    (3, 'R08', 'days', 'Working days to first contact: half within'),
    (4, 'R08P', 'days for most', 'Working days to first contact: nine in ten within'),
    (5, 'R14', 'waiting', 'Waiting for support at the end'),
    (6, 'R14D', 'days waiting', 'Days they had waited: half no longer than')) shown(place, code, item, label))
SELECT s.item, s.label, coalesce(f.unit, d.unit, '') AS unit,
  f.value::VARCHAR AS value, coalesce(f.marker, 'x') AS value_marker, f.n::VARCHAR AS value_n,
  d.value::VARCHAR AS to_date, coalesce(d.marker, 'x') AS to_date_marker, d.n::VARCHAR AS to_date_n
FROM shown s
LEFT JOIN figure f ON f.code = s.code AND f.scope = $activity_scope AND f.period = $period AND f.dimension = ''
LEFT JOIN period p ON p.period = $period
LEFT JOIN period y ON y.kind = 'to date' AND y.period_end = p.period_end
LEFT JOIN figure d ON d.code = s.code AND d.scope = $activity_scope AND d.period = y.period AND d.dimension = ''
ORDER BY s.place
