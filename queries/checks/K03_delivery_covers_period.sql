-- check:   K03 delivery_covers_period
-- title:   Each expected delivery covers the period
-- severity: error
-- remedy:  Chase the provider; until the file arrives the figures that need it show [x]

SELECT period, provider || ' ' || feed AS subject, detail
FROM expectation
WHERE NOT covered AND came IS NULL -- of a file that came and has no row that counts K20 tells
