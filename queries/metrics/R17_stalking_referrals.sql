-- metric:  R17 stalking_referrals
-- title:   Valid referrals for stalking
-- count:   rows
-- when:    received_date
-- by:      da_related, relationship, risk_tool, risk_level, risk_tool x risk_level, source, police_team
-- unit:    referrals
SELECT * FROM valid_referral
WHERE crime_type = 'STK'
