-- title: Valid referrals first contacted more than two working days after they were received
SELECT provider_code, service_code, referral_id, received_date, first_contact_date,
  working_days(received_date, first_contact_date) AS working_days
FROM valid_referral
WHERE working_days(received_date, first_contact_date) > 2
ORDER BY working_days DESC, provider_code, referral_id
