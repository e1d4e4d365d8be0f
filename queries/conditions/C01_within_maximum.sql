-- condition: C01 within_maximum
-- title:   Spend is within the maximum
-- basis:   the fund's decision record
-- remedy:  Move or reverse the lines that go over the maximum, or lower the forecast; the ministry pays nothing above it
-- value:   spent
-- limit_value: maximum
-- unit:    pounds
-- not applicable if match OR maximum IS NULL:
--   This fund has no maximum.
-- not met if not_met > 0:
--   {spent_so_far}: {pounds(spent - maximum)} over.
-- not available if spent IS NULL:
--   The eligible spend is not available, of a maximum of {pounds(maximum)}.
-- not available if outturn_awaited:
--   {spent_so_far}; the forecast outturn is not available.
-- at risk if outturn > maximum:
--   {spent_so_far}; the forecast outturn of {pounds(outturn)} is over it.
-- met:
--   {spent_so_far}; {pounds(maximum - spent)} is left.

-- the lines that take the spend over the maximum and leave it there: what was credited again is no breach
SELECT fund, period, 'not met' AS effect, claimable AS amount, delivery, "row", key
FROM (SELECT l.*, f.fund, f.period, f.maximum,
        sum(l.claimable) OVER (PARTITION BY f.fund, f.period ORDER BY l.ledger_date, l.key) AS running,
        sum(l.claimable) OVER (PARTITION BY f.fund, f.period) AS total
      FROM eligible_line l JOIN fund_period f ON f.fund = l.fund_code AND l.ledger_date <= f.period_end)
WHERE running > maximum AND total > maximum
;
SELECT b.*, s.value AS spent, o.value AS outturn,
  -- a fund whose ledger has no forecast is held to its spend alone
  o.unknown AND EXISTS (FROM missing m WHERE m.scope = 'fund:' || b.fund AND m.period = b.period) AS outturn_awaited,
  pounds(s.value) || ' of eligible spend to ' || day_in_words(period_end) || ', against a maximum of ' || pounds(maximum) AS spent_so_far
FROM breached b
JOIN (FROM fund_figure WHERE code = 'S02C') s USING (fund, period)
JOIN (FROM fund_figure WHERE code = 'S04') o USING (fund, period)
