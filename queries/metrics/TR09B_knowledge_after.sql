-- metric:  TR09B knowledge_after
-- title:   Mean knowledge after the course
-- count:   mean post_knowledge
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_knowledge IS NOT NULL AND post_knowledge IS NOT NULL
