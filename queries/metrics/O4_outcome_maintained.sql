-- metric:  O4 outcome_maintained
-- title:   Maintained at the top of the scale
-- count:   rows
-- when:    closure_date
-- by:      outcome
-- total:   no
-- unit:    cases
SELECT * FROM measured_outcome
WHERE NOT improved AND exit_score = entry_score AND exit_score = scale_max
