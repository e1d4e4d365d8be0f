-- check:   K22 nothing_in_period
-- title:   What was received has rows in the period
-- severity: error
-- remedy:  Ask the provider whether the file is the right one; where there really was nothing, waive it with that reason

SELECT e.period, e.provider || ' ' || e.feed AS subject,
  'received, and no row that counts is of the period' AS detail
FROM (SELECT DISTINCT period, provider, feed FROM expectation GROUP BY ALL HAVING bool_and(covered)) e
JOIN period p USING (period)
WHERE e.feed NOT IN (
    'referrals', 'referral_outcomes', 'training_sessions', 'training_delegates', 'spend', 'ledger_control')
  AND NOT EXISTS (
    FROM delivery d
    WHERE d.current AND d.feed = e.feed AND d.provider = e.provider AND d.financial_year = left(e.period, 7) AND (d.rows > 0 OR d.counted > 0))
  OR e.feed IN ('referrals', 'referral_outcomes', 'training_sessions', 'training_delegates', 'spend', 'ledger_control')
  AND NOT EXISTS (
    FROM feed_span s
    WHERE s.feed = e.feed AND s.provider_code = e.provider AND s.day_from <= p.period_end AND s.day_to >= p.period_start)
