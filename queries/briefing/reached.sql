-- briefing: reached
-- title:    People supported by {service}, {to-date}
-- shows:    R13 by age_band of activity in to-date
-- shows:    R13 by sex of activity in to-date
-- shows:    R13 by ethnicity_group of activity in to-date
-- shows:    R13 by disability of activity in to-date
-- column:   label: Who
-- column:   people count: People
WITH words AS (
  SELECT 1 AS place, 'age_band' AS dimension, 'Age' AS about, code AS category, CASE code WHEN 'NK' THEN 'Not known' ELSE code END AS label FROM reference.age_band
  UNION ALL SELECT 2, 'sex', 'Sex', code, label FROM reference.sex
  UNION ALL (SELECT DISTINCT 3, 'ethnicity_group', 'Ethnic group', "group", "group" FROM reference.ethnicity)
  UNION ALL SELECT 4, 'disability', 'Disability', code, label FROM reference.disability)
SELECT w.about || ': ' || w.label AS label, f.value::VARCHAR AS people, f.marker AS people_marker
FROM period p
JOIN period d ON d.kind = 'to date' AND d.period_end = p.period_end
JOIN figure f ON f.code = 'R13' AND f.period = d.period AND f.scope = $activity_scope
JOIN words w ON w.dimension = f.dimension AND w.category = f.category
WHERE p.period = $period
ORDER BY w.place, f.category
