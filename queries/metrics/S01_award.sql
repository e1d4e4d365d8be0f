-- metric:  S01 award
-- title:   Award: the fund's maximum with its addenda
-- count:   sum amount
-- when:    upto date
-- scopes:  claimed
-- protect: none
-- unit:    pounds
SELECT * FROM award
