-- metric:  TR08S confidence_improved_share
-- title:   Share whose confidence rose by 1 or more
-- count:   share post_confidence - pre_confidence >= 1
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM completion
WHERE pre_confidence IS NOT NULL AND post_confidence IS NOT NULL
