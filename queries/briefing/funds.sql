-- briefing: funds
-- title:    Every fund of the area at the end of the period
-- shows:    S01, S02C, S04 of funds in this
-- column:   label: Fund
-- column:   award pounds: Award
-- column:   spent pounds: Spent so far
-- column:   forecast pounds: Forecast outturn
-- column:   window: To be spent by
-- chart:    bar spent of award: Spent so far as a share of the award (the upright mark is the whole of it)
SELECT r.name AS label,
  award.value::VARCHAR AS award, coalesce(award.marker, 'x') AS award_marker,
  spent.value::VARCHAR AS spent, coalesce(spent.marker, 'x') AS spent_marker,
  forecast.value::VARCHAR AS forecast, coalesce(forecast.marker, 'x') AS forecast_marker,
  CASE WHEN r.spend_by IS NULL THEN 'no date is set'
       ELSE strftime(r.spend_by, '%-d %B %Y') || CASE WHEN r.spend_by <= p.period_end THEN ', closed'
         ELSE ', ' || date_diff('day', p.period_end, r.spend_by) || ' days left' END END AS "window"
FROM period p
CROSS JOIN register.fund r
LEFT JOIN figure award ON award.code = 'S01' AND award.scope = 'fund:' || r.code AND award.period = p.period AND award.dimension = ''
LEFT JOIN figure spent ON spent.code = 'S02C' AND spent.scope = 'fund:' || r.code AND spent.period = p.period AND spent.dimension = ''
LEFT JOIN figure forecast ON forecast.code = 'S04' AND forecast.scope = 'fund:' || r.code AND forecast.period = p.period AND forecast.dimension = ''
WHERE p.period = $period
ORDER BY r.code
