-- metric:  R08P days_to_contact_p90
-- title:   90th percentile of working days from referral to first contact
-- count:   p90 days_to_contact
-- when:    received_date
-- unit:    working days
SELECT *, working_days(received_date, first_contact_date) AS days_to_contact
FROM valid_referral
WHERE first_contact_date IS NOT NULL
