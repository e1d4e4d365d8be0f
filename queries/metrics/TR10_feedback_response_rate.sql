-- metric:  TR10 feedback_response_rate
-- title:   Share of those who attended with any score after the course
-- count:   share post_knowledge IS NOT NULL OR post_confidence IS NOT NULL
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM attended_delegate
