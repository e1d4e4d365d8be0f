-- metric:  O5 outcome_worsened
-- title:   Worsened
-- count:   rows
-- when:    closure_date
-- by:      outcome
-- total:   no
-- unit:    cases
SELECT * FROM measured_outcome
WHERE NOT improved AND exit_score < entry_score
