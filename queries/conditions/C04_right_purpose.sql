-- condition: C04 right_purpose
-- title:   Spent on the purpose of the fund
-- basis:   the fund's decision record
-- remedy:  Ask finance for the right budget line, or for the fund that allows this one
-- value:   not_met_amount
-- limit_value: 0
-- unit:    pounds
-- not applicable if match OR NOT lists_lines:
--   This fund does not list the budget lines it allows.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'line', 'lines')} of spend ({pounds(not_met_amount)}) on a budget line the fund does not allow.
-- at risk if at_risk > 0:
--   All spend is on budget lines the fund allows;
--   {counted_in_words(at_risk, 'commitment is', 'commitments are')} not ({pounds(at_risk_amount)}).
-- met:
--   All spend and commitments are on budget lines the fund allows.

SELECT f.fund, f.period, CASE WHEN s.counts_as_spend THEN 'not met' ELSE 'at risk' END AS effect,
  s.claimable AS amount, s.delivery, s."row", s.key
FROM spend_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE (s.counts_as_spend OR s.txn_type = 'COM') AND f.lists_lines AND NOT f.match
  AND NOT EXISTS (FROM register.fund_line l WHERE l.fund = s.fund_code AND l.budget_line = s.budget_line::VARCHAR)
