-- metric:  TR04 people_trained
-- title:   People trained
-- count:   distinct person
-- when:    session_date
-- by:      organisation_type
-- scopes:  all fund provider
-- protect: delegates
-- unit:    people
SELECT * FROM completion
