-- The forms a value may take in an extract (design.md, "Faults"): a text that
-- is not one of them gives NULL. Nothing is guessed.

-- a cell without the blanks around it, non-breaking ones included; an empty one is no value
CREATE MACRO tidy(cell) AS nullif(trim(cell, ' ' || chr(9) || chr(10) || chr(13) || chr(160)), '');

-- ISO dates
CREATE MACRO as_date(t) AS CASE WHEN length(t) = 10 THEN TRY_CAST(t AS DATE) END;

-- day before month, or ISO
CREATE MACRO as_day_first(t) AS
  coalesce(as_date(t), try_strptime(t, ['%d/%m/%Y', '%d-%m-%Y', '%d.%m.%Y'])::DATE);

-- The styles of dates that a provider's mapping can name besides (`dates:`). A
-- year of two digits is of this century: 24 is 2024. Which styles count, and in
-- what order, pipeline/contract says.
CREATE MACRO as_day_first_short(t) AS try_strptime(t, ['%d/%m/%y', '%d-%m-%y', '%d.%m.%y'])::DATE;
CREATE MACRO as_month_first(t) AS try_strptime(t, ['%m/%d/%Y', '%m-%d-%Y', '%m.%d.%Y'])::DATE;
CREATE MACRO as_month_first_short(t) AS try_strptime(t, ['%m/%d/%y', '%m-%d-%y', '%m.%d.%y'])::DATE;

-- 5 Apr 2024, 05-April-2024, 5th April 2024, Friday 5 April 2024, April 5, 2024
CREATE MACRO date_in_words(t) AS
  regexp_replace(regexp_replace(trim(regexp_replace(regexp_replace(t, '^(mon|tues?|wed(nes)?|thur?s?|fri|sat(ur)?|sun)(day)?[ ,]+', '', 'i'), '[-/., ]+', ' ', 'g')),
    '^([0-9]{1,2})(st|nd|rd|th) | ([0-9]{1,2})(st|nd|rd|th) ', ' \1\3 ', 'i'), '\bsept\b', 'sep', 'i');
CREATE MACRO as_month_name(t) AS try_strptime(trim(date_in_words(t)), ['%d %b %Y', '%d %B %Y', '%b %d %Y', '%B %d %Y'])::DATE;
CREATE MACRO as_month_name_short(t) AS try_strptime(trim(date_in_words(t)), ['%d %b %y', '%d %B %y', '%b %d %y', '%B %d %y'])::DATE;

-- a date without the time of day written after it; the time
CREATE MACRO without_time(t) AS regexp_replace(t, '[T ]+([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?( ?[AaPp][Mm])?Z?$', '');
CREATE MACRO time_after(t) AS regexp_extract(t, '[T ]+([0-9]{1,2}:[0-9]{2}(:[0-9]{2})?)$', 1);

-- 45382, the number by which a spreadsheet counts the days, of the years 2015 to 2028
CREATE MACRO as_serial_date(t) AS CASE WHEN regexp_full_match(t, '4[2-7][0-9]{3}') THEN DATE '1899-12-30' + TRY_CAST(t AS INTEGER) END;

-- 2023-24, the financial year of a date
CREATE MACRO financial_year_of(d) AS
  (year(d) - (month(d) < 4)::INTEGER)::VARCHAR || '-' || printf('%02d', ((year(d) - (month(d) < 4)::INTEGER + 1) % 100)::INTEGER);

-- 2024-03-31 09:30, with T or a space, with or without seconds; a day has no 24:00, which
-- would be the next day's beginning
CREATE MACRO as_datetime(t) AS
  CASE WHEN regexp_matches(t, '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ]([01][0-9]|2[0-3]):[0-5][0-9]') THEN TRY_CAST(t AS TIMESTAMP) END;

-- 9:30 or 09:30, with or without seconds; 9:3 may be 9:03 or 9:30, and 24:00 is no time of a day
CREATE MACRO as_time(t) AS
  CASE WHEN regexp_full_match(t, '([01]?[0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]{1,6})?)?')
       THEN TRY_CAST(CASE WHEN t LIKE '_:%' THEN '0' ELSE '' END || t || CASE WHEN length(t) < 6 THEN ':00' ELSE '' END AS TIME) END;

-- digits only, so that 3.7 is a fault and not 4
CREATE MACRO as_integer(t) AS CASE WHEN translate(t, '0123456789', '') IN ('', '-') THEN TRY_CAST(t AS INTEGER) END;
CREATE MACRO as_number(t) AS CASE WHEN translate(t, '0123456789', '') IN ('', '-', '.', '-.') THEN TRY_CAST(t AS DECIMAL(18,4)) END;

-- pounds: optional sign or brackets, pound sign, commas between thousands, at most two decimals
CREATE MACRO as_money(t) AS
  CASE WHEN regexp_full_match(t, '[-+]?£?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?|\(£?([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?\)|£-([0-9]+|[0-9]{1,3}(,[0-9]{3})+)(\.[0-9]{1,2})?')
       THEN (CASE WHEN t LIKE '(%' OR t LIKE '%-%' THEN -1 ELSE 1 END * TRY_CAST(translate(t, '()-+£,', '') AS DECIMAL(18,2)))::DECIMAL(18,2) END;

-- The styles of numbers that a provider's mapping can name besides (`numbers:`),
-- each a text made ready for the forms above.
-- 1,234 in a column of whole numbers
CREATE MACRO without_thousands(t) AS CASE WHEN regexp_full_match(t, '[-+]?[0-9]{1,3}(,[0-9]{3})+([.][0-9]+)?') THEN replace(t, ',', '') ELSE t END;
-- 45.00- is 45.00 taken away
CREATE MACRO minus_before(t) AS CASE WHEN t LIKE '%_-' THEN '-' || rtrim(left(t, length(t) - 1)) ELSE t END;
-- 45.00 CR is 45.00 taken away, 45.00 DR is not
CREATE MACRO credit_before(t) AS
  CASE WHEN upper(t) LIKE '%_CR' THEN '-' || rtrim(left(t, length(t) - 2)) WHEN upper(t) LIKE '%_DR' THEN rtrim(left(t, length(t) - 2)) ELSE t END;
-- 1 234.50: blanks between groups of three. Ordinary blanks only where pence follow, since
-- 100 200 may be two amounts; spreadsheets write the blank that does not break a line
CREATE MACRO without_gaps(t) AS
  CASE WHEN regexp_full_match(t, '[-+(£]*[0-9]{1,3}( [0-9]{3})+[.][0-9]{2}\)?|[-+(£]*[0-9]{1,3}([\x{A0}\x{202F}][0-9]{3})+([.][0-9]{2})?\)?')
       THEN translate(t, ' ' || chr(160) || chr(8239), '') ELSE t END;
-- £ 1,234.50 as a spreadsheet's accounting format shows it: blanks beside the sign, the
-- brackets and the £, and £- for nothing
CREATE MACRO accounting_plain(t) AS
  CASE WHEN translate(t, ' £' || chr(160), '') = '-' THEN '0'
       ELSE regexp_replace(without_gaps(regexp_replace(t, '[ \x{A0}\x{202F}]*([-+()£])[ \x{A0}\x{202F}]*', '\1', 'g')), '^£\((.*)\)$', '(£\1)') END;
-- 4500 is £45.00, where amounts are whole pence; anything else is none
CREATE MACRO pence_in_pounds(t) AS CASE WHEN regexp_full_match(t, '-?[0-9]{1,15}') THEN (t::DECIMAL(15,0) * 0.01::DECIMAL(3,2))::DECIMAL(18,2)::VARCHAR END;
-- 45% is 45 on a scale of a hundred, or a share of 0.45
CREATE MACRO without_percent(t) AS CASE WHEN t LIKE '%_\%' ESCAPE '\' THEN rtrim(left(t, length(t) - 1)) ELSE t END;
CREATE MACRO percent_as_share(t) AS
  CASE WHEN regexp_full_match(t, '-?[0-9]{1,10}([.][0-9]{1,2})? ?%') THEN (TRY_CAST(without_percent(t) AS DECIMAL(14,2)) * 0.01::DECIMAL(3,2))::DECIMAL(18,4)::VARCHAR ELSE t END;

-- A number in another unit (`derive:` with times or divide): exact, with up to six decimals
CREATE MACRO as_exact(t) AS CASE WHEN regexp_full_match(t, '[-+]?([0-9]{1,12}([.][0-9]{1,6})?|[.][0-9]{1,6})') THEN TRY_CAST(t AS DECIMAL(18,6)) END;
-- 1.5 hours times 60 are 90, with no zeros behind
CREATE MACRO times_exactly(number, factor) AS rtrim(rtrim((number * factor)::VARCHAR, '0'), '.');
