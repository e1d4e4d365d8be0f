-- metric:  TR11R would_recommend
-- title:   Share of those who answered that they would recommend the course
-- count:   share yes(would_recommend)
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM attended_delegate
