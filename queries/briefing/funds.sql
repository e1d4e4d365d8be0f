-- briefing: funds
-- title:    Every fund of the area at the end of the period
-- shows:    S01, S02C, S04 of funds in this
-- column:   label: Fund
-- column:   award pounds: Award
-- column:   spent pounds: Spent so far
-- column:   forecast pounds: Forecast outturn
-- column:   days count: Days left to spend
-- chart:    bar spent of award: Spent so far, of the award (the upright mark)
SELECT r.name AS label,
  award.value::VARCHAR AS award, coalesce(award.marker, 'x') AS award_marker,
  spent.value::VARCHAR AS spent, coalesce(spent.marker, 'x') AS spent_marker,
  forecast.value::VARCHAR AS forecast, coalesce(forecast.marker, 'x') AS forecast_marker,
  greatest(date_diff('day', p.period_end, r.spend_by), 0)::VARCHAR AS days, CASE WHEN r.spend_by IS NULL THEN 'z' ELSE '' END AS days_marker
FROM period p
CROSS JOIN register.fund r
LEFT JOIN figure award ON award.code = 'S01' AND award.scope = 'fund:' || r.code AND award.period = p.period AND award.dimension = ''
LEFT JOIN figure spent ON spent.code = 'S02C' AND spent.scope = 'fund:' || r.code AND spent.period = p.period AND spent.dimension = ''
LEFT JOIN figure forecast ON forecast.code = 'S04' AND forecast.scope = 'fund:' || r.code AND forecast.period = p.period AND forecast.dimension = ''
WHERE p.period = $period
ORDER BY r.code
