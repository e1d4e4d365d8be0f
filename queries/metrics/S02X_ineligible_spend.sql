-- metric:  S02X ineligible_spend
-- title:   Spend that may not be claimed
-- count:   sum claimable
-- when:    ledger_date
-- by:      reason
-- scopes:  fund
-- protect: none
-- unit:    pounds
-- note:    reason is the first that applies of match, capital, too early, too late, budget line
SELECT * FROM ineligible_line
