-- condition: C09 evidence
-- title:   Every line of spend has its evidence
-- basis:   comparable agreement: records kept for audit
-- remedy:  Ask finance for the evidence reference of each line

SELECT f.fund, f.period, CASE WHEN f.final THEN 'not met' ELSE 'at risk' END AS effect, s.claimable AS amount, s.delivery, s."row", s.key
FROM counting_line s
JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
WHERE s.evidence_ref IS NULL AND NOT f.match
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR seen.lines IS NULL THEN 'not applicable'
       WHEN seen.shown = seen.lines THEN 'met'
       WHEN f.final THEN 'not met'
       ELSE 'at risk' END AS status,
  CASE WHEN NOT f.match THEN seen.shown::DOUBLE / seen.lines END AS value, 1 AS limit_value,
  CASE WHEN f.match THEN 'This is a match fund.'
       WHEN seen.lines IS NULL THEN 'No lines of spend yet.'
       WHEN seen.shown = seen.lines THEN 'Every line of spend (' || seen.lines || ') has an evidence reference.'
       ELSE seen.lines - seen.shown || ' of ' || counted_in_words(seen.lines, 'line', 'lines') || ' of spend (' || pounds(bare.amount) || ') without an evidence reference.' END AS evidence
FROM fund_period f
LEFT JOIN (SELECT l.fund_code AS fund, p.period, count(*) AS lines, count(l.evidence_ref) AS shown
           FROM period p JOIN counting_line l ON l.ledger_date <= p.period_end GROUP BY ALL) seen USING (fund, period)
LEFT JOIN (SELECT fund, period, sum(amount) AS amount FROM breach GROUP BY ALL) bare USING (fund, period)
