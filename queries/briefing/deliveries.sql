-- briefing: deliveries
-- title:    What the figures rest on: the rows of the current deliveries
SELECT coalesce(p.name, d.provider) AS provider, d.feed,
  count(*)::VARCHAR AS files,
  sum(d.rows)::VARCHAR AS rows, sum(d.accepted)::VARCHAR AS accepted, sum(d.rejected)::VARCHAR AS rejected,
  max(d.rows_marker) AS rows_marker, max(d.accepted_marker) AS accepted_marker, max(d.rejected_marker) AS rejected_marker
FROM delivery d
LEFT JOIN register.provider p ON p.code = d.provider
WHERE d.current
GROUP BY d.provider, p.name, d.feed
ORDER BY 1, 2, d.provider
