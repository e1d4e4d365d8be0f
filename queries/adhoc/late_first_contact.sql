-- title: Valid referrals first contacted later than they should have been
-- param: since date?; the first day received
-- param: source code(referral_source)?; who referred them, all where it is left out
-- param: days number = 2; the most working days that are in time

SELECT provider_code, service_code, referral_id, received_date, first_contact_date,
  working_days(received_date, first_contact_date) AS working_days
FROM valid_referral
WHERE working_days(received_date, first_contact_date) > $days::BIGINT
  AND ($since IS NULL OR received_date >= $since)
  AND ($source IS NULL OR source::VARCHAR = $source)
ORDER BY working_days DESC, provider_code, referral_id
