-- metric:  TR01C sessions_cancelled
-- title:   Training sessions cancelled
-- count:   rows
-- when:    session_date
-- by:      cancel_reason
-- scopes:  all fund provider
-- protect: none
-- unit:    sessions
SELECT * FROM training_session
WHERE status = 'CAN'
