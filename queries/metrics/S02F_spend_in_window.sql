-- metric:  S02F spend_in_window
-- title:   Eligible spend from the start of the spend window to the end of the period
-- count:   sum claimable
-- when:    upto ledger_date
-- scopes:  claimed
-- needs:   spend_line
-- protect: none
-- unit:    pounds
-- note:    a part of S08
SELECT l.* FROM eligible_line l
JOIN register.fund f ON f.code = l.fund_code
WHERE l.ledger_date >= f.spend_from
