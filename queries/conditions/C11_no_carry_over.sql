-- condition: C11 no_carry_over
-- title:   Nothing is charged to the fund after its spend window
-- basis:   comparable agreement: no carry-over without approval
-- remedy:  Ask finance to take the lines off the fund; where the ministry approves, enter it under carry_forward in mojreturns.yaml

-- reversals and their invoices net off; what is left was under-accrued
SELECT fund, period, 'not met' AS effect, claimable AS amount, delivery, "row", key
FROM (SELECT s.*, f.fund, f.period, f.carry_forward, sum(s.claimable) OVER (PARTITION BY f.fund, f.period) AS net
      FROM counting_line s
      JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end AND s.ledger_date > f.spend_by
      WHERE NOT f.match)
WHERE net > carry_forward
;
WITH late AS (
  SELECT f.fund, f.period, sum(l.claimable) AS net, count(*) AS lines
  FROM fund_period f JOIN counting_line l ON l.fund_code = f.fund AND l.ledger_date > f.spend_by AND l.ledger_date <= f.period_end
  GROUP BY ALL)
SELECT f.fund, f.period,
  CASE WHEN f.match OR f.spend_by IS NULL OR f.period_end <= f.spend_by THEN 'not applicable'
       WHEN coalesce(l.net, 0) <= f.carry_forward THEN 'met'
       ELSE 'not met' END AS status,
  coalesce(l.net, 0) AS value, 0 AS limit_value,
  CASE WHEN f.match OR f.spend_by IS NULL THEN 'This fund has no spend window.'
       WHEN f.period_end <= f.spend_by THEN 'The period ends within the spend window.'
       WHEN l.lines IS NULL THEN 'No line is dated after ' || day_in_words(f.spend_by) || '.'
       ELSE counted_in_words(l.lines, 'line', 'lines') || ' dated after ' || day_in_words(f.spend_by) || ', ' || pounds(l.net) || ' in net'
         || CASE WHEN l.net <= 0 THEN '.' WHEN l.net <= f.carry_forward THEN ', within the approved carry-forward of ' || pounds(f.carry_forward) || '.'
                 ELSE ': an accrual was under-stated.' END END AS evidence
FROM fund_period f
LEFT JOIN late l USING (fund, period)
