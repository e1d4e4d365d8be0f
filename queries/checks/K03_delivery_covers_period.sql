-- check:   K03 delivery_covers_period
-- title:   Each expected delivery covers the period
-- severity: error
-- remedy:  Chase the provider; until the file arrives the figures that need it show [x]

-- a return for a quarter prints the year to date too, and so the quarters before it; of a
-- file that came and has no row that counts K20 tells
SELECT DISTINCT p.period, e.provider || ' ' || e.feed AS subject, e.detail
FROM period p
JOIN expectation e ON e.period = p.period OR e.period = p.period || '-YTD'
WHERE NOT e.covered AND e.came IS NULL
