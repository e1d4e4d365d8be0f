-- briefing: decisions
-- title:    Conditions that are not met or at risk, the gravest first
-- shows:    conditions of funds in this
-- column:   needed: What is needed
-- column:   code small:
-- column:   status status: Status
-- column:   why: Why
-- empty:    No condition of any fund is unmet or at risk.
WITH needed AS (
  SELECT * FROM (VALUES
    ('C01', 'Decide whether spend is cut or the ministry is asked for more.'),
    ('C02', 'Decide which other fund pays for what lies outside the window, or ask the ministry.'),
    ('C03', 'Have the session moved into the window, or ask the ministry to allow it.'),
    ('C04', 'Decide which other fund pays, or ask the ministry to allow the purpose.'),
    ('C05', 'Decide which other fund pays: this one pays for no capital.'),
    ('C06', 'Have finance put each line to the fund it belongs to.'),
    ('C07', 'Have finance keep the match funding apart.'),
    ('C08', 'Agree with the provider how more front-line staff are reached.'),
    ('C09', 'Have finance supply the evidence that is missing.'),
    ('C10', 'Decide how the underspend is used, or tell the ministry of it.'),
    ('C11', 'Ask the ministry to approve the carry-over, or repay it.'),
    ('C12', 'Have finance reconcile the ledger; the return cannot leave before.'),
    ('C13', 'Agree the repayment to the ministry.'),
    ('C14', 'The chief finance officer signs the declaration.')) needed(code, words))
SELECT coalesce(n.words, 'The commissioning officer says what is to be done.') AS needed,
  c.title || ' (' || c.code || ')' AS code, c.status,
  string_agg(coalesce(r.name, c.fund) || coalesce(', to be spent by ' || strftime(r.spend_by, '%-d %B %Y'), '') || ': ' || c.evidence, ' '
    ORDER BY r.name, c.fund) AS why -- one decision, however many funds it is about
FROM condition c
LEFT JOIN register.fund r ON r.code = c.fund
LEFT JOIN needed n ON n.code = c.code
WHERE c.period = $period AND c.status IN ('not met', 'at risk')
GROUP BY n.words, c.title, c.code, c.status
ORDER BY c.status <> 'not met', c.code
