-- check:   K21 many_rows_rejected
-- title:   At most a tenth of a file's rows are rejected
-- severity: error
-- remedy:  Ask the provider to mend the rows (`mojreturns chase` writes the message), or waive it with the reason why the figures stand without them

SELECT p.period, d.provider || ' ' || d.feed AS subject,
  file_in_words(d.file, d.sheet) || ': ' || d.rejected || ' of ' || d.rows || ' rows are rejected' AS detail
FROM delivery d
JOIN period p ON left(p.period, 7) = d.financial_year
WHERE d.current AND d.accepted > 0 AND d.rejected * 10 > d.rows
