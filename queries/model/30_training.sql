-- Sessions and the people at them. A delegate row belongs to the session of its
-- own provider; one without a session counts for nothing (see the checks).
CREATE VIEW training_session AS
SELECT sender AS provider_code, delivery, "row", session_id AS key,
  session_id, fund_code, NULL::VARCHAR AS service_code,
  course_code AS course, session_date, start_time, duration_minutes,
  mode_code AS mode, venue_la_code AS la, trainer_count,
  places_offered, places_booked, status_code AS status,
  cancel_reason_code AS cancel_reason, session_cost
FROM typed.training_sessions
WHERE standing = 'counted';

CREATE VIEW delivered_session AS SELECT * FROM training_session WHERE status = 'DEL';

CREATE VIEW delegate AS
SELECT d.sender AS provider_code, d.delivery, d."row", d.session_id || ' | ' || d.delegate_pseudo_id AS key,
  d.key_group || ':' || d.delegate_pseudo_id AS person,
  d.session_id, s.session_date, s.course, s.mode, s.status AS session_status, s.duration_minutes, s.fund_code, s.service_code,
  d.organisation_code,
  d.organisation_type_code AS organisation_type,
  d.role_code AS role,
  d.front_line,
  d.la_code AS la,
  d.booked,
  a.attended,
  d.completed,
  d.pre_knowledge, d.post_knowledge, d.pre_confidence, d.post_confidence,
  d.followup_confidence, d.followup_date, d.will_change_practice, d.would_recommend, d.used_risk_tool_followup
FROM typed.training_delegates d
JOIN training_session s ON s.provider_code = d.sender AND s.session_id = d.session_id
JOIN reference.attendance a ON a.code = d.attended
WHERE d.standing = 'counted';

CREATE VIEW attended_delegate AS SELECT * FROM delegate WHERE session_status = 'DEL' AND attended = 'Y';

-- a completion is a delegate row with completed = Y in a delivered session
CREATE VIEW completion AS SELECT * FROM delegate WHERE session_status = 'DEL' AND completed = 'Y';
