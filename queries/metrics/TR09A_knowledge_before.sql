-- metric:  TR09A knowledge_before
-- title:   Mean knowledge before the course
-- count:   mean pre_knowledge
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_knowledge IS NOT NULL AND post_knowledge IS NOT NULL
