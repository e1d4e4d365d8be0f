-- metric:  S04 forecast_outturn
-- title:   Forecast outturn
-- count:   sum amount
-- when:    open counts_from .. counts_to
-- by:      budget_line
-- needs:   forecast_line, spend_line
-- scopes:  claimed
-- protect: none
-- unit:    pounds

-- spend counts from its ledger date on; a month's forecast counts until that month is over
SELECT provider_code, delivery, "row", key, l.fund_code, service_code, budget_line,
  ledger_date AS counts_from, NULL::DATE AS counts_to, claimable AS amount
FROM eligible_line l
JOIN register.fund f ON f.code = l.fund_code
WHERE l.ledger_date >= f.spend_from OR f.spend_from IS NULL
UNION ALL
SELECT provider_code, delivery, "row", key, l.fund_code, service_code, budget_line,
  DATE '2015-01-01', ledger_date, forecast_amount
FROM forecast_line l
JOIN register.fund f ON f.code = l.fund_code
WHERE l.ledger_date <= f.spend_by OR f.spend_by IS NULL
