-- briefing: councils
-- title:    Referrals to {service} by council, {to-date}
-- shows:    R02, R25 by la of activity in to-date
-- column:   label: Council
-- column:   referrals count: Valid referrals
-- column:   residents count: Residents, 2021 census
-- column:   rate unit: For each 10,000 residents
SELECT l.label,
  r.value::VARCHAR AS referrals, r.marker AS referrals_marker,
  l.population_2021::VARCHAR AS residents, CASE WHEN nullif(l.population_2021::VARCHAR, '') IS NULL THEN 'z' ELSE '' END AS residents_marker,
  '' AS unit, rate.value::VARCHAR AS rate, coalesce(rate.marker, 'z') AS rate_marker
FROM period p
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN figure r ON r.code = 'R02' AND r.period = d.period AND r.scope = $activity_scope AND r.dimension = 'la'
JOIN reference.local_authority l ON l.code = r.category
LEFT JOIN figure rate ON rate.code = 'R25' AND rate.period = d.period AND rate.scope = $activity_scope AND rate.dimension = 'la' AND rate.category = r.category
WHERE p.period = $period
ORDER BY residents_marker, l.label, l.code -- what is no council last
