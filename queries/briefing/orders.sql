-- briefing: orders
-- title:    People referred to {service} for stalking, by how far a Stalking Protection Order has come, {to-date}
-- shows:    R22 by spo_status of activity in to-date
-- column:   label: How far
-- column:   people count: People
SELECT s.label, f.value::VARCHAR AS people, f.marker AS people_marker
FROM period p
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN figure f ON f.code = 'R22' AND f.period = d.period AND f.scope = $activity_scope AND f.dimension = 'spo_status'
JOIN reference.spo_status s ON s.code = f.category
WHERE p.period = $period
  AND EXISTS (FROM figure t WHERE t.code = 'R22' AND t.period = d.period AND t.scope = $activity_scope AND (t.value > 0 OR t.marker = 'c'))
ORDER BY s.code
