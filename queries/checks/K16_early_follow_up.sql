-- check:   K16 early_follow_up
-- title:   Follow-up earlier than 28 days after the session
-- severity: warning
-- remedy:  It does not count as a follow-up: ask the provider whether the date is right

SELECT NULL::VARCHAR AS period, provider_code || ' training_delegates' AS subject,
  row_in_words(delivery, 'training_delegates', "row") || ': followed up on ' || followup_date || ', ' || (followup_date - session_date)
    || ' days after the session' AS detail
FROM delegate
WHERE followup_date < session_date + 28
