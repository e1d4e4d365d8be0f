-- check:   K03 delivery_covers_period
-- title:   Each expected delivery covers the period
-- severity: error
-- remedy:  Chase the provider; until the file arrives the figures that need it show [x]

SELECT period, provider || ' ' || feed AS subject, detail
FROM expectation
WHERE NOT covered
