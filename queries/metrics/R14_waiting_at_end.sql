-- metric:  R14 waiting_at_end
-- title:   Valid referrals waiting at the end of the period
-- count:   rows
-- when:    open received_date .. waited_to
-- by:      wait_reason
-- unit:    referrals

-- waiting from received until the earlier of support start and closure
SELECT *, least(support_start_date, closure_date) AS waited_to
FROM valid_referral
WHERE outcome = 'WTL' OR outcome = 'ACC' AND support_start_date IS NOT NULL
