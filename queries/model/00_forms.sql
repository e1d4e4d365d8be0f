-- The forms a value may take in an extract (design.md, "Faults"): a text that
-- is not one of them gives NULL. Nothing is guessed.

-- a cell without the blanks around it, non-breaking ones included; an empty one is no value
CREATE MACRO tidy(cell) AS nullif(trim(cell, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '');

-- ISO dates
CREATE MACRO as_date(t) AS CASE WHEN length(t) = 10 THEN TRY_CAST(t AS DATE) END;

-- day before month, or ISO
CREATE MACRO as_day_first(t) AS
  coalesce(as_date(t), try_strptime(t, ['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y'])::DATE);

-- 2023-24, the financial year of a date
CREATE MACRO financial_year_of(d) AS
  (year(d) - (month(d) < 4)::INTEGER)::VARCHAR || '-' || printf('%02d', ((year(d) - (month(d) < 4)::INTEGER + 1) % 100)::INTEGER);

-- 2024-03-31 09:30, with T or a space, with or without seconds
CREATE MACRO as_datetime(t) AS CASE WHEN length(t) >= 16 THEN TRY_CAST(t AS TIMESTAMP) END;

-- 9:30 or 09:30, with or without seconds
CREATE MACRO as_time(t) AS TRY_CAST(CASE WHEN length(t) IN (4, 7) THEN '0' || t ELSE t END || CASE WHEN length(t) < 6 THEN ':00' ELSE '' END AS TIME);

-- digits only, so that 3.7 is a fault and not 4
CREATE MACRO as_integer(t) AS CASE WHEN translate(t, '0123456789', '') IN ('', '-') THEN TRY_CAST(t AS INTEGER) END;
CREATE MACRO as_number(t) AS CASE WHEN translate(t, '0123456789', '') IN ('', '-', '.', '-.') THEN TRY_CAST(t AS DECIMAL(18,4)) END;

-- pounds: optional sign or brackets, pound sign, commas between thousands, at most two decimals
CREATE MACRO as_money(t) AS
  CASE WHEN regexp_full_match(t, '[-+]?£?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?|\(£?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?\)|£-([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?')
       THEN (CASE WHEN t LIKE '(%' OR t LIKE '%-%' THEN -1 ELSE 1 END * TRY_CAST(translate(t, '()-+£,', '') AS DECIMAL(18,2)))::DECIMAL(18,2) END;
