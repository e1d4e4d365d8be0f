-- metric:  R06 repeat_share
-- title:   Share of valid referrals that are repeats
-- count:   share yes(repeat_referral)
-- when:    received_date
-- unit:    share
SELECT * FROM valid_referral
