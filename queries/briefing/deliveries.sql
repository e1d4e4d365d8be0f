-- briefing: deliveries
-- title:    Rows of the current deliveries
-- column:   provider: Provider
-- column:   feed: Feed
-- column:   files count: Deliveries
-- column:   rows count: Rows
-- column:   accepted count: Accepted
-- column:   rejected count: Rejected
-- empty:    No delivery is current.
SELECT coalesce(p.name, d.provider) AS provider, replace(d.feed, '_', ' ') AS feed,
  count(*)::VARCHAR AS files,
  sum(d.rows)::VARCHAR AS rows, sum(d.accepted)::VARCHAR AS accepted, sum(d.rejected)::VARCHAR AS rejected,
  max(d.rows_marker) AS rows_marker, max(d.accepted_marker) AS accepted_marker, max(d.rejected_marker) AS rejected_marker
FROM delivery d
LEFT JOIN register.provider p ON p.code = d.provider
WHERE d.current
GROUP BY d.provider, p.name, d.feed
ORDER BY 1, 2, d.provider
