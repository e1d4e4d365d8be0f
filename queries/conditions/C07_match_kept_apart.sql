-- condition: C07 match_kept_apart
-- title:   Match funding is kept apart and never claimed
-- basis:   the fund's decision record: match funding pays for the advocates
-- remedy:  Ask finance to move the lines to the match fund or to mend the cost centre;
--   the match's own are named under match_cost_centres and match_award_refs in mojreturns.yaml
-- value:   not_met_amount
-- limit_value: 0
-- unit:    pounds
-- not applicable if NOT any_match:
--   There is no match funding.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'claimed line carries', 'claimed lines carry')} a cost centre or award reference of the match
--   ({pounds(not_met_amount)}); {match_to_date}.
-- at risk if NOT named:
--   No cost centre or award reference of the match is configured, so a mix-up could not be seen; {match_to_date}.
-- met:
--   No claimed line carries a cost centre or award reference of the match; {match_to_date}.

-- a cost centre or award reference of match is one whichever fund it is
-- configured on; a claimed line that carries one breaches for the match fund too
SELECT f.fund, f.period, 'not met' AS effect, l.claimable AS amount, l.delivery, l."row", l.key
FROM counting_line l
JOIN register.fund own ON own.code = l.fund_code AND NOT own.match
JOIN fund_period f ON (f.fund = l.fund_code OR f.match) AND l.ledger_date <= f.period_end
WHERE EXISTS (FROM register.fund_match m
  WHERE m.kind = 'cost centre' AND m.code = l.cost_centre OR m.kind = 'award reference' AND m.code = l.award_ref)
;
WITH known AS (
  SELECT count(*) > 0 AS named,
    (SELECT count(*) FROM register.fund WHERE match) + (SELECT count(*) FROM match_funding) + count(*) > 0 AS any_match
  FROM register.fund_match),
given AS (
  SELECT p.period, sum(m.amount) AS amount, coalesce(sum(m.amount) FILTER (m.in_kind = 'Y'), 0) AS in_kind
  FROM period p JOIN match_funding m ON m.ledger_date <= p.period_end GROUP BY ALL)
SELECT b.*, known.*,
  CASE WHEN given.amount IS NULL THEN 'no match has been reported to ' || day_in_words(period_end)
       ELSE 'the match to ' || day_in_words(period_end) || ' is ' || pounds(given.amount)
         || ', of which ' || pounds(given.in_kind) || ' in kind'
  END AS match_to_date
FROM breached b
CROSS JOIN known
LEFT JOIN given USING (period)
