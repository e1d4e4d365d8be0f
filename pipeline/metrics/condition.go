package metrics

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"mojreturns/pipeline/warehouse"
)

// Condition is one funding-condition file: a SELECT of the rows that breach it
// for a fund at the end of a period (fund, period, effect `not met` or `at risk`,
// amount, delivery, "row", key), then, after a semicolon, a SELECT of the answer
// (fund, period, status, value, limit_value, evidence) that may read those rows
// as `breach`. Both may read the terms of each fund as `fund_period` and every
// figure.
type Condition struct {
	Code, Name, Title, Basis string
	Remedy                   string // what to do where it is not met, if the file says
	Tells                    string // the metric whose count to date its value and evidence give away, such as TR05; empty: none
	Breaches, Answer         string
	File                     string
}

// Check is one data check: a SELECT of what is wrong, as subject and detail,
// with the period where it belongs to one.
type Check struct {
	Code, Name, Title, Severity, Remedy string
	SQL                                 string
	File                                string
}

// sharedFile holds relations that every condition may read.
const sharedFile = "model/fund_period.with"

func parseCondition(file, text string) (Condition, error) {
	h := readHeader(file, text, "condition", []string{"title", "basis"}, []string{"remedy", "tells"})
	c := Condition{File: file, Title: h.value["title"], Basis: h.value["basis"], Remedy: h.value["remedy"], Tells: h.value["tells"]}
	c.Code, c.Name = h.codeAndName()
	statements, err := warehouse.Split(h.body)
	if err != nil {
		h.fail(1, "%v", err)
	} else if len(statements) != 2 {
		h.fail(1, "there are %d statements; a condition has two, the rows that breach it and the answer", len(statements))
	} else {
		c.Breaches, c.Answer = statements[0], statements[1]
	}
	return c, errors.Join(h.errs...)
}

func parseCheck(file, text string) (Check, error) {
	h := readHeader(file, text, "check", []string{"title", "severity", "remedy"}, nil)
	c := Check{File: file, Title: h.value["title"], Remedy: h.value["remedy"], SQL: strings.TrimSuffix(h.body, ";")}
	c.Code, c.Name = h.codeAndName()
	c.Severity = h.oneOf("severity", "error", "error", "warning")
	if c.SQL == "" {
		h.fail(1, "there is no SELECT below the header")
	}
	return c, errors.Join(h.errs...)
}

// Conditions answers the funding conditions named (none: all) for every fund and period.
func (e Engine) Conditions(ctx context.Context, queries fs.FS, codes ...string) error {
	shared, err := fs.ReadFile(queries, sharedFile)
	if err != nil {
		return err
	}
	// the terms of each fund are the same for all conditions: worked out once
	terms := e.given()
	terms.steps, terms.last = append(terms.steps, step{sql: string(shared)}), "FROM fund_period"
	if _, err := e.Conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE fund_period AS "+terms.String()); err != nil {
		return fmt.Errorf("%s: %w", sharedFile, err)
	}
	for _, c := range e.Set.Conditions {
		if len(codes) > 0 && !slices.Contains(codes, c.Code) {
			continue
		}
		if err := e.condition(ctx, c); err != nil {
			return fmt.Errorf("%s: condition %s cannot be answered: %w", c.File, c.Code, err)
		}
	}
	return nil
}

func (e Engine) condition(ctx context.Context, c Condition) error {
	given := e.given().then("figure", "FROM "+e.Schema+".figure")
	breaches := given.then("found", c.Breaches)
	breaches.last = fmt.Sprintf(`SELECT %s AS code, fund, period, effect, amount, delivery, "row", key FROM found ORDER BY ALL`, quote(c.Code))
	if err := e.insert(ctx, "breach", breaches); err != nil {
		return err
	}
	read := given
	read.last = "FROM (\n" + c.Breaches + "\n)"
	feeds, err := e.feeds(ctx, read.String())
	if err != nil {
		return err
	}
	gone := "''"
	if len(feeds) > 0 {
		gone = fmt.Sprintf("(SELECT string_agg(DISTINCT m.feed, ', ' ORDER BY m.feed) FROM missing m WHERE m.scope = 'fund:' || a.fund AND m.period = a.period AND m.feed IN ('%s'))",
			strings.Join(feeds, "', '"))
	}
	answer := given.
		then("breach", fmt.Sprintf("FROM %s.breach WHERE code = %s", e.Schema, quote(c.Code))).
		then("answer", c.Answer).
		then("judged", fmt.Sprintf(`SELECT a.*, coalesce(%s, '') AS gone,
  (SELECT count(*) FROM breach b WHERE b.fund = a.fund AND b.period = a.period) AS breaches FROM answer a`, gone))
	answer.last = fmt.Sprintf(`SELECT %s AS code, %s AS title, fund, period, %s AS basis,
  CASE WHEN gone = '' OR status = 'not applicable' THEN status ELSE 'not available' END AS status,
  CASE WHEN gone = '' THEN value END AS value, CASE WHEN gone = '' THEN limit_value END AS limit_value,
  CASE WHEN gone = '' OR status = 'not applicable' THEN evidence ELSE 'Not received for this period: ' || gone || '.' END AS evidence,
  breaches
FROM judged ORDER BY fund, period`, quote(c.Code), quote(c.Title), quote(c.Basis))
	return e.insert(ctx, "condition", answer)
}

// examples is how many of a check's findings about one subject are kept; all
// are counted.
const examples = 100

// Checks lists what the data checks named (none: all) find.
func (e Engine) Checks(ctx context.Context, codes ...string) error {
	// a detail begins with file and row, where it has them: row 9 comes before row 10
	const order = `regexp_extract(detail, '^(.*?), row ', 1), TRY_CAST(regexp_extract(detail, ', row ([0-9]+)', 1) AS BIGINT) NULLS FIRST, detail`
	for _, c := range e.Set.Checks {
		if len(codes) > 0 && !slices.Contains(codes, c.Code) {
			continue
		}
		q := e.given().then("figure", "FROM "+e.Schema+".figure").then("condition", "FROM "+e.Schema+".condition").then("found", c.SQL)
		q.last = fmt.Sprintf(`SELECT %s AS code, %s AS title, %s AS severity, period, subject, detail, count(*) OVER (PARTITION BY period, subject) AS found, %s AS remedy
FROM found
QUALIFY row_number() OVER (PARTITION BY period, subject ORDER BY %[6]s) <= %[5]d
ORDER BY period, subject, %[6]s`, quote(c.Code), quote(c.Title), quote(c.Severity), quote(c.Remedy), examples, order)
		if err := e.insert(ctx, "finding", q); err != nil {
			return fmt.Errorf("%s: check %s cannot be run: %w", c.File, c.Code, err)
		}
	}
	return nil
}
