-- condition: C07 match_kept_apart
-- title:   Match funding is kept apart and never claimed
-- basis:   the fund's decision record: match funding pays for the advocates
-- remedy:  Ask finance to move the lines to the match fund or to mend the cost centre; the match's own are named under match_cost_centres and match_award_refs in mojreturns.yaml

-- a cost centre or award reference of match is one whichever fund it is
-- configured on; a claimed line that carries one breaches for the match fund too
SELECT f.fund, f.period, 'not met' AS effect, l.claimable AS amount, l.delivery, l."row", l.key
FROM counting_line l
JOIN register.fund own ON own.code = l.fund_code AND NOT own.match
JOIN fund_period f ON (f.fund = l.fund_code OR f.match) AND l.ledger_date <= f.period_end
WHERE EXISTS (FROM register.fund_match m WHERE m.kind = 'cost centre' AND m.code = l.cost_centre OR m.kind = 'award reference' AND m.code = l.award_ref)
;
WITH known AS (
  SELECT count(*) > 0 AS named, (SELECT count(*) FROM register.fund WHERE match) + (SELECT count(*) FROM match_funding) + count(*) > 0 AS any_match
  FROM register.fund_match),
given AS (
  SELECT p.period, sum(m.amount) AS amount, coalesce(sum(m.amount) FILTER (m.in_kind = 'Y'), 0) AS in_kind
  FROM period p JOIN match_funding m ON m.ledger_date <= p.period_end GROUP BY ALL)
SELECT f.fund, f.period,
  CASE WHEN NOT known.any_match THEN 'not applicable'
       WHEN mixed.lines > 0 THEN 'not met'
       WHEN NOT known.named THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(mixed.amount, 0) AS value, 0 AS limit_value,
  CASE WHEN NOT known.any_match THEN 'There is no match funding.'
       ELSE CASE WHEN mixed.lines > 0 THEN counted_in_words(mixed.lines, 'claimed line carries', 'claimed lines carry') || ' a cost centre or award reference of the match (' || pounds(mixed.amount) || ')'
                 WHEN NOT known.named THEN 'No cost centre or award reference of the match is configured, so a mix-up could not be seen'
                 ELSE 'No claimed line carries a cost centre or award reference of the match' END
            || CASE WHEN given.amount IS NULL THEN '; no match has been reported to ' || day_in_words(f.period_end) || '.'
                    ELSE '; the match to ' || day_in_words(f.period_end) || ' is ' || pounds(given.amount) || ', of which ' || pounds(given.in_kind) || ' in kind.' END
  END AS evidence
FROM fund_period f
CROSS JOIN known
LEFT JOIN given USING (period)
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach GROUP BY ALL) mixed USING (fund, period)
