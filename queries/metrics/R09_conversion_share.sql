-- metric:  R09 conversion_share
-- title:   Share of valid referrals whose support started
-- count:   share support_start_date IS NOT NULL
-- when:    received_date
-- by:      source
-- unit:    share
SELECT * FROM valid_referral
