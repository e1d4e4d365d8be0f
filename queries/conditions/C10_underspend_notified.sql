-- condition: C10 underspend_notified
-- title:   A forecast underspend is notified
-- basis:   comparable agreement: underspend is notified as soon as it is known
-- remedy:  Tell the ministry of the underspend and enter the notice under notices in mojreturns.yaml, or mend the forecast

-- the condition is on the whole fund: there is no row to mend, only a notice to give
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount, l.delivery, l."row", l.key
FROM profile_line l JOIN fund_period f ON f.fund = l.fund_code WHERE FALSE
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR NOT EXISTS (FROM profile_line l WHERE l.fund_code = f.fund AND l.forecast_amount IS NOT NULL) THEN 'not applicable'
       WHEN s.marker = 'x' THEN 'not available'
       WHEN s.value <= 0 OR f.notified IS NOT NULL THEN 'met'
       WHEN f.final THEN 'not met'
       ELSE 'at risk' END AS status,
  s.value, 0 AS limit_value,
  CASE WHEN f.match THEN 'This is a match fund.'
       WHEN NOT EXISTS (FROM profile_line l WHERE l.fund_code = f.fund AND l.forecast_amount IS NOT NULL) THEN 'This fund has no forecast.'
       WHEN s.marker = 'x' THEN 'The forecast outturn is not available for this period.'
       WHEN s.value <= 0 THEN 'No underspend is forecast.'
       ELSE 'An underspend of ' || pounds(s.value) || ' is forecast'
         || CASE WHEN f.notified IS NOT NULL THEN '; it was notified on ' || day_in_words(f.notified) || '.' ELSE ' and no notice has been given.' END END AS evidence
FROM fund_period f
LEFT JOIN figure s ON s.code = 'S05' AND s.scope = 'fund:' || f.fund AND s.period = f.period AND s.dimension = ''
