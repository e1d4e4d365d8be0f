-- metric:  S06 commitments
-- title:   Commitments to date
-- count:   sum claimable
-- when:    upto ledger_date
-- by:      budget_line
-- scopes:  fund
-- needs:   spend_line
-- protect: none
-- unit:    pounds
SELECT * FROM spend_line
WHERE txn_type = 'COM'
