-- briefing: period
-- title:    The period, the part of its financial year that is over by its end, and the year
SELECT p.period,
  strftime(p.period_end, '%-d %B %Y') AS period_end,
  to_date.period AS to_date,
  strftime(to_date.period_start, '%-d %B %Y') || ' to ' || strftime(to_date.period_end, '%-d %B %Y') AS to_date_words,
  year.period AS year,
  CASE WHEN f.spend_by IS NULL THEN 'with no date to spend it by'
       WHEN f.spend_by <= p.period_end THEN 'and it can no longer be spent'
       WHEN f.spend_by = p.period_end + 1 THEN 'with 1 day to spend it'
       ELSE 'with ' || date_diff('day', p.period_end, f.spend_by) || ' days to spend it' END AS "window"
FROM period p
JOIN period to_date ON to_date.kind = 'to date' AND to_date.period_end = p.period_end
JOIN period year ON year.kind = 'year' AND p.period_end BETWEEN year.period_start AND year.period_end
LEFT JOIN register.fund f ON 'fund:' || f.code = $money_scope
WHERE p.period = $period AND p.kind <> 'month'
ORDER BY p.period
