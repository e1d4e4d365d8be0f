-- check:   K09 high_score_low_level
-- title:   A DASH score of 14 or more with a risk level below high
-- severity: warning
-- remedy:  Ask the provider whether the score or the level is right

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' scores ' || risk_score || ' on DASH at level ' || risk_level AS detail
FROM referral
WHERE risk_tool = 'DASH' AND risk_score >= 14 AND risk_level IN ('STD', 'MED')
