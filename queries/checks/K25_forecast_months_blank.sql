-- check:   K25 forecast_months_blank
-- title:   A forecast has every month that is still to come and is profiled
-- severity: warning
-- remedy:  Ask finance for the forecast of these months, 0 where nothing will be spent; until then the outturn is too low and the underspend too high

WITH blank AS (
  SELECT p.period, l.fund_code, l.financial_year, l.ledger_period, sum(l.profile_amount) AS profiled
  FROM profile_line l
  JOIN register.fund f ON f.code = l.fund_code AND NOT f.match AND (l.ledger_date <= f.spend_by OR f.spend_by IS NULL)
  JOIN period p ON l.ledger_date > p.period_end
  WHERE l.forecast_amount IS NULL AND l.profile_amount <> 0 AND l.fund_code IN (SELECT fund_code FROM forecast_line)
  GROUP BY ALL)
SELECT period, fund_code AS subject,
  counted_in_words(count(*), 'month', 'months') || ' (' || string_agg(financial_year || ' period ' || ledger_period, ', ' ORDER BY financial_year, ledger_period)
    || ') without a forecast, of which ' || pounds(sum(profiled)) || ' is profiled' AS detail
FROM blank
GROUP BY period, fund_code
