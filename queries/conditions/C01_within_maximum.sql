-- condition: C01 within_maximum
-- title:   Spend is within the maximum
-- basis:   the fund's decision record
-- remedy:  Move or reverse the lines that go over the maximum, or lower the forecast; the ministry pays nothing above it

-- the lines that take the spend over the maximum and leave it there: what was credited again is no breach
SELECT fund, period, 'not met' AS effect, claimable AS amount, delivery, "row", key
FROM (SELECT l.*, f.fund, f.period, f.maximum, sum(l.claimable) OVER (PARTITION BY f.fund, f.period ORDER BY l.ledger_date, l.key) AS running,
        sum(l.claimable) OVER (PARTITION BY f.fund, f.period) AS total
      FROM eligible_line l JOIN fund_period f ON f.fund = l.fund_code AND l.ledger_date <= f.period_end)
WHERE running > maximum AND total > maximum
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR f.maximum IS NULL THEN 'not applicable'
       WHEN spent.value > f.maximum THEN 'not met'
       WHEN outturn.marker = 'x' THEN 'not available'
       WHEN outturn.value > f.maximum THEN 'at risk'
       ELSE 'met' END AS status,
  spent.value, f.maximum AS limit_value,
  CASE WHEN f.match OR f.maximum IS NULL THEN 'This fund has no maximum.'
       ELSE pounds(spent.value) || ' of eligible spend to ' || day_in_words(f.period_end) || ', against a maximum of ' || pounds(f.maximum)
         || CASE WHEN spent.value > f.maximum THEN ': ' || pounds(spent.value - f.maximum) || ' over.'
                 WHEN outturn.marker = 'x' THEN '; the forecast outturn is not available.'
                 WHEN outturn.value > f.maximum THEN '; the forecast outturn of ' || pounds(outturn.value) || ' is over it.'
                 ELSE '; ' || pounds(f.maximum - spent.value) || ' is left.' END
  END AS evidence
FROM fund_period f
JOIN figure spent ON spent.code = 'S02C' AND spent.scope = 'fund:' || f.fund AND spent.period = f.period AND spent.dimension = ''
JOIN figure outturn ON outturn.code = 'S04' AND outturn.scope = 'fund:' || f.fund AND outturn.period = f.period AND outturn.dimension = ''
