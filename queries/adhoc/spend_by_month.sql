-- title: Eligible and ineligible spend by fund and ledger month
-- param: fund text?; the code of a fund, all where it is left out
-- param: since date?; the first ledger date

SELECT fund_code, ledger_date,
  sum(claimable) FILTER (reason IS NULL) AS eligible,
  sum(claimable) FILTER (reason IS NOT NULL) AS ineligible
FROM counting_line
WHERE ($fund IS NULL OR fund_code = $fund) AND ($since IS NULL OR ledger_date >= $since)
GROUP BY fund_code, ledger_date
ORDER BY fund_code, ledger_date
