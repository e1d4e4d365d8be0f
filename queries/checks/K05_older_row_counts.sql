-- check:   K05 older_row_counts
-- title:   Rows that count although a newer version of them was rejected
-- severity: warning
-- remedy:  Mend the newer row and send it again; until then the older one counts

SELECT NULL::VARCHAR AS period, s.provider_code || ' ' || s.feed AS subject,
  s.key || ' in ' || d.file || ', row ' || s."row" || ' counts; the newer one in ' || n.file || ', row ' || s.newer_row || ' was rejected' AS detail
FROM stale_row s
JOIN delivery d ON d.delivery = s.delivery
JOIN delivery n ON n.delivery = s.newer
