-- check:   K01 caseload_identity
-- title:   Open at start + started - ended = open at end, in every scope and period
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the scope and period

SELECT s.period, s.scope AS subject,
  'open at start ' || s.value::BIGINT || ' + started ' || b.value::BIGINT || ' - ended ' || e.value::BIGINT || ' is not open at end '
    || o.value::BIGINT AS detail
FROM figure s
JOIN figure b ON b.code = 'R10' AND b.scope = s.scope AND b.period = s.period AND b.dimension = ''
JOIN figure e ON e.code = 'R11' AND e.scope = s.scope AND e.period = s.period AND e.dimension = ''
JOIN figure o ON o.code = 'R12' AND o.scope = s.scope AND o.period = s.period AND o.dimension = ''
WHERE s.code = 'R12S' AND s.dimension = '' AND s.value + b.value - e.value <> o.value
