-- metric:  R12 open_at_end
-- title:   Cases open at the end of the period
-- count:   rows
-- when:    open support_start_date .. closure_date
-- unit:    cases
SELECT * FROM support_case
