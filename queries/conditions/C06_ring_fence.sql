-- condition: C06 ring_fence
-- title:   The ring-fence holds: no money passes between funds
-- basis:   the fund's decision record; ring-fence of the comparable agreement
-- remedy:  Ask finance to put each journal, invoice and session on the one fund that pays for it
-- value:   not_met_amount
-- limit_value: 0
-- unit:    pounds
-- not applicable if match:
--   This is a match fund.
-- not applicable if (SELECT count(*) FROM register.fund) = 1:
--   There is only one fund.
-- not met if not_met > 0:
--   {counted_in_words(not_met, 'line', 'lines')} ({pounds(not_met_amount)}) in a journal between funds, or for a session of another fund.
-- at risk if at_risk > 0:
--   {counted_in_words(at_risk, 'line', 'lines')} ({pounds(at_risk_amount)}) on an invoice that another fund pays too.
-- met:
--   No journal, invoice or session is shared with another fund.

-- every line is looked at, commitments and payments too; of a journal or an
-- invoice on two funds each fund's own lines breach, once both are there
WITH line AS (
  SELECT f.fund, f.period, f.match, s.*
  FROM spend_line s JOIN fund_period f ON f.fund = s.fund_code AND s.ledger_date <= f.period_end),
crossing AS (
  SELECT l.*,
    txn_type = 'JNL' AND EXISTS (FROM line o WHERE o.period = l.period AND o.fund <> l.fund
      AND o.provider_code = l.provider_code AND o.txn_id = l.txn_id AND o.txn_type = 'JNL') AS journal,
    EXISTS (FROM line o WHERE o.period = l.period AND o.fund <> l.fund
      AND o.supplier_id = l.supplier_id AND o.invoice_no = l.invoice_no) AS invoice,
    -- the session's provider may be left out while only one trains
    EXISTS (FROM training_session t WHERE t.session_id = l.session_id AND t.provider_code = coalesce(l.session_provider, t.provider_code))
      AND NOT EXISTS (FROM training_session t WHERE t.session_id = l.session_id AND t.fund_code = l.fund
        AND t.provider_code = coalesce(l.session_provider, t.provider_code)) AS session
  FROM line l)
SELECT fund, period, CASE WHEN journal OR session THEN 'not met' ELSE 'at risk' END AS effect, claimable AS amount, delivery, "row", key
FROM crossing
WHERE (journal OR session OR invoice) AND NOT match
