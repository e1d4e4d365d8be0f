-- condition: C11 no_carry_over
-- title:   Nothing is charged to the fund after its spend window
-- basis:   comparable agreement: no carry-over without approval
-- remedy:  Ask finance to take the lines off the fund; where the ministry approves, enter it under carry_forward in mojreturns.yaml
-- value:   coalesce(net, 0)
-- limit_value: 0
-- unit:    pounds
-- not applicable if match OR spend_by IS NULL:
--   This fund has no spend window.
-- not applicable if period_end <= spend_by:
--   The period ends within the spend window.
-- met if lines IS NULL:
--   No line is dated after {day_in_words(spend_by)}.
-- not met if not_met > 0:
--   {late}{approval}: an accrual was under-stated.
-- met if net <= 0:
--   {late}.
-- met:
--   {late}, within the approved carry-forward of {pounds(carry_forward)}.

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
SELECT *, counted_in_words(lines, 'line', 'lines') || ' dated after ' || day_in_words(spend_by) || ', ' || pounds(net) || ' in net' AS late,
  CASE WHEN carry_forward > 0 THEN ', more than the approved carry-forward of ' || pounds(carry_forward) ELSE '' END AS approval
FROM breached LEFT JOIN late USING (fund, period)
