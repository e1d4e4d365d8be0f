-- check:   K18 stalking_not_described
-- title:   Stalking without the stalker's relationship or the risk tool
-- severity: warning
-- remedy:  Ask the provider for them; NK is an answer, blank and (of the relationship) NA are not, and a blank counts as not known

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' is stalking; '
    || concat_ws(' and ', CASE WHEN relationship IS NULL THEN 'the relationship is blank'
         WHEN relationship = 'NA' THEN 'the relationship is NA' END,
                          CASE WHEN risk_tool IS NULL THEN 'the risk tool is blank' END) AS detail
FROM referral
WHERE crime_type = 'STK' AND (relationship IS NULL OR relationship = 'NA' OR risk_tool IS NULL)
