-- check:   K26 row_is_a_total
-- title:   No row of the ledger is the total of the rows above it
-- severity: error
-- remedy:  Look at the row: if it is a total, name it under totals in the mapping of finance; if it is spend, waive it with that reason

-- a total that has a code of ours is read as one line more; two rows and their sum may well be chance
SELECT p.period, s.fund_code AS subject,
  row_in_words(s.delivery, 'spend', s."row") || ': ' || pounds(s.net_amount) || ' is what the ' || max(s.above) || ' rows above it come to' AS detail
FROM (
  SELECT fund_code, delivery, "row", net_amount, financial_year,
    count(*) OVER whole AS above, sum(net_amount) OVER whole AS added
  FROM spend_line
  WINDOW whole AS (PARTITION BY delivery ORDER BY "row" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  UNION ALL
  SELECT fund_code, delivery, "row", net_amount, financial_year, count(*) OVER fund, sum(net_amount) OVER fund
  FROM spend_line
  WINDOW fund AS (PARTITION BY delivery, fund_code ORDER BY "row" ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)) s
JOIN period p ON left(p.period, 7) = s.financial_year
WHERE s.above >= 3 AND s.net_amount = s.added AND s.net_amount <> 0
GROUP BY p.period, s.fund_code, s.delivery, s."row", s.net_amount
