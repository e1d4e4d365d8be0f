-- condition: C14 declaration
-- title:   The chief finance officer's declaration
-- basis:   comparable agreement: the statement of spend is signed by the chief finance officer
-- remedy:  The chief finance officer makes the declaration with `mojreturns return approve`

-- the declaration is on the return, which has no rows of its own
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount, NULL::INTEGER AS delivery, NULL::BIGINT AS "row", NULL::VARCHAR AS key
FROM fund_period f WHERE FALSE
;
SELECT f.fund, f.period,
  CASE WHEN f.match THEN 'not applicable'
       ELSE CASE d.state WHEN 'approved' THEN 'met' WHEN 'submitted' THEN 'at risk' WHEN 'sealed' THEN 'not met' ELSE 'not applicable' END END AS status,
  NULL::DECIMAL(38,10) AS value, NULL::DECIMAL(38,10) AS limit_value,
  CASE WHEN f.match THEN 'This is a match fund.'
       ELSE CASE d.state WHEN 'approved' THEN 'The declaration was made' || coalesce(' on ' || day_in_words(d.date), '') || '.'
                         WHEN 'submitted' THEN 'Submitted; the declaration is awaited.'
                         WHEN 'sealed' THEN 'Sealed without the declaration.'
                         ELSE 'A draft: there is nothing to declare yet.' END END AS evidence
FROM fund_period f
LEFT JOIN declaration d ON d.fund = f.fund AND d.period = f.period
