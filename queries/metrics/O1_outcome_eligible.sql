-- metric:  O1 outcome_eligible
-- title:   Eligible cases
-- count:   rows
-- when:    closure_date
-- by:      outcome
-- total:   no
-- unit:    cases
SELECT * FROM eligible_outcome
