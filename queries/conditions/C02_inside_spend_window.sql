-- condition: C02 inside_spend_window
-- title:   Spent inside the spend window
-- basis:   the fund's decision record; no carry-over without approval: comparable agreement
-- remedy:  Ask finance whether the dates of service are right; spend outside the window needs another fund, or an approval entered under carry_forward in mojreturns.yaml

-- a late line is excused while an approved carry-forward covers all the late lines
SELECT fund, period, CASE WHEN counts_as_spend THEN 'not met' ELSE 'at risk' END AS effect, claimable AS amount, delivery, "row", key
FROM (SELECT *, sum(claimable) FILTER (counts_as_spend AND late) OVER (PARTITION BY fund, period) AS late_spend
      FROM (SELECT s.*, f.fund, f.period, f.carry_forward, s.service_from < f.spend_from AS early, s.service_to > f.spend_by AS late
            FROM spend_line s
            JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
            WHERE (s.counts_as_spend OR s.txn_type = 'COM') AND NOT f.match))
WHERE early OR late AND NOT (counts_as_spend AND carry_forward > 0 AND late_spend <= carry_forward)
;
SELECT f.fund, f.period,
  CASE WHEN f.match OR f.spend_by IS NULL THEN 'not applicable'
       WHEN spend.lines > 0 THEN 'not met'
       WHEN promised.lines > 0 THEN 'at risk'
       ELSE 'met' END AS status,
  coalesce(spend.amount, 0) AS value, 0 AS limit_value,
  CASE WHEN f.match OR f.spend_by IS NULL THEN 'This fund has no spend window.'
       ELSE CASE WHEN spend.lines > 0 THEN counted_in_words(spend.lines, 'line', 'lines') || ' of spend (' || pounds(spend.amount) || ') outside'
                 ELSE 'All spend is for service inside' END
            || ' the window ' || coalesce(day_in_words(f.spend_from), 'start') || ' to ' || day_in_words(f.spend_by)
            || CASE WHEN spend.lines IS NULL AND promised.lines > 0
                      THEN '; ' || counted_in_words(promised.lines, 'commitment is', 'commitments are') || ' outside it (' || pounds(promised.amount) || ').' ELSE '.' END
  END AS evidence
FROM fund_period f
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'not met' GROUP BY ALL) spend USING (fund, period)
LEFT JOIN (SELECT fund, period, count(*) AS lines, sum(amount) AS amount FROM breach WHERE effect = 'at risk' GROUP BY ALL) promised USING (fund, period)
