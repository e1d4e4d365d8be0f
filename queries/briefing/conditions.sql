-- briefing: conditions
-- title:    Each funding condition of the fund at the end of the period
-- shows:    conditions of money in this
SELECT code, title, status, evidence, basis, breaches::VARCHAR AS breaches
FROM condition
WHERE 'fund:' || fund = $money_scope AND period = $period
ORDER BY list_position(['not met', 'at risk', 'not available', 'met', 'not applicable'], status), code
