-- metric:  R01 referrals_received
-- title:   Referrals received
-- count:   rows
-- when:    received_date
-- by:      source, outcome, crime_type, la
-- unit:    referrals
SELECT * FROM referral
