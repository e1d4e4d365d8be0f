-- condition: C13 repayable
-- title:   Unspent grant is repaid
-- basis:   comparable agreement: unspent grant is repaid
-- remedy:  Repay the amount and enter it under repaid in mojreturns.yaml; cash that came in belongs under cash_received
-- value:   CASE WHEN NOT match THEN unspent END
-- limit_value: 0
-- unit:    pounds
-- not applicable if match:
--   This is a match fund.
-- not applicable if spend_by IS NULL:
--   This fund has no spend window.
-- not applicable if NOT final:
--   The spend window is open until {day_in_words(spend_by)}.
-- not available if unknown:
--   The spend is not available for this period.
-- met if unspent <= 0 OR unspent <= repaid:
--   {account}.
-- at risk if repay_by IS NULL OR period_end < repay_by:
--   {account}.
-- not met:
--   {account}.

-- the condition is on the whole fund: there is no row to mend, only a sum to repay
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount, l.delivery, l."row", l.key
FROM eligible_line l JOIN fund_period f ON f.fund = l.fund_code WHERE FALSE
;
SELECT b.*, s.unknown, CASE WHEN final THEN cash_received - s.value END AS unspent,
  CASE WHEN cash_received = 0 THEN 'No cash received is recorded; ' || pounds(s.value) || ' spent'
       ELSE pounds(cash_received) || ' received, ' || pounds(s.value) || ' spent: '
         || CASE WHEN unspent <= 0 THEN 'nothing to repay'
                 ELSE pounds(unspent) || ' to repay' || coalesce(' by ' || day_in_words(repay_by), '')
                   || ', ' || CASE WHEN repaid > 0 THEN pounds(repaid) ELSE 'none' END || ' of it repaid' END END AS account
FROM breached b
LEFT JOIN (FROM fund_figure WHERE code = 'S02C') s USING (fund, period)
