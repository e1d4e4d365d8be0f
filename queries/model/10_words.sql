-- Words that metric, condition and check files may use.

-- yes/no/not known as a truth: not known and blank leave every share
CREATE MACRO yes(flag) AS CASE flag::VARCHAR WHEN 'Y' THEN TRUE WHEN 'N' THEN FALSE END;

-- every day of the calendar with the working days there have been up to it
CREATE TABLE reference.calendar AS
WITH day AS (
  SELECT d::DATE AS date, isodow(d) < 6 AND d::DATE NOT IN (SELECT date FROM reference.holiday) AS working
  FROM range(DATE '2015-01-01', DATE '2029-01-01', INTERVAL 1 DAY) t(d))
SELECT date, working, count(*) FILTER (working) OVER (ORDER BY date) AS working_days_to
FROM day ORDER BY date;

-- working days after one date up to and including another, by look-up; 0 for the
-- same day, negative backwards
CREATE MACRO working_days(from_date, to_date) AS
  (SELECT c.working_days_to FROM reference.calendar c WHERE c.date = to_date)
  - (SELECT c.working_days_to FROM reference.calendar c WHERE c.date = from_date);

-- the last day of a ledger period's month; period 13 is dated 31 March
CREATE MACRO ledger_date(financial_year, period) AS
  last_day(make_date(left(financial_year, 4)::INTEGER, 4, 1) + to_months((least(period, 12) - 1)::INTEGER));

-- amounts and dates as a sentence shows them
CREATE MACRO pounds(amount) AS
  CASE WHEN amount < 0 THEN '-' ELSE '' END || '£' || format('{:,}', trunc(abs(amount))::BIGINT)
    || right(abs(amount)::DECIMAL(18,2)::VARCHAR, 3);
CREATE MACRO day_in_words(d) AS strftime(d, '%-d %B %Y');
CREATE MACRO counted_in_words(n, one, many) AS n::VARCHAR || ' ' || CASE WHEN n = 1 THEN one ELSE many END;
CREATE MACRO per_cent(share) AS (100 * share)::DECIMAL(9,1)::VARCHAR || '%';
CREATE MACRO plain(number) AS rtrim(rtrim(number::DECIMAL(38,10)::VARCHAR, '0'), '.');
