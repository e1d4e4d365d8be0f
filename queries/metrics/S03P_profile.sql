-- metric:  S03P profile
-- title:   Profiled spend
-- count:   sum profile_amount
-- when:    ledger_date
-- by:      budget_line
-- needs:   profile_line
-- scopes:  fund
-- protect: none
-- unit:    pounds
SELECT * FROM profile_line
