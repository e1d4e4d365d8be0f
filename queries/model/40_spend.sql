-- The ledger's lines with what decides whether they may be claimed. The date is
-- the ledger's (the period's month); eligibility goes by the dates of service.
CREATE VIEW spend_line AS
SELECT t.sender AS provider_code, t.delivery, t."row", t.txn_id || ' | ' || t.line_no AS key,
  t.txn_id, t.line_no, t.txn_type,
  t.txn_type IN (SELECT code FROM reference.txn_type WHERE counts_as_spend = 'Y') AS counts_as_spend,
  t.fund_code, NULL::VARCHAR AS service_code, t.award_ref,
  t.budget_line_code AS budget_line,
  b."group" AS budget_group,
  t.gl_code, t.cost_centre, t.supplier_id,
  t.supplier_name AS supplier,
  t.invoice_no, t.invoice_date, t.service_from, t.service_to, t.posting_date,
  t.financial_year, t.period AS ledger_period, ledger_date(t.financial_year, t.period) AS ledger_date, t.payment_date,
  t.net_amount, t.vat_amount, t.gross_amount, t.vat_recoverable,
  (t.net_amount + CASE WHEN t.vat_recoverable = 'N' THEN t.vat_amount ELSE 0 END)::DECIMAL(18,2) AS claimable,
  t.capital, t.accrual_id, t.session_id, t.session_provider, t.evidence_ref, t.narrative,
  -- the first reason that applies (S02X); NULL on an eligible line
  CASE WHEN f.match THEN 'match'
       WHEN t.capital = 'Y' THEN 'capital'
       WHEN t.service_from < f.spend_from THEN 'too early'
       WHEN t.service_to > f.spend_by THEN 'too late'
       WHEN f.lists_lines AND NOT EXISTS (FROM register.fund_line l
         WHERE l.fund = t.fund_code AND l.budget_line = t.budget_line_code::VARCHAR) THEN 'budget line'
  END AS reason
FROM typed.spend t
JOIN register.fund f ON f.code = t.fund_code
JOIN reference.budget_line b ON b.code = t.budget_line_code
WHERE t.standing = 'counted';

CREATE VIEW counting_line AS SELECT * FROM spend_line WHERE counts_as_spend;
CREATE VIEW eligible_line AS SELECT * FROM counting_line WHERE reason IS NULL;
CREATE VIEW ineligible_line AS SELECT * FROM counting_line WHERE reason IS NOT NULL;

CREATE VIEW profile_line AS
SELECT sender AS provider_code, delivery, "row", concat_ws(' | ', fund_code, budget_line_code, financial_year, period) AS key,
  fund_code, NULL::VARCHAR AS service_code, budget_line_code AS budget_line, financial_year, period AS ledger_period,
  ledger_date(financial_year, period) AS ledger_date, profile_amount, forecast_amount, forecast_date
FROM typed.budget_profile
WHERE standing = 'counted';

-- a month that finance forecasts: of a fund without one nothing is known of its outturn
CREATE VIEW forecast_line AS SELECT * FROM profile_line WHERE forecast_amount IS NOT NULL;

CREATE VIEW ledger_control AS
SELECT sender AS provider_code, delivery, "row", concat_ws(' | ', fund_code, financial_year, period) AS key,
  fund_code, NULL::VARCHAR AS service_code, financial_year, period AS ledger_period,
  ledger_date(financial_year, period) AS ledger_date, net_total
FROM typed.ledger_control
WHERE standing = 'counted';

-- the provider here is whose match it is, whoever sends the file
CREATE VIEW match_funding AS
SELECT provider_code, delivery, "row", concat_ws(' | ', financial_year, period, source) AS key,
  financial_year, period AS ledger_period, ledger_date(financial_year, period) AS ledger_date, source, amount, in_kind, fte
FROM typed.match_funding
WHERE standing = 'counted';

-- the award as its papers date it: the maximum, then the addenda
CREATE VIEW award AS
SELECT NULL::VARCHAR AS provider_code, NULL::INTEGER AS delivery, NULL::BIGINT AS "row", a.reference AS key,
  a.fund AS fund_code, NULL::VARCHAR AS service_code, a.date, a.amount
FROM register.fund_award a
WHERE a.kind IN ('maximum', 'addendum');
