-- check:   K07 quarters_add_up
-- title:   A year, half or year to date is the sum of its quarters
-- severity: error
-- remedy:  This is a fault of the program or of a local metric file: report it, with the figure named

-- rows that fall in one period each; people and what is open do not add over time
WITH part AS (
  SELECT long.period, quarter.period AS part
  FROM period long
  JOIN period quarter ON quarter.period LIKE '____-__-Q_' AND quarter.period_start >= long.period_start AND quarter.period_end <= long.period_end
  WHERE long.period <> quarter.period),
added AS (
  SELECT p.period, q.code, q.scope, q.dimension, q.category, sum(q.value) AS value, bool_and(q.marker = '') AS known, count(*) AS quarters
  FROM part p JOIN figure q ON q.period = p.part
  JOIN metric m ON m.code = q.code AND m.timing = 'in' AND m.kind IN ('rows', 'sum')
  GROUP BY ALL)
SELECT f.period, f.scope AS subject,
  f.code || CASE WHEN f.dimension <> '' THEN ' of ' || f.dimension || ' ' || f.category ELSE '' END
    || ': the quarters add up to ' || plain(a.value) || ', the period has ' || plain(f.value) AS detail
FROM figure f
JOIN added a ON a.period = f.period AND a.code = f.code AND a.scope = f.scope AND a.dimension = f.dimension AND a.category = f.category
WHERE a.known AND f.marker = '' AND f.value <> a.value
