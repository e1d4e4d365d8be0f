-- metric:  R02 valid_referrals
-- title:   Valid referrals
-- count:   rows
-- when:    received_date
-- by:      source, crime_type, da_related, la, police_team
-- unit:    referrals
SELECT * FROM valid_referral
