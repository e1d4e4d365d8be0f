-- metric:  R08 days_to_contact
-- title:   Median working days from referral to first contact
-- count:   median days_to_contact
-- when:    received_date
-- unit:    working days
SELECT *, working_days(received_date, first_contact_date) AS days_to_contact
FROM valid_referral
WHERE first_contact_date IS NOT NULL
