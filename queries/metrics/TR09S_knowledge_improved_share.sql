-- metric:  TR09S knowledge_improved_share
-- title:   Share whose knowledge rose by 1 or more
-- count:   share post_knowledge - pre_knowledge >= 1
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM completion
WHERE pre_knowledge IS NOT NULL AND post_knowledge IS NOT NULL
