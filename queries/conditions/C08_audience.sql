-- condition: C08 audience
-- title:   The training reached the front line
-- basis:   the fund's decision record: front-line practitioners
-- remedy:  Offer the places that are left to front-line staff, and ask the provider whether front_line is right
-- tells:   TR05

-- the completions by others, while the share of all to date is below the target
SELECT fund, period, CASE WHEN final THEN 'not met' ELSE 'at risk' END AS effect, NULL::DECIMAL(18,2) AS amount, delivery, "row", key
FROM (SELECT f.*, c.front_line, c.delivery, c."row", c.key,
        count(*) FILTER (c.front_line = 'Y') OVER (PARTITION BY f.fund, f.period) AS reached, count(c.front_line) OVER (PARTITION BY f.fund, f.period) AS n
      FROM completion c JOIN fund_period f ON f.fund = c.fund_code AND c.session_date <= f.period_end)
WHERE front_line = 'N' AND reached < front_line_target * n AND NOT match
;
WITH trained AS (
  SELECT p.period, c.fund_code AS fund, count(*) FILTER (c.front_line = 'Y') AS front_line, count(c.front_line) AS n
  FROM period p JOIN completion c ON c.session_date <= p.period_end GROUP BY ALL)
SELECT f.fund, f.period,
  CASE WHEN f.match OR f.front_line_target IS NULL THEN 'not applicable'
       WHEN t.front_line >= f.front_line_target * t.n AND t.n > 0 THEN 'met'
       WHEN f.final THEN 'not met'
       ELSE 'at risk' END AS status,
  t.front_line::DOUBLE / nullif(t.n, 0) AS value, f.front_line_target AS limit_value,
  CASE WHEN f.match OR f.front_line_target IS NULL THEN 'This fund has no target for its audience.'
       WHEN coalesce(t.n, 0) = 0 THEN 'Nobody has completed the training yet; the target is ' || per_cent(f.front_line_target) || ' front-line.'
       ELSE t.front_line || ' of ' || counted_in_words(t.n, 'completion', 'completions') || ' to ' || day_in_words(f.period_end) || ' by front-line staff ('
         || per_cent(t.front_line / t.n) || '), against a target of ' || per_cent(f.front_line_target) || '.' END AS evidence
FROM fund_period f
LEFT JOIN trained t USING (fund, period)
