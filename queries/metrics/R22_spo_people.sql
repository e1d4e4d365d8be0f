-- metric:  R22 spo_people
-- title:   People referred for stalking, by their highest Stalking Protection Order status
-- count:   distinct person
-- when:    received_date
-- by:      spo_status
-- prefer:  spo_rank
-- unit:    people
SELECT * FROM valid_referral
WHERE crime_type = 'STK'
