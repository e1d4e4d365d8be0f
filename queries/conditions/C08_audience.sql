-- condition: C08 audience
-- title:   The training reached the front line
-- basis:   the fund's decision record: front-line practitioners
-- remedy:  Offer the places that are left to front-line staff, and ask the provider whether front_line is right
-- tells:   TR05
-- value:   front_line::DOUBLE / nullif(n, 0)
-- limit_value: front_line_target
-- unit:    share
-- not applicable if match OR front_line_target IS NULL:
--   This fund has no target for its audience.
-- not met if n = 0 AND final:
--   Nobody has completed the training yet; the target is {per_cent(front_line_target)} front-line.
-- at risk if n = 0:
--   Nobody has completed the training yet; the target is {per_cent(front_line_target)} front-line.
-- met if value >= limit_value:
--   {reached}, against a target of {per_cent(front_line_target)}.
-- not met if final:
--   {reached}, against a target of {per_cent(front_line_target)}.
-- at risk:
--   {reached}, against a target of {per_cent(front_line_target)}.

-- the completions by others, while the share of all to date is below the target
SELECT fund, period, CASE WHEN final THEN 'not met' ELSE 'at risk' END AS effect, NULL::DECIMAL(18,2) AS amount, delivery, "row", key
FROM (SELECT f.*, c.front_line, c.delivery, c."row", c.key,
        count(*) FILTER (c.front_line = 'Y') OVER (PARTITION BY f.fund, f.period) AS reached,
        count(c.front_line) OVER (PARTITION BY f.fund, f.period) AS n
      FROM completion c JOIN fund_period f ON f.fund = c.fund_code AND c.session_date <= f.period_end)
WHERE front_line = 'N' AND reached < front_line_target * n AND NOT match
;
WITH trained AS (
  SELECT f.fund, f.period, count(*) FILTER (c.front_line = 'Y') AS front_line, count(c.front_line) AS n
  FROM fund_period f LEFT JOIN completion c ON c.fund_code = f.fund AND c.session_date <= f.period_end GROUP BY ALL)
SELECT *, front_line || ' of ' || counted_in_words(n, 'completion', 'completions') || ' to ' || day_in_words(period_end)
  || ' by front-line staff (' || per_cent(front_line / nullif(n, 0)) || ')' AS reached
FROM breached JOIN trained USING (fund, period)
