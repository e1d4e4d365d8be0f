-- metric:  S02 eligible_spend
-- title:   Eligible spend
-- count:   sum claimable
-- when:    ledger_date
-- by:      budget_line, budget_group, supplier
-- scopes:  fund
-- needs:   spend_line
-- protect: none
-- unit:    pounds
SELECT * FROM eligible_line
