-- metric:  R20 risk_assessed_share
-- title:   Share of stalking cases risk assessed within 5 working days of the start
-- count:   share coalesce(working_days(support_start_date, risk_assessed_date) <= 5, FALSE)
-- when:    support_start_date
-- by:      risk_tool
-- unit:    share
-- note:    an assessment before the start counts; none does not
SELECT * FROM support_case
WHERE crime_type = 'STK'
