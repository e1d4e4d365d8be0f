-- metric:  TR05 front_line_share
-- title:   Share of completions by front-line staff
-- count:   share yes(front_line)
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    share
SELECT * FROM completion
