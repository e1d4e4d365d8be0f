-- condition: C05 no_capital
-- title:   No capital spend
-- basis:   the fund's decision record: revenue only
-- remedy:  Ask finance whether the lines are capital, which this fund does not pay for; a blank needs an answer
-- value:   not_met_amount
-- limit_value: 0
-- unit:    pounds
-- not applicable if match:
--   This is a match fund.
-- not applicable if lines = 0:
--   No lines of spend yet.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'line', 'lines')} of spend ({pounds(not_met_amount)}) marked as capital.
-- at risk if at_risk > 0:
--   No line is marked as capital, but {counted_in_words(at_risk, 'line does', 'lines do')} not say ({pounds(at_risk_amount)}).
-- met:
--   No line of spend (of {lines}) is capital.

SELECT f.fund, f.period, CASE WHEN s.capital = 'Y' THEN 'not met' ELSE 'at risk' END AS effect,
  s.claimable AS amount, s.delivery, s."row", s.key
FROM counting_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE (s.capital = 'Y' OR s.capital IS NULL) AND NOT f.match
;
FROM breached JOIN counted USING (fund, period)
