-- metric:  TR02A delegates_attended
-- title:   Delegates who attended
-- count:   rows
-- when:    session_date
-- by:      organisation_type
-- scopes:  all fund provider
-- protect: delegates
-- unit:    attendances
SELECT * FROM attended_delegate
