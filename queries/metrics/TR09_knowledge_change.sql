-- metric:  TR09 knowledge_change
-- title:   Mean change in knowledge
-- count:   mean post_knowledge - pre_knowledge
-- when:    session_date
-- by:      organisation_type
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE pre_knowledge IS NOT NULL AND post_knowledge IS NOT NULL
