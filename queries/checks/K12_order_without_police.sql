-- check:   K12 order_without_police
-- title:   A full stalking protection order without a report to the police
-- severity: warning
-- remedy:  Ask the provider: the police apply for an order, so one of the two is wrong

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' has a full order; reported to the police is '
    || coalesce(reported_to_police::VARCHAR, 'blank') AS detail
FROM referral
WHERE spo_status = 'FUL' AND reported_to_police IS DISTINCT FROM 'Y'
