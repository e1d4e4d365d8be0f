-- metric:  S08W window_days
-- title:   Days in the spend window
-- count:   mean spend_by - spend_from + 1
-- when:    upto spend_from
-- scopes:  claimed
-- protect: none
-- unit:    days
-- note:    a part of S08; both ends of the window are counted
SELECT NULL::VARCHAR AS provider_code, NULL::INTEGER AS delivery, NULL::BIGINT AS "row", code AS key, code AS fund_code,
  spend_from, spend_by
FROM register.fund
WHERE spend_from IS NOT NULL AND spend_by IS NOT NULL
