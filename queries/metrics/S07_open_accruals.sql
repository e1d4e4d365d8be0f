-- metric:  S07 open_accruals
-- title:   Accruals still open
-- count:   sum claimable
-- when:    upto ledger_date
-- by:      budget_line, supplier
-- scopes:  fund
-- needs:   spend_line
-- protect: none
-- unit:    pounds

-- an accrual is its ACC lines and the ACR lines with the same number, to the end of the period
WITH accrual AS (
  SELECT provider_code, fund_code, accrual_id
  FROM spend_line
  WHERE txn_type IN ('ACC', 'ACR') AND accrual_id IS NOT NULL AND ledger_date <= period_end
  GROUP BY provider_code, fund_code, accrual_id
  HAVING sum(claimable) <> 0 AND count(*) FILTER (txn_type = 'ACC') > 0)
SELECT s.* FROM spend_line s
WHERE s.txn_type = 'ACC' AND s.accrual_id IS NULL
UNION ALL
SELECT s.* FROM spend_line s
JOIN accrual a ON a.provider_code = s.provider_code AND a.fund_code = s.fund_code AND a.accrual_id = s.accrual_id
WHERE s.txn_type IN ('ACC', 'ACR')
