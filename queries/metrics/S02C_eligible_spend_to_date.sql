-- metric:  S02C eligible_spend_to_date
-- title:   Eligible spend from the first line to the end of the period
-- count:   sum claimable
-- when:    upto ledger_date
-- scopes:  fund
-- needs:   spend_line
-- protect: none
-- unit:    pounds
-- note:    the cumulative S02 of condition C01
SELECT * FROM eligible_line
