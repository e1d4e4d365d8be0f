-- briefing: conditions
-- title:    Each condition of {fund}, at the end of the period
-- shows:    conditions of money in this
-- column:   title: Condition
-- column:   code small:
-- column:   status status: Status
-- column:   evidence: Evidence
-- column:   basis small:
-- empty:    No condition has been worked out for this fund and period.
SELECT code, title, status, evidence, 'Basis: ' || basis || '.' AS basis
FROM condition
WHERE 'fund:' || fund = $money_scope AND period = $period
ORDER BY list_position(['not met', 'at risk', 'not available', 'met', 'not applicable'], status), code
