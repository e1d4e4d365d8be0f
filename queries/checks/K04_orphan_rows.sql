-- check:   K04 orphan_rows
-- title:   Rows that refer to a row nobody sent
-- severity: warning
-- remedy:  Ask the provider to send the missing referral or session, or to withdraw the row; until then it counts for nothing

SELECT NULL::VARCHAR AS period, provider_code || ' ' || feed AS subject,
  row_in_words(delivery, feed, "row") || ': ' || id || ' is not among the ' || refers_to || ' received' AS detail
FROM (
  SELECT 'referral_support' AS feed, 'referrals' AS refers_to, sender AS provider_code, delivery, "row", referral_id AS id
  FROM typed.referral_support t
  WHERE standing = 'counted' AND NOT EXISTS (FROM typed.referrals r
    WHERE r.standing = 'counted' AND r.sender = t.sender AND r.referral_id = t.referral_id)
  UNION ALL
  SELECT 'referral_outcomes', 'referrals', sender, delivery, "row", referral_id FROM typed.referral_outcomes t
  WHERE standing = 'counted' AND NOT EXISTS (FROM typed.referrals r
    WHERE r.standing = 'counted' AND r.sender = t.sender AND r.referral_id = t.referral_id)
  UNION ALL
  SELECT 'training_delegates', 'training_sessions', sender, delivery, "row", session_id FROM typed.training_delegates t
  WHERE standing = 'counted' AND NOT EXISTS (FROM typed.training_sessions r
    WHERE r.standing = 'counted' AND r.sender = t.sender AND r.session_id = t.session_id)
)
