-- check:   K06 categories_add_up
-- title:   A total is the sum of its categories
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the figure named

-- of a share, mean or rate what is counted adds up, and of a share or mean what it is divided by; quantiles do not
WITH added AS (
  SELECT f.code, f.scope, f.period, f.dimension, sum(coalesce(f.numerator, f.value, 0)) AS amount, sum(coalesce(f.n, 0))::DECIMAL(38,10) AS n
  FROM figure f JOIN metric m ON m.code = f.code AND m.total AND (m.adds OR m.kind IN ('share', 'mean'))
  GROUP BY ALL),
part AS (
  SELECT code, adds AS counts, '' AS part FROM metric
  UNION ALL SELECT code, kind IN ('share', 'mean'), ' (denominator)' FROM metric)
SELECT period, scope AS subject, code || ' by ' || dimension || part || ': the categories add up to ' || plain(added)
    || ', the total is ' || plain(total) AS detail
FROM (
  SELECT c.period, c.scope, c.code, c.dimension, p.part, CASE p.part WHEN '' THEN c.amount ELSE c.n END AS added,
    CASE p.part WHEN '' THEN t.amount ELSE t.n END AS total
  FROM added c
  JOIN added t ON t.dimension = '' AND t.code = c.code AND t.scope = c.scope AND t.period = c.period
  JOIN part p ON p.code = c.code AND p.counts
  WHERE c.dimension <> '')
WHERE added <> total
