-- metric:  TR01 sessions_delivered
-- title:   Training sessions delivered
-- count:   rows
-- when:    session_date
-- by:      course, mode, la
-- scopes:  all fund provider
-- protect: none
-- unit:    sessions
-- note:    la is the venue's
SELECT * FROM delivered_session
