-- briefing: money
-- title:    {fund}: award, spend and forecast at the end of the period
-- shows:    S01, S02, S02C, S04, S05 of money in this
-- column:   label: Measure
-- column:   value unit: Figure
-- column:   note: What it is
WITH shown AS (
  SELECT * FROM (VALUES
    (1, 'award', 'S01', 'Award', 'the fund''s maximum, with what was added by the end of the period'),
    (2, 'spent', 'S02C', 'Spent so far', 'eligible spend from the start of the fund to the end of the period'),
    (3, 'spent in period', 'S02', 'Spent in the period', 'the part of it in the period of this briefing'),
    (5, 'forecast', 'S04', 'Forecast outturn', 'spent so far, with what is forecast for the months to come'),
    (6, 'underspend', 'S05', 'Forecast underspend', 'award less forecast outturn; below zero is an overspend'))
    shown(place, item, code, label, note)),
total AS (
  SELECT s.place, s.item, s.label, s.note, f.value, coalesce(f.marker, 'x') AS marker
  FROM shown s
  LEFT JOIN figure f ON f.code = s.code AND f.scope = $money_scope AND f.period = $period AND f.dimension = ''),
item AS (
  SELECT place, item, label, 'pounds' AS unit, value, marker, note
  FROM total
  UNION ALL
  SELECT 4, 'left', 'Left', 'pounds', award.value - spent.value,
    CASE WHEN award.marker <> '' THEN award.marker ELSE spent.marker END, 'award less spent so far'
  FROM total award, total spent
  WHERE award.item = 'award' AND spent.item = 'spent'
  UNION ALL
  SELECT 7, 'days left', 'Days left to spend', 'days', date_diff('day', p.period_end, f.spend_by)::DECIMAL(38,10),
    CASE WHEN f.spend_by IS NULL OR f.spend_by <= p.period_end THEN 'z' ELSE '' END,
    CASE WHEN f.spend_by IS NULL THEN 'this fund has no spend window'
         WHEN f.spend_by <= p.period_end THEN 'the spend window closed on ' || strftime(f.spend_by, '%-d %B %Y')
         ELSE 'after the end of the period; the spend window is '
           || coalesce(strftime(f.spend_from, '%-d %B %Y'), 'the start') || ' to ' || strftime(f.spend_by, '%-d %B %Y') END
  FROM period p
  LEFT JOIN register.fund f ON 'fund:' || f.code = $money_scope
  WHERE p.period = $period)
SELECT item, label, unit, value::VARCHAR AS value, marker AS value_marker, note
FROM item
ORDER BY place
