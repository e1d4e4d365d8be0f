-- Words for checks: where a row stands, as its sender would look for it.
CREATE MACRO file_in_words(file, sheet) AS file || coalesce(', sheet ' || nullif(sheet, ''), '');
CREATE MACRO row_in_words(of_delivery, of_feed, at_row) AS
  (SELECT min(file_in_words(d.file, d.sheet)) FROM delivery d WHERE d.delivery = of_delivery AND d.feed = of_feed) || ', row ' || at_row;

-- the days that a feed's rows which count speak of
CREATE VIEW feed_span AS
SELECT 'referrals' AS feed, provider_code, received_date AS day_from, coalesce(closure_date, DATE '2028-12-31') AS day_to FROM referral
UNION ALL SELECT 'referral_outcomes', provider_code, measured_date, measured_date FROM outcome_score
UNION ALL SELECT 'training_sessions', provider_code, session_date, session_date FROM training_session
UNION ALL SELECT 'training_delegates', provider_code, session_date, session_date FROM delegate
UNION ALL SELECT 'spend', provider_code, ledger_date, ledger_date FROM spend_line
UNION ALL SELECT 'ledger_control', provider_code, ledger_date, ledger_date FROM ledger_control;
