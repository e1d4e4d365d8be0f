-- condition: C05 no_capital
-- title:   No capital spend
-- basis:   the fund's decision record: revenue only
-- remedy:  Ask finance whether the lines are capital, which this fund does not pay for; a blank needs an answer

SELECT f.fund, f.period, CASE WHEN s.capital = 'Y' THEN 'not met' ELSE 'at risk' END AS effect, s.claimable AS amount, s.delivery, s."row", s.key
FROM counting_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE (s.capital = 'Y' OR s.capital IS NULL) AND NOT f.match
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR seen.lines IS NULL THEN 'not applicable'
       WHEN capital.lines > 0 THEN 'not met'
       WHEN unsaid.lines > 0 THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(capital.amount, 0) AS value, 0 AS limit_value,
  CASE WHEN f.match THEN 'This is a match fund.'
       WHEN seen.lines IS NULL THEN 'No lines of spend yet.'
       WHEN capital.lines > 0 THEN counted_in_words(capital.lines, 'line', 'lines') || ' of spend (' || pounds(capital.amount) || ') marked as capital.'
       WHEN unsaid.lines > 0 THEN 'No line is marked as capital, but ' || counted_in_words(unsaid.lines, 'line does', 'lines do') || ' not say (' || pounds(unsaid.amount) || ').'
       ELSE 'No line of spend (of ' || seen.lines || ') is capital.' END AS evidence
FROM fund_period f
LEFT JOIN (SELECT l.fund_code AS fund, p.period, count(*) AS lines FROM period p JOIN counting_line l ON l.ledger_date <= p.period_end GROUP BY ALL) seen USING (fund, period)
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'not met' GROUP BY ALL) capital USING (fund, period)
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'at risk' GROUP BY ALL) unsaid USING (fund, period)
