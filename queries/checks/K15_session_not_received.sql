-- check:   K15 session_not_received
-- title:   Spend on a session that nobody sent
-- severity: warning
-- remedy:  Ask finance for the session and its provider, or the provider for the session

SELECT NULL::VARCHAR AS period, provider_code || ' spend' AS subject,
  row_in_words(delivery, 'spend', "row") || ': session ' || session_id || coalesce(' of ' || session_provider, '')
    || CASE WHEN providers = 0 THEN ' is not among the training sessions received'
         ELSE ' could be any of ' || providers || ' providers: session_provider is blank' END AS detail
FROM (SELECT s.*, (SELECT count(*) FROM training_session t
        WHERE t.session_id = s.session_id AND t.provider_code = coalesce(s.session_provider, t.provider_code)) AS providers
      FROM spend_line s WHERE s.session_id IS NOT NULL)
WHERE providers <> 1
