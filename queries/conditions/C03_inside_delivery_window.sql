-- condition: C03 inside_delivery_window
-- title:   Training delivered in the delivery window
-- basis:   the fund's decision record
-- remedy:  Ask the provider whether the date is right; a session still to come is moved into the window, or the ministry is asked first
-- value:   not_met
-- limit_value: 0
-- unit:    sessions
-- not applicable if match OR delivery_to IS NULL:
--   This fund has no delivery window.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'session was', 'sessions were')} delivered outside the window {delivery_window}.
-- at risk if at_risk > 0:
--   Every session delivered is inside the window {delivery_window};
--   {counted_in_words(at_risk, 'planned session is', 'planned sessions are')} outside it.
-- met:
--   Every session is inside the window {delivery_window}.

SELECT f.fund, f.period, CASE WHEN s.status = 'DEL' THEN 'not met' ELSE 'at risk' END AS effect,
  NULL::DECIMAL(18,2) AS amount, s.delivery, s."row", s.key
FROM training_session s
JOIN fund_period f ON f.fund = s.fund_code
WHERE (s.session_date < f.delivery_from OR s.session_date > f.delivery_to)
  AND (s.status = 'DEL' AND s.session_date <= f.period_end OR s.status IN ('PLA', 'RES'))
  AND NOT f.match
