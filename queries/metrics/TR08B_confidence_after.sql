-- metric:  TR08B confidence_after
-- title:   Mean confidence after the course
-- count:   mean post_confidence
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_confidence IS NOT NULL AND post_confidence IS NOT NULL
