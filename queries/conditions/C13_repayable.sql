-- condition: C13 repayable
-- title:   Unspent grant is repaid
-- basis:   comparable agreement: unspent grant is repaid
-- remedy:  Repay the amount and enter it under repaid in mojreturns.yaml; cash that came in belongs under cash_received

-- the condition is on the whole fund: there is no row to mend, only a sum to repay
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount, l.delivery, l."row", l.key
FROM eligible_line l JOIN fund_period f ON f.fund = l.fund_code WHERE FALSE
;
WITH left_over AS (
  SELECT f.*, CASE WHEN f.final THEN f.cash_received - s.value END AS unspent, s.value AS spent, coalesce(s.marker = 'x', FALSE) AS gone
  FROM fund_period f
  LEFT JOIN figure s ON s.code = 'S02C' AND s.scope = 'fund:' || f.fund AND s.period = f.period AND s.dimension = '')
SELECT f.fund, f.period,
  CASE WHEN f.match OR NOT f.final THEN 'not applicable'
       WHEN f.gone THEN 'not available'
       WHEN f.unspent <= 0 OR f.unspent <= f.repaid THEN 'met'
       WHEN f.repay_by IS NULL OR f.period_end < f.repay_by THEN 'at risk'
       ELSE 'not met' END AS status,
  CASE WHEN NOT f.match THEN f.unspent END AS value, 0 AS limit_value,
  CASE WHEN f.match THEN 'This is a match fund.'
       WHEN f.spend_by IS NULL THEN 'This fund has no spend window.'
       WHEN NOT f.final THEN 'The spend window is open until ' || day_in_words(f.spend_by) || '.'
       WHEN f.gone THEN 'The spend is not available for this period.'
       WHEN f.cash_received = 0 THEN 'No cash received is recorded; ' || pounds(f.spent) || ' spent.'
       ELSE pounds(f.cash_received) || ' received, ' || pounds(f.spent) || ' spent: '
         || CASE WHEN f.unspent <= 0 THEN 'nothing to repay.'
                 ELSE pounds(f.unspent) || ' to repay' || CASE WHEN f.repay_by IS NULL THEN '' ELSE ' by ' || day_in_words(f.repay_by) END
                   || CASE WHEN f.repaid > 0 THEN ', ' || pounds(f.repaid) || ' of it repaid.' ELSE ', none of it repaid.' END END END AS evidence
FROM left_over f
