-- condition: C12 ledger_tie
-- title:   The extract ties to the ledger
-- basis:   local
-- remedy:  Ask finance for the lines that are missing, or for the control total they now have

-- one row for each ledger period that does not tie; the control's own row where there is one
SELECT fund, period, CASE WHEN control IS NULL THEN 'at risk' ELSE 'not met' END AS effect,
  (net - control)::DECIMAL(18,2) AS amount, delivery, "row", financial_year || ' period ' || ledger_period AS key
FROM (
  SELECT f.fund, f.period, x.financial_year, x.ledger_period, sum(x.net) AS net, sum(x.control) AS control, max(x.delivery) AS delivery, max(x."row") AS "row"
  FROM (
    SELECT fund_code, financial_year, ledger_period, ledger_date, net_amount AS net, NULL::DECIMAL(18,2) AS control, NULL::INTEGER AS delivery, NULL::BIGINT AS "row"
    FROM counting_line
    UNION ALL
    SELECT fund_code, financial_year, ledger_period, ledger_date, 0, net_total, delivery, "row"
    FROM ledger_control) x
  JOIN fund_period f ON f.fund = x.fund_code AND x.ledger_date <= f.period_end
  GROUP BY ALL)
WHERE control IS NULL OR net <> control
;
SELECT f.fund, f.period,
  CASE WHEN coalesce(seen.ledger_periods, 0) = 0
         THEN CASE WHEN EXISTS (FROM missing m WHERE m.scope = 'fund:' || f.fund AND m.period = f.period AND m.feed IN ('spend', 'ledger_control')) THEN 'not available' ELSE 'not applicable' END
       WHEN b.differ > 0 THEN 'not met'
       WHEN b.without > 0 THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(b.largest, 0) AS value, 0 AS limit_value,
  CASE WHEN coalesce(seen.ledger_periods, 0) = 0 THEN 'No ledger lines and no control totals yet.'
       WHEN b.differ > 0 THEN counted_in_words(b.differ, 'ledger period differs', 'ledger periods differ') || ' from its control total (' || b.named || '); the largest difference is ' || pounds(b.largest) || '.'
       WHEN b.without > 0 THEN counted_in_words(b.without, 'ledger period has', 'ledger periods have') || ' no control total (' || b.named || ').'
       WHEN seen.ledger_periods = 1 THEN 'The one ledger period ties to the penny.'
       ELSE 'All ' || seen.ledger_periods || ' ledger periods tie to the penny.' END AS evidence
FROM fund_period f
LEFT JOIN (SELECT p.period, x.fund_code AS fund, count(DISTINCT x.financial_year || x.ledger_period) AS ledger_periods
           FROM period p JOIN (SELECT fund_code, financial_year, ledger_period, ledger_date FROM ledger_control
                               UNION SELECT fund_code, financial_year, ledger_period, ledger_date FROM counting_line) x ON x.ledger_date <= p.period_end
           GROUP BY ALL) seen ON seen.fund = f.fund AND seen.period = f.period
LEFT JOIN (SELECT fund, period, count(*) FILTER (effect = 'not met') AS differ, count(*) FILTER (effect = 'at risk') AS without,
             max(abs(amount)) AS largest, string_agg(key, ', ' ORDER BY key) FILTER (effect = 'not met' OR amount IS NULL) AS named
           FROM breach GROUP BY ALL) b ON b.fund = f.fund AND b.period = f.period
