-- Outcomes: a case that ended as planned at least 14 days after it began is
-- eligible for every national outcome and for each local one its service has
-- used. It is measured by its latest EXIT and, on the same scale, its earliest ENTRY.
CREATE VIEW eligible_outcome AS
SELECT c.provider_code, c.delivery, c."row", c.referral_id || ' | ' || o.code AS key,
  c.referral_id, c.service_code, c.fund_code, c.person, c.support_start_date, c.closure_date, o.code AS outcome
FROM support_case c
JOIN reference.outcome o ON o.level = 'national'
  OR (c.service_code, o.code) IN (SELECT r.service_code, s.outcome::VARCHAR FROM outcome_score s
                                  JOIN referral r ON r.provider_code = s.provider_code AND r.referral_id = s.referral_id)
WHERE c.planned = 'Y' AND c.closure_date >= c.support_start_date + 14;

CREATE VIEW measured_outcome AS
WITH last_exit AS (
  SELECT * FROM outcome_score
  WHERE measure_point = 'EXIT'
  QUALIFY row_number() OVER (PARTITION BY provider_code, referral_id, outcome
    ORDER BY measured_date DESC, scale::VARCHAR DESC, delivery DESC, "row" DESC) = 1),
first_entry AS (
  SELECT * FROM outcome_score
  WHERE measure_point = 'ENTRY'
  QUALIFY row_number() OVER (PARTITION BY provider_code, referral_id, outcome, scale ORDER BY measured_date, delivery, "row") = 1)
SELECT e.*, x.scale, n.score AS entry_score, x.score AS exit_score, l.max AS scale_max,
  CASE WHEN x.scale IN ('ACH3', 'YN') THEN x.score = l.max ELSE x.score - n.score >= l.smallest_change END AS improved
FROM eligible_outcome e
JOIN last_exit x ON x.provider_code = e.provider_code AND x.referral_id = e.referral_id AND x.outcome::VARCHAR = e.outcome
JOIN first_entry n ON n.provider_code = e.provider_code AND n.referral_id = e.referral_id AND n.outcome::VARCHAR = e.outcome
  AND n.scale = x.scale
JOIN reference.outcome_scale l ON l.code = x.scale;
