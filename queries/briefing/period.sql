-- briefing: period
-- title:    The period, the part of its financial year that is over by its end, and the year
SELECT p.period,
  strftime(p.period_end, '%-d %B %Y') AS period_end,
  to_date.period AS to_date,
  strftime(to_date.period_start, '%-d %B %Y') || ' to ' || strftime(to_date.period_end, '%-d %B %Y') AS to_date_words,
  year.period AS year
FROM period p
JOIN period to_date ON to_date.kind = 'to date' AND to_date.period_end = p.period_end
JOIN period year ON year.kind = 'year' AND p.period_end BETWEEN year.period_start AND year.period_end
WHERE p.period = $period AND p.kind <> 'month'
ORDER BY p.period
