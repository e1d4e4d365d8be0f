-- title: Eligible and ineligible spend by fund and ledger month
SELECT fund_code, ledger_date,
  sum(claimable) FILTER (reason IS NULL) AS eligible,
  sum(claimable) FILTER (reason IS NOT NULL) AS ineligible
FROM counting_line
GROUP BY fund_code, ledger_date
ORDER BY fund_code, ledger_date
