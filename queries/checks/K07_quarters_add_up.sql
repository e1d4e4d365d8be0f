-- check:   K07 quarters_add_up
-- title:   A year, half or year to date is the sum of its quarters
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the figure named

-- rows that fall in one period each; people and what is open do not add over time
WITH part AS (
  SELECT long.period, quarter.period AS part
  FROM period long
  JOIN period quarter ON quarter.period LIKE '____-__-Q_' AND quarter.period_start >= long.period_start
    AND quarter.period_end <= long.period_end
  WHERE long.period <> quarter.period),
-- of a share or mean what is counted adds up; zeros, which are most figures, add nothing
counted AS (
  SELECT f.period, f.code, f.scope, f.dimension, f.category, coalesce(f.numerator, f.value, 0) AS amount, f.marker = 'x' AS gone
  FROM figure f JOIN metric m ON m.code = f.code AND m.adds_over_time
  WHERE coalesce(f.numerator, f.value, 0) <> 0 OR f.marker = 'x'),
added AS (
  SELECT p.period, q.code, q.scope, q.dimension, q.category, sum(q.amount) AS amount, bool_or(q.gone) AS gone
  FROM part p JOIN counted q ON q.period = p.part
  GROUP BY ALL)
SELECT period, scope AS subject,
  code || CASE WHEN dimension <> '' THEN ' of ' || dimension || ' ' || category ELSE '' END
    || ': the quarters add up to ' || plain(coalesce(a.amount, 0)) || ', the period has ' || plain(coalesce(f.amount, 0)) AS detail
FROM added a
FULL JOIN (SELECT * FROM counted WHERE period IN (SELECT period FROM part)) f USING (period, code, scope, dimension, category)
WHERE coalesce(a.amount, 0) <> coalesce(f.amount, 0) AND NOT coalesce(a.gone, FALSE) AND NOT coalesce(f.gone, FALSE)
