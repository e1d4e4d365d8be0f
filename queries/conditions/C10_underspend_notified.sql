-- condition: C10 underspend_notified
-- title:   A forecast underspend is notified
-- basis:   comparable agreement: underspend is notified as soon as it is known
-- remedy:  Tell the ministry of the underspend and enter the notice under notices in mojreturns.yaml, or mend the forecast
-- value:   underspend
-- limit_value: 0
-- unit:    pounds
-- not applicable if match:
--   This is a match fund.
-- not applicable if maximum IS NULL:
--   No maximum of this fund is in force by {day_in_words(period_end)}, so there is nothing to underspend.
-- not applicable if NOT forecast:
--   This fund has no forecast.
-- not available if unknown:
--   The forecast outturn is not available for this period.
-- not applicable if underspend IS NULL:
--   This fund had not begun by {day_in_words(period_end)}.
-- met if underspend <= 0:
--   No underspend is forecast.
-- met if notified IS NOT NULL:
--   An underspend of {pounds(underspend)} is forecast; it was notified on {day_in_words(notified)}.
-- not met if final:
--   An underspend of {pounds(underspend)} is forecast and no notice has been given.
-- at risk:
--   An underspend of {pounds(underspend)} is forecast and no notice has been given.

-- the condition is on the whole fund: there is no row to mend, only a notice to give
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount, l.delivery, l."row", l.key
FROM profile_line l JOIN fund_period f ON f.fund = l.fund_code WHERE FALSE
;
SELECT b.*, s.value AS underspend, s.unknown,
  fund IN (SELECT fund_code FROM forecast_line) AS forecast
FROM breached b
LEFT JOIN (FROM fund_figure WHERE code = 'S05') s USING (fund, period)
