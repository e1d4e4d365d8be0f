-- check:   K13 orientation_under_16
-- title:   Sexual orientation recorded for somebody under 16
-- severity: error
-- remedy:  The question is for people of 16 and over: ask the provider to remove the answer, or to mend the age

SELECT NULL::VARCHAR AS period, provider_code || ' referrals' AS subject,
  row_in_words(delivery, 'referrals', "row") || ': ' || key || ' has an answer at age ' || age_band AS detail
FROM referral r
JOIN reference.age_band a ON a.code = r.age_band::VARCHAR
WHERE a.to_age < 16 AND sexual_orientation <> 'NS'
