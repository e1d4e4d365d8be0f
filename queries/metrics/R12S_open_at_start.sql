-- metric:  R12S open_at_start
-- title:   Cases open just before the period
-- count:   rows
-- when:    opening support_start_date .. closure_date
-- unit:    cases
SELECT * FROM support_case
