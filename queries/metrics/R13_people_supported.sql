-- metric:  R13 people_supported
-- title:   People supported during the period
-- count:   distinct person
-- when:    support_start_date .. closure_date
-- by:      age_band, sex, gender_identity, ethnicity, ethnicity_group, sexual_orientation, religion, disability, la
-- unit:    people
-- note:    a person is counted once for each group of providers that share pseudonyms
SELECT * FROM support_case
