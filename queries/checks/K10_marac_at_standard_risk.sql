-- check:   K10 marac_at_standard_risk
-- title:   Referred to Marac at standard risk
-- severity: warning
-- remedy:  Ask the provider whether the risk level or the Marac flag is right

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' went to Marac at standard risk' AS detail
FROM referral
WHERE marac = 'Y' AND risk_level = 'STD'
