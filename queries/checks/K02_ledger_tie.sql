-- check:   K02 ledger_tie
-- title:   The spend extract ties to the ledger's control totals (C12)
-- severity: error
-- remedy:  Ask finance for the lines that are missing, or for the control total they now have

SELECT period, fund AS subject, evidence AS detail
FROM condition
WHERE code = 'C12' AND status = 'not met'
