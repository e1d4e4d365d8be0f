-- metric:  R08S contacted_in_two_days
-- title:   Share of those contacted who were within 2 working days
-- count:   share days_to_contact <= 2
-- when:    received_date
-- unit:    share
SELECT *, working_days(received_date, first_contact_date) AS days_to_contact
FROM valid_referral
WHERE first_contact_date IS NOT NULL
