-- metric:  TR12 followup_confidence
-- title:   Mean confidence 28 or more days after the session
-- count:   mean followup_confidence
-- when:    session_date
-- scopes:  all fund provider
-- protect: delegates
-- unit:    points
SELECT * FROM completion
WHERE followup_confidence IS NOT NULL AND followup_date >= session_date + 28
