-- check:   K22 nothing_in_period
-- title:   What was received has rows of the period, and of each fund
-- severity: error
-- remedy:  Ask whether the file is the right one and whole; where there really was nothing, waive it with that reason

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

-- a fund whose spending has begun and of which the year's ledger has no line: its spend shows [x], not 0
UNION ALL
SELECT p.period, f.code AS subject, 'the ledger of ' || left(p.period, 7) || ' was received, and no line of it is of this fund' AS detail
FROM register.fund f
JOIN period p ON p.period_end >= f.spend_from AND p.period_start <= coalesce(f.spend_by, p.period_start)
WHERE NOT f.match
  AND EXISTS (
    FROM delivery d
    WHERE d.current AND d.feed = 'spend' AND d.financial_year = left(p.period, 7))
  AND NOT EXISTS (
    FROM spend_line l
    WHERE l.fund_code = f.code AND l.financial_year = left(p.period, 7) AND l.ledger_date <= p.period_end)
