-- metric:  O3 outcome_improved
-- title:   Improved
-- count:   rows
-- when:    closure_date
-- by:      outcome, outcome x scale
-- total:   no
-- unit:    cases
SELECT * FROM measured_outcome
WHERE improved
