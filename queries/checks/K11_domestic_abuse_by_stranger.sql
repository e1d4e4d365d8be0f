-- check:   K11 domestic_abuse_by_stranger
-- title:   Domestic abuse by a stranger
-- severity: warning
-- remedy:  Ask the provider whether the relationship or the domestic abuse flag is right

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' is related to domestic abuse, but the stalker is a stranger' AS detail
FROM referral
WHERE da_related = 'Y' AND relationship = 'STR'
