-- metric:  R14D days_waiting
-- title:   Median calendar days waited so far by those waiting at the end
-- count:   median date_diff('day', received_date, period_end)
-- when:    open received_date .. waited_to
-- unit:    days

-- waiting from received until the earlier of support start and closure
SELECT *, least(support_start_date, closure_date) AS waited_to
FROM valid_referral
WHERE outcome = 'WTL' OR outcome = 'ACC' AND support_start_date IS NOT NULL
