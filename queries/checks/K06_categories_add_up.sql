-- check:   K06 categories_add_up
-- title:   A total is the sum of its categories
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the figure named

-- of a share, mean or rate what is counted adds up, and of a share or mean what it is divided by; quantiles do not
WITH counted AS (
  SELECT f.code, f.scope, f.period, f.dimension, '' AS part, coalesce(f.numerator, f.value, 0) AS amount
  FROM figure f JOIN metric m ON m.code = f.code AND m.total AND m.adds
  UNION ALL
  SELECT f.code, f.scope, f.period, f.dimension, ' (denominator)', coalesce(f.n, 0)
  FROM figure f JOIN metric m ON m.code = f.code AND m.total AND m.kind IN ('share', 'mean'))
SELECT t.period, t.scope AS subject,
  t.code || ' by ' || c.dimension || c.part || ': the categories add up to ' || plain(c.added) || ', the total is '
    || plain(t.amount) AS detail
FROM counted t
JOIN (SELECT code, scope, period, dimension, part, sum(amount) AS added FROM counted WHERE dimension <> '' GROUP BY ALL) c
  ON c.code = t.code AND c.scope = t.scope AND c.period = t.period AND c.part = t.part
WHERE t.dimension = '' AND t.amount <> c.added
