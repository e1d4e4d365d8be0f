-- metric: R25 referral_rate
-- title:  Valid referrals for each 10,000 residents
-- count:  rows per 10000 population_2021
-- when:   received_date
-- by:     la
-- unit:   per 10,000 residents
-- note:   2021 census; only local authorities of the police force area have a population
SELECT r.* FROM valid_referral r
JOIN reference.local_authority l ON l.code = r.la
WHERE l.population_2021 IS NOT NULL
