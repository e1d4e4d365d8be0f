-- title: Faults by provider, feed, column and rule
SELECT provider, feed, column_name, rule, severity, count(*) AS faults
FROM fault
GROUP BY provider, feed, column_name, rule, severity
ORDER BY faults DESC, provider, feed, column_name, rule
