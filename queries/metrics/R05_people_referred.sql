-- metric:  R05 people_referred
-- title:   People referred
-- count:   distinct person
-- when:    received_date
-- unit:    people
-- note:    a person is counted once for each group of providers that share pseudonyms
SELECT * FROM valid_referral
