-- check:   K14 suspected_duplicate
-- title:   The same person from the same source within 7 days
-- severity: warning
-- remedy:  Ask the provider whether it is one referral sent twice; if so its outcome is duplicate

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' of ' || received_date || ' follows ' || before || ' of '
    || before_date AS detail
FROM (SELECT *, lag(key) OVER earlier AS before, lag(received_date) OVER earlier AS before_date
      FROM referral WHERE outcome <> 'DUP' AND source <> 'NK'
      WINDOW earlier AS (PARTITION BY person, source ORDER BY received_date, provider_code, key))
WHERE received_date - before_date <= 7
