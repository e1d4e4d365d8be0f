-- briefing: period
-- title:    The period, the part of its financial year that is over by its end, and the year
SELECT p.period,
  strftime(p.period_end, '%-d %B %Y') AS period_end,
  to_date.period AS to_date,
  strftime(to_date.period_start, '%-d %B %Y') || ' to ' || strftime(to_date.period_end, '%-d %B %Y') AS to_date_words,
  substr(to_date.period, 1, 7) AS year
FROM period p
JOIN period to_date ON to_date.period LIKE '%-YTD' AND to_date.period_end = p.period_end
WHERE p.period = $period AND p.kind <> 'month'
ORDER BY p.period
