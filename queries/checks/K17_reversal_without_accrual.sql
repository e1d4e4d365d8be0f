-- check:   K17 reversal_without_accrual
-- title:   A reversal whose accrual is nowhere
-- severity: warning
-- remedy:  Ask finance for the accrual or its number; until then the reversal reduces spend and no accrual

SELECT NULL::VARCHAR AS period, provider_code || ' spend' AS subject,
  row_in_words(delivery, 'spend', "row") || ': ' || key || ' reverses '
    || coalesce('accrual ' || accrual_id, 'an accrual without a number') || ' for ' || pounds(claimable) AS detail
FROM spend_line r
WHERE txn_type = 'ACR' AND NOT EXISTS (FROM spend_line a
  WHERE a.txn_type = 'ACC' AND a.provider_code = r.provider_code AND a.fund_code = r.fund_code AND a.accrual_id = r.accrual_id)
