-- metric:  R10 supports_started
-- title:   Supports started
-- count:   rows
-- when:    support_start_date
-- by:      crime_type
-- unit:    cases
SELECT * FROM support_case
