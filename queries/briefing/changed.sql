-- briefing: changed
-- title:    Figures that {last-release} gave otherwise
-- column:   label: Figure
-- column:   about small:
-- column:   was unit: Was
-- column:   value unit: Is now
-- empty:    {unchanged}
SELECT label, about, unit, was::VARCHAR AS was, was_marker, was_n::VARCHAR AS was_n, value::VARCHAR AS value, value_marker, value_n::VARCHAR AS value_n
FROM changed
ORDER BY place
