-- check:   K08 closed_without_start
-- title:   Accepted referrals that are closed but never started
-- severity: error
-- remedy:  Ask the provider for the support start date, or for the outcome under which the referral was closed

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' was accepted and closed on ' || closure_date
    || ', but has no support start' AS detail
FROM referral
WHERE outcome = 'ACC' AND closure_date IS NOT NULL AND support_start_date IS NULL
