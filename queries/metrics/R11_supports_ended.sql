-- metric:  R11 supports_ended
-- title:   Supports ended
-- count:   rows
-- when:    closure_date
-- by:      closure_reason
-- unit:    cases
SELECT * FROM support_case
