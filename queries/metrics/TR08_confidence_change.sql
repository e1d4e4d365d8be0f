-- metric:  TR08 confidence_change
-- title:   Mean change in confidence
-- count:   mean post_confidence - pre_confidence
-- when:    session_date
-- by:      organisation_type
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_confidence IS NOT NULL AND post_confidence IS NOT NULL
