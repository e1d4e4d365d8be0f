-- condition: C02 inside_spend_window
-- title:   Spent inside the spend window
-- basis:   the fund's decision record; no carry-over without approval: comparable agreement
-- remedy:  Ask finance whether the dates of service are right;
--   spend outside the window needs another fund, or an approval entered under carry_forward in mojreturns.yaml
-- value:   not_met_amount
-- limit_value: 0
-- unit:    pounds
-- not applicable if match OR spend_by IS NULL:
--   This fund has no spend window.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'line', 'lines')} of spend ({pounds(not_met_amount)}) outside the window {spend_window}{approval}.
-- at risk if at_risk > 0:
--   All spend is for service inside the window {spend_window}{approval};
--   {counted_in_words(at_risk, 'commitment is', 'commitments are')} outside it ({pounds(at_risk_amount)}).
-- met:
--   All spend is for service inside the window {spend_window}{approval}.

-- a late line is excused while an approved carry-forward covers all the late lines
SELECT fund, period, CASE WHEN counts_as_spend THEN 'not met' ELSE 'at risk' END AS effect, claimable AS amount, delivery, "row", key
FROM (SELECT *, sum(claimable) FILTER (counts_as_spend AND late) OVER (PARTITION BY fund, period) AS late_spend
      FROM (SELECT s.*, f.fund, f.period, f.carry_forward, s.service_from < f.spend_from AS early, s.service_to > f.spend_by AS late
            FROM spend_line s
            JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end
            WHERE (s.counts_as_spend OR s.txn_type = 'COM') AND NOT f.match))
WHERE early OR late AND NOT (counts_as_spend AND carry_forward > 0 AND late_spend <= carry_forward)
;
WITH late AS (
  SELECT f.fund, f.period, sum(l.claimable) AS spent_late
  FROM fund_period f JOIN counting_line l ON l.fund_code = f.fund AND l.service_to > f.spend_by AND l.ledger_date <= f.period_end
  GROUP BY ALL)
SELECT *, CASE
    WHEN carry_forward = 0 OR spent_late IS NULL THEN ''
    WHEN spent_late > carry_forward THEN '; the approved carry-forward of ' || pounds(carry_forward) || ' is smaller than the ' || pounds(spent_late) || ' spent late'
    ELSE '; the ' || pounds(spent_late) || ' spent late is within the approved carry-forward of ' || pounds(carry_forward) END AS approval
FROM breached LEFT JOIN late USING (fund, period)
