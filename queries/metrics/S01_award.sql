-- metric:  S01 award
-- title:   Award: the fund's maximum with its addenda
-- count:   sum amount
-- when:    upto date
-- needs:   award
-- scopes:  claimed
-- protect: none
-- unit:    pounds
SELECT * FROM award
