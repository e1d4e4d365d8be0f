-- check:   K20 every_row_rejected
-- title:   A file that was received has a row that counts
-- severity: error
-- waive:   no
-- remedy:  Mend the file or the provider's mapping and land it again, or withdraw it; until then the figures that need it show [x]

SELECT p.period, d.provider || ' ' || d.feed AS subject,
  file_in_words(d.file, d.sheet) || ': all of its ' || d.rows || ' rows are rejected'
    || coalesce(', the first because ' || (
      SELECT arg_min(f.message, (f."row", f.column_name, f.rule))
      FROM fault f
      WHERE f.sha256 = d.sha256 AND f.feed = d.feed AND f.sheet IS NOT DISTINCT FROM d.sheet AND f.severity = 'reject'), '') AS detail
FROM delivery d
JOIN period p ON left(p.period, 7) = d.financial_year
WHERE d.current AND d.rows > 0 AND d.accepted = 0
