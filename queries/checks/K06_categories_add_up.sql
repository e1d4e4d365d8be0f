-- check:   K06 categories_add_up
-- title:   A total is the sum of its categories
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the figure named

-- means, shares and quantiles do not add; of a rate, what is counted does
SELECT t.period, t.scope AS subject,
  t.code || ' by ' || c.dimension || ': the categories add up to ' || plain(c.added) || ', the total is ' || plain(t.counted) AS detail
FROM (SELECT f.*, CASE WHEN m.kind = 'rate' THEN f.n ELSE f.value END AS counted
      FROM figure f JOIN metric m ON m.code = f.code
      WHERE f.dimension = '' AND m.total AND m.kind IN ('rows', 'rate', 'distinct', 'sum')) t
JOIN (SELECT f.code, f.scope, f.period, f.dimension, sum(CASE WHEN m.kind = 'rate' THEN f.n ELSE f.value END) AS added
      FROM figure f JOIN metric m ON m.code = f.code
      WHERE f.dimension <> '' GROUP BY ALL) c ON c.code = t.code AND c.scope = t.scope AND c.period = t.period
WHERE t.counted <> c.added
