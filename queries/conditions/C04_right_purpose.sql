-- condition: C04 right_purpose
-- title:   Spent on the purpose of the fund
-- basis:   the fund's decision record
-- remedy:  Ask finance for the right budget line, or for the fund that allows this one

SELECT f.fund, f.period, CASE WHEN s.counts_as_spend THEN 'not met' ELSE 'at risk' END AS effect, s.claimable AS amount, s.delivery, s."row", s.key
FROM spend_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE (s.counts_as_spend OR s.txn_type = 'COM') AND f.lists_lines AND NOT f.match
  AND NOT EXISTS (FROM register.fund_line l WHERE l.fund = s.fund_code AND l.budget_line = s.budget_line::VARCHAR)
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR NOT f.lists_lines THEN 'not applicable'
       WHEN spend.lines > 0 THEN 'not met'
       WHEN promised.lines > 0 THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(spend.amount, 0) AS value, 0 AS limit_value,
  CASE WHEN f.match OR NOT f.lists_lines THEN 'This fund does not list the budget lines it allows.'
       WHEN spend.lines > 0 THEN counted_in_words(spend.lines, 'line', 'lines') || ' of spend (' || pounds(spend.amount) || ') on a budget line the fund does not allow.'
       WHEN promised.lines > 0 THEN 'All spend is on budget lines the fund allows; ' || counted_in_words(promised.lines, 'commitment is', 'commitments are') || ' not (' || pounds(promised.amount) || ').'
       ELSE 'All spend and commitments are on budget lines the fund allows.' END AS evidence
FROM fund_period f
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'not met' GROUP BY ALL) spend USING (fund, period)
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'at risk' GROUP BY ALL) promised USING (fund, period)
