-- metric:  R15 planned_closure_share
-- title:   Share of closures that were planned
-- count:   share planned = 'Y'
-- when:    closure_date
-- unit:    share
SELECT * FROM support_case
WHERE closure_reason IS NOT NULL
