-- briefing: effect
-- title:    Referrals by the police to {service}, and completions of training so far, {year}
-- shows:    R01 by source = POL of activity in quarters
-- shows:    TR03 of money in quarters, quarters-to-date
-- column:   label: Quarter
-- column:   months small:
-- column:   police count: Referrals by the police
-- column:   trained count: Completions in it
-- column:   so_far count: Completions by its end
-- chart:    column police: Referrals by the police in each quarter
-- chart:    line so_far: Completions of training by the end of each quarter
SELECT 'Quarter ' || (date_diff('quarter', y.period_start, q.period_start) + 1) AS label,
  strftime(q.period_start, '%B') || ' to ' || strftime(q.period_end, '%B %Y') AS months,
  police.value::VARCHAR AS police, coalesce(police.marker, 'x') AS police_marker,
  trained.value::VARCHAR AS trained, coalesce(trained.marker, 'x') AS trained_marker,
  so_far.value::VARCHAR AS so_far, coalesce(so_far.marker, 'x') AS so_far_marker
FROM period p
JOIN period y ON y.kind = 'year' AND p.period_end BETWEEN y.period_start AND y.period_end
JOIN period q ON q.kind = 'quarter' AND q.period_end BETWEEN y.period_start AND p.period_end
JOIN period d ON d.kind = 'to date' AND d.period_end = q.period_end
LEFT JOIN figure police ON police.code = 'R01' AND police.period = q.period AND police.scope = $activity_scope AND police.dimension = 'source' AND police.category = 'POL'
LEFT JOIN figure trained ON trained.code = 'TR03' AND trained.period = q.period AND trained.scope = $money_scope AND trained.dimension = ''
LEFT JOIN figure so_far ON so_far.code = 'TR03' AND so_far.period = d.period AND so_far.scope = $money_scope AND so_far.dimension = ''
WHERE p.period = $period
  AND EXISTS (FROM figure t WHERE t.code = 'TR03' AND t.scope = $money_scope AND (t.value > 0 OR t.marker = 'c'))
ORDER BY q.period_end
