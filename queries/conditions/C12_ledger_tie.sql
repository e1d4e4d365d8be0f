-- condition: C12 ledger_tie
-- title:   The extract ties to the ledger
-- basis:   local
-- remedy:  Ask finance for the lines that are missing, or for the control total they now have
-- value:   coalesce(largest, 0)
-- limit_value: 0
-- unit:    pounds
-- not available if ledger_periods = 0 AND awaited:
--   No ledger lines and no control totals yet.
-- not applicable if ledger_periods = 0:
--   No ledger lines and no control totals yet.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'ledger period differs', 'ledger periods differ')} from its control total ({named});
--   the largest difference is {pounds(largest)}.
-- at risk if at_risk > 0:
--   {counted_in_words(at_risk, 'ledger period has', 'ledger periods have')} no control total ({named}).
-- met if ledger_periods = 1:
--   The one ledger period ties to the penny.
-- met:
--   All {ledger_periods} ledger periods tie to the penny.

-- one row for each ledger period that does not tie; the control's own row where there is one
SELECT fund, period, CASE WHEN control IS NULL THEN 'at risk' ELSE 'not met' END AS effect,
  (net - control)::DECIMAL(18,2) AS amount, delivery, "row", financial_year || ' period ' || ledger_period AS key
FROM (
  SELECT f.fund, f.period, x.financial_year, x.ledger_period, sum(x.net) AS net, sum(x.control) AS control,
    max(x.delivery) AS delivery, max(x."row") AS "row"
  FROM (
    SELECT fund_code, financial_year, ledger_period, ledger_date, net_amount AS net,
      NULL::DECIMAL(18,2) AS control, NULL::INTEGER AS delivery, NULL::BIGINT AS "row"
    FROM counting_line
    UNION ALL
    SELECT fund_code, financial_year, ledger_period, ledger_date, 0, net_total, delivery, "row"
    FROM ledger_control) x
  JOIN fund_period f ON f.fund = x.fund_code AND x.ledger_date <= f.period_end
  GROUP BY ALL)
WHERE control IS NULL OR net <> control
;
WITH ledger AS (
  SELECT fund_code, financial_year || ledger_period AS ledger_period, ledger_date FROM ledger_control
  UNION SELECT fund_code, financial_year || ledger_period, ledger_date FROM counting_line),
seen AS (
  SELECT f.fund, f.period, count(DISTINCT l.ledger_period) AS ledger_periods
  FROM fund_period f LEFT JOIN ledger l ON l.fund_code = f.fund AND l.ledger_date <= f.period_end GROUP BY ALL),
differing AS (
  SELECT fund, period, max(abs(amount)) AS largest,
    string_agg(key, ', ' ORDER BY key) FILTER (effect = 'not met' OR amount IS NULL) AS named
  FROM breach GROUP BY ALL)
SELECT *, EXISTS (FROM missing m
    WHERE m.scope = 'fund:' || b.fund AND m.period = b.period AND m.feed IN ('spend', 'ledger_control')) AS awaited
FROM breached b
JOIN seen USING (fund, period)
LEFT JOIN differing USING (fund, period)
