-- A referral is the current, counted row for (provider, referral_id). Its fund
-- is its own, else its service's; a person is (key group, pseudonym).
CREATE VIEW referral AS
SELECT r.sender AS provider_code, r.delivery, r."row", r.referral_id AS key,
  r.referral_id, r.service_code, coalesce(r.fund_code, s.fund) AS fund_code,
  r.key_group || ':' || r.victim_pseudo_id AS person,
  r.referral_received_date AS received_date,
  r.referral_source_code AS source,
  r.police_team_code AS police_team,
  r.repeat_referral, r.first_attempt_date, r.first_contact_date, r.contact_attempts,
  r.referral_outcome_code AS outcome,
  r.referral_outcome_code IN (SELECT code FROM reference.referral_outcome WHERE valid_referral = 'Y') AS valid,
  r.assessment_date, r.support_start_date,
  r.wait_reason_code AS wait_reason,
  r.case_status_code AS case_status,
  r.closure_date,
  r.closure_reason_code AS closure_reason,
  c.planned,
  r.sessions_planned, r.sessions_attended,
  r.crime_type_code AS crime_type,
  r.ho_offence_code, r.da_related,
  r.online_flag AS online,
  r.reported_to_police,
  r.stalker_relationship_code AS relationship,
  r.stalker_type_code AS stalker_type,
  r.risk_tool_code AS risk_tool,
  r.risk_score,
  r.risk_level_code AS risk_level,
  r.risk_assessed_date,
  r.marac_flag AS marac,
  r.spo_status_code AS spo_status,
  p.rank::INTEGER AS spo_rank,
  r.safety_plan_date,
  r.enhanced_rights_code AS enhanced_rights,
  r.age_band,
  r.sex_code AS sex,
  r.gender_identity_code AS gender_identity,
  r.ethnicity_code AS ethnicity,
  e."group" AS ethnicity_group,
  r.sexual_orientation_code AS sexual_orientation,
  r.religion_code AS religion,
  r.disability_code AS disability,
  r.la_code AS la,
  r.interpreter_flag AS interpreter,
  r.updated_at
FROM typed.referrals r
LEFT JOIN register.service s ON s.code = r.service_code
LEFT JOIN reference.closure_reason c ON c.code = r.closure_reason_code
-- a blank ranks as not known, as it is counted
LEFT JOIN reference.spo_status p ON p.code = coalesce(r.spo_status_code::VARCHAR, 'NK')
LEFT JOIN reference.ethnicity e ON e.code = r.ethnicity_code
WHERE r.standing = 'counted';

CREATE VIEW valid_referral AS SELECT * FROM referral WHERE valid;

-- a case is a referral whose support has started
CREATE VIEW support_case AS SELECT * FROM referral WHERE support_start_date IS NOT NULL;

CREATE VIEW referral_support AS
SELECT r.* EXCLUDE (delivery, "row", key), t.delivery, t."row", t.referral_id AS key,
  t.support_type_code AS support_type, t.mode_code AS mode, t.first_date, t.contacts
FROM typed.referral_support t
JOIN referral r ON r.provider_code = t.sender AND r.referral_id = t.referral_id
WHERE t.standing = 'counted';

CREATE VIEW outcome_score AS
SELECT t.sender AS provider_code, t.delivery, t."row", t.referral_id || ' | ' || t.outcome_code AS key,
  t.referral_id, t.outcome_code AS outcome, t.scale_code AS scale, t.measure_point, t.score, t.measured_date, t.answered_by
FROM typed.referral_outcomes t
WHERE t.standing = 'counted';
