-- briefing: services
-- title:    Every service of the area in the period
-- shows:    R01, R02, R10, R12 of services in this
-- column:   label: Service
-- column:   provider small:
-- column:   received count: Referrals received
-- column:   valid count: Valid
-- column:   started count: Supports started
-- column:   still_open count: Open at end
SELECT s.name AS label, coalesce(v.name, s.provider) AS provider,
  received.value::VARCHAR AS received, coalesce(received.marker, 'x') AS received_marker,
  valid.value::VARCHAR AS valid, coalesce(valid.marker, 'x') AS valid_marker,
  started.value::VARCHAR AS started, coalesce(started.marker, 'x') AS started_marker,
  still.value::VARCHAR AS still_open, coalesce(still.marker, 'x') AS still_open_marker
FROM register.service s
LEFT JOIN register.provider v ON v.code = s.provider
LEFT JOIN figure received ON received.code = 'R01' AND received.scope = 'service:' || s.code AND received.period = $period AND received.dimension = ''
LEFT JOIN figure valid ON valid.code = 'R02' AND valid.scope = 'service:' || s.code AND valid.period = $period AND valid.dimension = ''
LEFT JOIN figure started ON started.code = 'R10' AND started.scope = 'service:' || s.code AND started.period = $period AND started.dimension = ''
LEFT JOIN figure still ON still.code = 'R12' AND still.scope = 'service:' || s.code AND still.period = $period AND still.dimension = ''
ORDER BY s.name, s.code
