-- check:   K23 much_is_gone
-- title:   A file that takes the place of another has at least nine tenths of its rows
-- severity: error
-- remedy:  Ask the provider whether it is the whole file: what it leaves out no longer counts; where that is right, waive it with the reason

SELECT p.period, d.provider || ' ' || d.feed AS subject,
  file_in_words(d.file, d.sheet) || ': ' || d.rows || ' rows in place of ' || b.rows || ' of ' || b.file AS detail
FROM delivery d
JOIN period p ON left(p.period, 7) = d.financial_year
JOIN delivery b ON b.provider = d.provider AND b.feed = d.feed AND b.financial_year = d.financial_year AND b.sheet IS NOT DISTINCT FROM d.sheet
  AND NOT b.current AND b.message = 'replaced by ' || d.file AND b.number < d.number
WHERE d.current AND d.rows * 10 < b.rows * 9
QUALIFY row_number() OVER (PARTITION BY p.period, d.delivery, d.feed, d.sheet ORDER BY b.number DESC) = 1
