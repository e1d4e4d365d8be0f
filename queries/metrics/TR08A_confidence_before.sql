-- metric:  TR08A confidence_before
-- title:   Mean confidence before the course
-- count:   mean pre_confidence
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_confidence IS NOT NULL AND post_confidence IS NOT NULL
