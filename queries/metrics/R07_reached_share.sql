-- metric:  R07 reached_share
-- title:   Share of valid referrals reached
-- count:   share first_contact_date IS NOT NULL
-- when:    received_date
-- by:      source
-- unit:    share
SELECT * FROM valid_referral
