-- briefing: missing
-- title:    The deliveries expected for the financial year to date that have not come
SELECT coalesce(v.name, e.provider) AS provider, e.feed, e.part AS period, e.detail
FROM period p
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN expectation e ON e.period = d.period AND NOT e.covered
LEFT JOIN register.provider v ON v.code = e.provider
WHERE p.period = $period
ORDER BY provider, e.feed, e.part, e.provider
