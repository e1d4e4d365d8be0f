-- check:   K05 older_row_counts
-- title:   Rows that count although a newer version of them was rejected
-- severity: warning
-- remedy:  Mend the newer row and send it again; until then the older one counts

SELECT NULL::VARCHAR AS period, provider_code || ' ' || feed AS subject,
  key || ' in ' || row_in_words(delivery, feed, "row") || ' counts; the newer one in ' || row_in_words(newer, feed, newer_row)
    || ' was rejected' AS detail
FROM stale_row
