-- condition: C09 evidence
-- title:   Every line of spend has its evidence
-- basis:   comparable agreement: records kept for audit
-- remedy:  Ask finance for the evidence reference of each line
-- value:   CASE WHEN NOT match THEN evidenced::DOUBLE / nullif(lines, 0) END
-- limit_value: 1
-- unit:    share
-- not applicable if match:
--   This is a match fund.
-- not applicable if lines = 0:
--   No lines of spend yet.
-- not met if not_met > 0:
--   {lines - evidenced} of {counted_in_words(lines, 'line', 'lines')} of spend ({pounds(not_met_amount)}) without an evidence reference.
-- at risk if at_risk > 0:
--   {lines - evidenced} of {counted_in_words(lines, 'line', 'lines')} of spend ({pounds(at_risk_amount)}) without an evidence reference.
-- met:
--   Every line of spend ({lines}) has an evidence reference.

SELECT f.fund, f.period, CASE WHEN f.final THEN 'not met' ELSE 'at risk' END AS effect, s.claimable AS amount, s.delivery, s."row", s.key
FROM counting_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE s.evidence_ref IS NULL AND NOT f.match
;
FROM breached JOIN counted USING (fund, period)
