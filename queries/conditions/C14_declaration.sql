-- condition: C14 declaration
-- title:   The chief finance officer's declaration
-- basis:   comparable agreement: the statement of spend is signed by the chief finance officer
-- remedy:  The chief finance officer makes the declaration with `mojreturns return approve`
-- not applicable if match:
--   This is a match fund.
-- met if state = 'approved':
--   The declaration was made{coalesce(' on ' || day_in_words(date), '')}.
-- at risk if state = 'submitted':
--   Submitted; the declaration is awaited.
-- not met if state = 'sealed':
--   Sealed without the declaration.
-- not applicable:
--   A draft: there is nothing to declare yet.

-- the declaration is on the return, which has no rows of its own
SELECT f.fund, f.period, 'not met' AS effect, NULL::DECIMAL(18,2) AS amount,
  NULL::INTEGER AS delivery, NULL::BIGINT AS "row", NULL::VARCHAR AS key
FROM fund_period f WHERE FALSE
;
FROM breached LEFT JOIN declaration USING (fund, period)
