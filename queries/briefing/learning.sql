-- briefing: learning
-- title:    What those trained say, {to-date}
-- shows:    TR03, TR08A, TR08B, TR08, TR09A, TR09B, TR09, TR10, TR11, TR11R of money in to-date
-- column:   label: Measure
-- column:   value unit: Year to date
-- column:   answers count: Answers
WITH shown AS (
  SELECT * FROM (VALUES
    (1, 'TR08A', 'Mean confidence before, of 1 to 5'), (2, 'TR08B', 'Mean confidence after'), (3, 'TR08', 'Mean change in confidence'),
    (4, 'TR09A', 'Mean knowledge before, of 1 to 5'), (5, 'TR09B', 'Mean knowledge after'), (6, 'TR09', 'Mean change in knowledge'),
    (7, 'TR11', 'Will change their practice'), (8, 'TR11R', 'Would recommend the course'), (9, 'TR10', 'Gave feedback')) shown(place, code, label))
SELECT s.label, f.unit, f.value::VARCHAR AS value, f.marker AS value_marker, f.n::VARCHAR AS value_n,
  f.n::VARCHAR AS answers, f.marker AS answers_marker
FROM shown s
JOIN period p ON p.period = $period
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN figure f ON f.code = s.code AND f.scope = $money_scope AND f.period = d.period AND f.dimension = ''
WHERE EXISTS (FROM figure t WHERE t.code = 'TR03' AND t.scope = $money_scope AND t.period = d.period AND t.dimension = '' AND (t.value > 0 OR t.marker = 'c'))
ORDER BY s.place
