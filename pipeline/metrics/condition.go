package metrics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/warehouse"
)

// Condition is one funding-condition file. Its header holds the ladder of answers.
// Below are a SELECT of the rows that breach it for a fund at the end of a period
// (fund, period, effect `not met` or `at risk`, amount, delivery, "row", key) and,
// after a semicolon, where the answers need more than `breached` has, a SELECT of
// their facts with all columns of `breached`. Both may read every figure, and the
// facts those rows as `breach`.
type Condition struct {
	Code, Name, Title, Basis string
	Remedy                   string // what to do where it is not met, if the file says
	Unit                     string // of value and limit: pounds, share or a word; empty where the file does not say
	Tells                    string // the metric whose count to date its value and evidence give away, such as TR05; empty: none
	Value, Limit             string // SQL over the facts; NULL where the condition has none
	Answers                  []Answer
	Breaches, Facts          string
	File                     string
}

// Check is one data check: a SELECT of what is wrong, as subject and detail,
// with the period where it belongs to one.
type Check struct {
	Code, Name, Title, Severity, Remedy string
	// Firm says that no return may leave while it fails, whatever reason is given.
	Firm      bool
	SQL, File string
}

// termsFile is the one relation that is worked out once for all conditions; of the
// others that conditions share, each is a file model/NAME.with too.
const termsFile = "model/fund_period.with"

func parseCondition(file, text string) (Condition, error) {
	h := readHeader(file, text, "condition", []string{"title", "basis"}, []string{"remedy", "tells", "value", "limit_value", "unit"})
	c := Condition{File: file, Title: h.value["title"], Basis: h.value["basis"], Remedy: h.value["remedy"],
		Unit: h.value["unit"], Tells: h.value["tells"], Value: cmp.Or(h.value["value"], "NULL"), Limit: cmp.Or(h.value["limit_value"], "NULL"), Answers: h.answers, Facts: "FROM breached"}
	c.Code, c.Name = h.codeAndName()
	statements, err := warehouse.Split(h.body)
	switch {
	case err != nil:
		h.fail(1, "%v", err)
	case len(statements) == 2:
		c.Facts = statements[1]
		fallthrough
	case len(statements) == 1:
		c.Breaches = statements[0]
	default:
		h.fail(1, "there are %d statements; a condition has the rows that breach it and, if wanted, the facts of its answers", len(statements))
	}
	if !c.answersItself(len(statements)) {
		h.checkAnswers()
	}
	return c, errors.Join(h.errs...)
}

// answersItself tells a condition whose second SELECT states status, value,
// limit_value and evidence itself. Conditions were written so until 2026-11-28: a
// return sealed before is made again from such files.
func (c Condition) answersItself(statements int) bool {
	return len(c.Answers) == 0 && statements == 2 && statesStatus.MatchString(c.Facts) && statesEvidence.MatchString(c.Facts)
}

var (
	statesStatus   = regexp.MustCompile(`(?i)\bAS status\b`)
	statesEvidence = regexp.MustCompile(`(?i)\bAS evidence\b`)
)

func parseCheck(file, text string) (Check, error) {
	h := readHeader(file, text, "check", []string{"title", "severity", "remedy"}, []string{"waive"})
	c := Check{File: file, Title: h.value["title"], Remedy: h.value["remedy"], SQL: strings.TrimSuffix(h.body, ";")}
	c.Code, c.Name = h.codeAndName()
	c.Severity = h.oneOf("severity", "error", "error", "warning")
	c.Firm = h.oneOf("waive", "yes", "yes", "no") == "no"
	if c.SQL == "" {
		h.fail(1, "there is no SELECT below the header")
	}
	return c, errors.Join(h.errs...)
}

// Conditions answers the funding conditions named (none: all) for every fund and period.
func (e Engine) Conditions(ctx context.Context, queries fs.FS, codes ...string) error {
	terms, shared, err := readShared(queries)
	if err != nil {
		return err
	}
	once := e.given()
	once.steps, once.last = append(once.steps, terms), "FROM fund_period"
	if _, err := e.Conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE fund_period AS "+once.String()); err != nil {
		return fmt.Errorf("%s: %w", termsFile, err)
	}
	for _, c := range e.Set.Conditions {
		if len(codes) > 0 && !slices.Contains(codes, c.Code) {
			continue
		}
		if err := e.condition(ctx, c, shared); err != nil {
			return fmt.Errorf("%s: condition %s cannot be answered: %w", c.File, c.Code, err)
		}
	}
	return nil
}

// readShared reads the relations that conditions share: the terms of the funds, and
// those of which each condition's facts take what they need.
func readShared(queries fs.FS) (terms step, shared []step, err error) {
	files, err := fs.Glob(queries, "model/*.with")
	if err != nil {
		return step{}, nil, err
	}
	slices.Sort(files)
	for _, file := range append([]string{termsFile}, slices.DeleteFunc(files, func(f string) bool { return f == termsFile })...) {
		text, err := fs.ReadFile(queries, file)
		if err != nil {
			return step{}, nil, err
		}
		shared = append(shared, step{sql: string(text)})
	}
	return shared[0], shared[1:], nil
}

func (e Engine) condition(ctx context.Context, c Condition, shared []step) error {
	given := e.given().then("figure", "FROM "+e.Schema+".figure")
	breaches := given.then("found", c.Breaches)
	breaches.last = fmt.Sprintf(`SELECT %s AS code, fund, period, effect, amount, delivery, "row", key FROM found ORDER BY ALL`, quote(c.Code))
	if err := e.insert(ctx, "breach", breaches); err != nil {
		return err
	}
	gone, err := e.notCome(ctx, c, given)
	if err != nil {
		return err
	}
	facts := given.then("breach", fmt.Sprintf("FROM %s.breach WHERE code = %s", e.Schema, quote(c.Code)))
	facts.steps = append(facts.steps, shared...)
	answer := c.judged(facts.then("facts", c.Facts)).then("gone(fund, period, feeds)", gone)
	answer.last = fmt.Sprintf(`SELECT %s AS code, %s AS title, fund, period, %s AS basis,
  CASE WHEN feeds IS NULL OR status = 'not applicable' THEN status ELSE 'not available' END AS status,
  CASE WHEN feeds IS NULL THEN value END AS value, CASE WHEN feeds IS NULL THEN limit_value END AS limit_value,
  CASE WHEN feeds IS NULL OR status = 'not applicable' THEN coalesce(evidence, error('no sentence comes out for the fund ' || fund || ' in ' || period || ' (' || status || ')'))
    ELSE 'Not received for this period: ' || feeds || '.' END AS evidence,
  breaches
FROM judged LEFT JOIN gone USING (fund, period) ORDER BY fund, period`, quote(c.Code), quote(c.Title), quote(c.Basis))
	return e.insert(ctx, "condition", answer)
}

// notCome is the query for the feeds that the rows breaching a condition are read from
// and that have not come: one that was awaited, or every one of them where no delivery
// tells of the period at all.
func (e Engine) notCome(ctx context.Context, c Condition, given query) (string, error) {
	const none = "SELECT '', '', NULL WHERE FALSE"
	if len(e.Missing)+len(e.Absent) == 0 {
		return none, nil
	}
	given.last = "FROM (\n" + c.Breaches + "\n)"
	feeds, err := e.feeds(ctx, given.String())
	if err != nil || len(feeds) == 0 {
		return none, err
	}
	among := "scope LIKE 'fund:%' AND feed IN ('" + strings.Join(feeds, "', '") + "')"
	from := "SELECT scope, period, feed FROM missing WHERE " + among
	if len(e.Absent) > 0 {
		from += fmt.Sprintf("\n  UNION SELECT scope, period, feed FROM temp.absent WHERE marker = 'x' AND %s QUALIFY count(*) OVER (PARTITION BY scope, period) = %d", among, len(feeds))
	}
	return "SELECT substr(scope, 6), period, string_agg(DISTINCT feed, ', ' ORDER BY feed) FROM (" + from + ") GROUP BY ALL", nil
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
