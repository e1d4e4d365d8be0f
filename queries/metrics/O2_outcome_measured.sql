-- metric:  O2 outcome_measured
-- title:   Measured at entry and exit on one scale
-- count:   rows
-- when:    closure_date
-- by:      outcome, outcome x scale
-- total:   no
-- unit:    cases
SELECT * FROM measured_outcome
