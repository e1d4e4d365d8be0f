-- metric:  TR03 completions
-- title:   Training completions
-- count:   rows
-- when:    session_date
-- by:      organisation_type, role, la, course, front_line, organisation_type x front_line, role x front_line, la x front_line
-- scopes:  all fund provider
-- protect: delegates
-- unit:    completions
-- note:    la is the delegate's
SELECT * FROM completion
