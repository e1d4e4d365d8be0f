-- check:   K19 last_years_file
-- title:   A file has rows of its own financial year
-- severity: warning
-- remedy:  Ask the provider whether last year's file was sent again, and for this year's, which takes its place

SELECT NULL::VARCHAR AS period, provider || ' ' || feed AS subject,
  file || ': none of its ' || accepted || ' rows is of ' || financial_year || ', and the newest is of ' || latest_year AS detail
FROM delivery
WHERE current AND latest_year < financial_year
