-- condition: C03 inside_delivery_window
-- title:   Training delivered in the delivery window
-- basis:   the fund's decision record
-- remedy:  Ask the provider whether the date is right; a session still to come is moved into the window, or the ministry is asked first

SELECT f.fund, f.period, CASE WHEN s.status = 'DEL' THEN 'not met' ELSE 'at risk' END AS effect, NULL::DECIMAL(18,2) AS amount, s.delivery, s."row", s.key
FROM training_session s
JOIN fund_period f ON f.fund = s.fund_code
WHERE (s.session_date < f.delivery_from OR s.session_date > f.delivery_to)
  AND (s.status = 'DEL' AND s.session_date <= f.period_end OR s.status IN ('PLA', 'RES'))
  AND NOT f.match
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR f.delivery_to IS NULL THEN 'not applicable'
       WHEN held.sessions > 0 THEN 'not met'
       WHEN planned.sessions > 0 THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(held.sessions, 0) AS value, 0 AS limit_value,
  CASE WHEN f.match OR f.delivery_to IS NULL THEN 'This fund has no delivery window.'
       ELSE CASE WHEN held.sessions > 0 THEN counted_in_words(held.sessions, 'session was', 'sessions were') || ' delivered outside'
                 WHEN planned.sessions > 0 THEN 'Every session delivered is inside'
                 ELSE 'Every session is inside' END
            || ' the window ' || coalesce(day_in_words(f.delivery_from), 'start') || ' to ' || day_in_words(f.delivery_to)
            || CASE WHEN held.sessions IS NULL AND planned.sessions > 0
                      THEN '; ' || counted_in_words(planned.sessions, 'planned session is', 'planned sessions are') || ' outside it.' ELSE '.' END
  END AS evidence
FROM fund_period f
LEFT JOIN (SELECT fund, period, count(*) AS sessions FROM breach WHERE effect = 'not met' GROUP BY ALL) held USING (fund, period)
LEFT JOIN (SELECT fund, period, count(*) AS sessions FROM breach WHERE effect = 'at risk' GROUP BY ALL) planned USING (fund, period)
