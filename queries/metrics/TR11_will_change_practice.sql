-- metric:  TR11 will_change_practice
-- title:   Share of those who answered that they will change their practice
-- count:   share yes(will_change_practice)
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM attended_delegate
