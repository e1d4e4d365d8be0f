-- briefing: outcomes
-- title:    What changed for people supported by {service}, {to-date}
-- shows:    O1, O2, O6, O7 by outcome of activity in to-date
-- column:   label: Outcome
-- column:   eligible count: Eligible
-- column:   measured count: Measured
-- column:   response share: Measured, of those eligible
-- column:   improved share: Improved, of those measured
WITH told AS (
  SELECT f.*
  FROM period p
  JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
  JOIN figure f ON f.period = d.period AND f.scope = $activity_scope AND f.dimension = 'outcome'
  WHERE p.period = $period)
SELECT o.label,
  eligible.value::VARCHAR AS eligible, coalesce(eligible.marker, 'x') AS eligible_marker,
  measured.value::VARCHAR AS measured, coalesce(measured.marker, 'x') AS measured_marker,
  response.value::VARCHAR AS response, coalesce(response.marker, 'x') AS response_marker, response.denominator::BIGINT::VARCHAR AS response_n,
  improved.value::VARCHAR AS improved, coalesce(improved.marker, 'x') AS improved_marker, improved.denominator::BIGINT::VARCHAR AS improved_n
FROM reference.outcome o
JOIN told eligible ON eligible.code = 'O1' AND eligible.category = o.code
LEFT JOIN told measured ON measured.code = 'O2' AND measured.category = o.code
LEFT JOIN told response ON response.code = 'O7' AND response.category = o.code
LEFT JOIN told improved ON improved.code = 'O6' AND improved.category = o.code
WHERE eligible.value > 0 OR eligible.marker = 'c'
ORDER BY o.code
