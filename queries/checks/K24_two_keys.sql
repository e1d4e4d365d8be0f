-- check:   K24 two_keys
-- title:   The people of a year were hashed by one key
-- severity: error
-- remedy:  Put the year's files into the inbox and land them by the new key (`mojreturns land --new-key REASON`); of what is not at hand ask for it again, or waive this with the reason and say beside the figures that some people may be counted twice

SELECT p.period, v.key_group AS subject,
  'client numbers were hashed by ' || count(DISTINCT d.pseudonym_key) || ' keys, so who is in files of both counts twice among people: ' ||
    string_agg(DISTINCT d.file || ' (key ' || left(d.pseudonym_key, 8) || ')', ', ' ORDER BY d.file || ' (key ' || left(d.pseudonym_key, 8) || ')') AS detail
FROM delivery d
JOIN register.provider v ON v.code = d.provider
JOIN period p ON left(p.period, 7) = d.financial_year
WHERE d.current AND d.pseudonym_key IS NOT NULL
GROUP BY p.period, v.key_group
HAVING count(DISTINCT d.pseudonym_key) > 1
