-- briefing: missing
-- title:    Deliveries expected for the year to date and not received: what rests on them will change
-- column:   provider: Provider
-- column:   feed: Feed
-- column:   period: Period
-- column:   detail: What is known
-- empty:    Every delivery expected for the year to date has come.
SELECT coalesce(v.name, e.provider) AS provider, replace(e.feed, '_', ' ') AS feed, e.part AS period, e.detail
FROM period p
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN expectation e ON e.period = d.period AND NOT e.covered
LEFT JOIN register.provider v ON v.code = e.provider
WHERE p.period = $period
ORDER BY provider, e.feed, e.part, e.provider
