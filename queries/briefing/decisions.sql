-- briefing: decisions
-- title:    Conditions that are not met or at risk, the gravest first
-- shows:    conditions of funds in this
-- column:   needed: What is needed
-- column:   code small:
-- column:   status status: Status
-- column:   money pounds: Money
-- column:   why: Why
-- empty:    No condition of any fund is unmet or at risk.
WITH needed AS (
  SELECT * FROM (VALUES -- what can still be done, and what is left to do when the spend windows have closed
    ('C01', 'Decide whether spend is cut or the ministry is asked for more.', 'Ask the ministry for more, or decide which other fund pays.'),
    ('C02', 'Decide which other fund pays for what lies outside the window, or ask the ministry.', NULL),
    ('C03', 'Have the session moved into the window, or ask the ministry to allow it.', 'Have the session called off, or ask the ministry to allow it.'),
    ('C04', 'Decide which other fund pays, or ask the ministry to allow the purpose.', NULL),
    ('C05', 'Decide which other fund pays: this one pays for no capital.', NULL),
    ('C06', 'Have finance put each line to the fund it belongs to.', NULL),
    ('C07', 'Have finance keep the match funding apart.', NULL),
    ('C08', 'Agree with the provider how more front-line staff are reached.', 'Tell the ministry why fewer front-line staff were reached.'),
    ('C09', 'Have finance supply the evidence that is missing.', NULL),
    ('C10', 'Decide how the underspend is used, or tell the ministry of it.', 'Tell the ministry of the underspend: it can no longer be spent.'),
    ('C11', 'Ask the ministry to approve the carry-over, or repay it.', NULL),
    ('C12', 'Have finance reconcile the ledger; the return cannot leave before.', NULL),
    ('C13', 'Agree the repayment to the ministry.', NULL), -- at risk until its day is past
    ('C13 not met', 'Repay the ministry: the day to do so is past.', NULL),
    ('C14', 'The chief finance officer signs the declaration.', NULL)) needed(code, words, closed)),
at_stake AS ( -- the lines that breach, or what the condition itself is about
  SELECT c.*, r.name, r.spend_by, coalesce(r.spend_by <= p.period_end, FALSE) AS closed,
    coalesce(b.amount, CASE c.code WHEN 'C01' THEN greatest(c.value - c.limit_value, 0) WHEN 'C10' THEN c.value WHEN 'C13' THEN c.value END) AS money
  FROM condition c
  JOIN period p ON p.period = c.period
  LEFT JOIN register.fund r ON r.code = c.fund
  LEFT JOIN (SELECT code, fund, period, effect, sum(amount) AS amount FROM breach GROUP BY ALL) b
    ON (b.code, b.fund, b.period, b.effect) = (c.code, c.fund, c.period, c.status)
  WHERE c.period = $period AND c.status IN ('not met', 'at risk'))
SELECT coalesce(CASE WHEN bool_and(c.closed) THEN n.closed END, n.words, 'The commissioning officer says what is to be done.') AS needed,
  c.title || ' (' || c.code || ')' AS code, c.status,
  sum(c.money)::DECIMAL(38,2)::VARCHAR AS money, CASE WHEN sum(c.money) IS NULL THEN 'z' ELSE '' END AS money_marker,
  string_agg(coalesce(c.name, c.fund) || coalesce(', to be spent by ' || strftime(c.spend_by, '%-d %B %Y'), '') || ': ' || c.evidence, ' '
    ORDER BY c.money DESC NULLS LAST, c.name, c.fund) AS why -- one decision, however many funds it is about
FROM at_stake c
LEFT JOIN needed n ON n.code = CASE WHEN c.code || ' ' || c.status IN (SELECT code FROM needed) THEN c.code || ' ' || c.status ELSE c.code END
GROUP BY n.words, n.closed, c.title, c.code, c.status
ORDER BY c.status <> 'not met', sum(c.money) DESC NULLS LAST, c.code
