-- metric:  TR07 training_hours
-- title:   Hours of training received
-- count:   sum duration_minutes / 60
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    hours
SELECT * FROM attended_delegate
