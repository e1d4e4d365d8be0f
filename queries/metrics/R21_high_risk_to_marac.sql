-- metric:  R21 high_risk_to_marac
-- title:   Share of high-risk stalking referrals that went to Marac
-- count:   share yes(marac)
-- when:    received_date
-- unit:    share
SELECT * FROM valid_referral
WHERE crime_type = 'STK' AND risk_level = 'HIGH'
