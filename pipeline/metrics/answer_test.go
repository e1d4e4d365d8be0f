package metrics_test

import (
	"database/sql"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/queries"
)

const condition = `-- condition: Z01 in_order
-- title: All is in order
-- basis: local
-- value: breaches
-- not met if breaches > 1:
--   {breaches} rows are not in order, of
--   {plain(value)}.
-- at risk if breaches = 1: One row is not in order.
-- met: All rows are in order.

SELECT 1
`

func TestNearMissesOfALadder(t *testing.T) {
	refused := func(name, old, new, want string) {
		t.Run(name, func(t *testing.T) {
			_, err := load(good, "conditions/Z01_in_order.sql", strings.Replace(condition, old, new, 1))
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("the sentence is\n%v\nand must hold\n%s", err, want)
			}
		})
	}
	refused("unknown status", "at risk if", "in danger if",
		`conditions/Z01_in_order.sql:8: status "in danger" is not one of met, at risk, not met, not applicable, not available`)
	refused("unknown last status", "-- met:", "-- fine:", `conditions/Z01_in_order.sql:9: unknown key "fine"`)
	refused("no sentence", " One row is not in order.", "", `conditions/Z01_in_order.sql:8: answer "at risk" has no sentence`)
	refused("open brace", "{breaches} rows", "{breaches rows",
		`conditions/Z01_in_order.sql:5: the braces of answer "not met" do not each hold one expression`)
	refused("empty brace", "{breaches} rows", "{} rows", `conditions/Z01_in_order.sql:5: the braces of answer "not met"`)
	refused("never given", "at risk if breaches = 1", "at risk",
		`conditions/Z01_in_order.sql:8: answer "at risk" has no "if", so those below it are never given`)
	refused("no end", "-- met:", "-- met if breaches = 0:", `conditions/Z01_in_order.sql:9: the last answer needs no "if"`)
	refused("three statements", "SELECT 1", "SELECT 1; SELECT 2; SELECT 3", "there are 3 statements; a condition has the rows that breach it")
	refused("no statement", "SELECT 1", "", "there are 0 statements")
	refused("no ladder", condition[strings.Index(condition, "-- not met"):strings.Index(condition, "\nSELECT")], "",
		"there is no answer, such as `-- met: All spend is inside the window.`")
}

func TestALadderIsReadInItsOrder(t *testing.T) {
	set, err := load(good, "conditions/Z01_in_order.sql", condition)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, a := range set.Conditions[0].Answers {
		got = append(got, a.Status+" | "+a.When+" | "+a.Sentence)
	}
	want := []string{"not met | breaches > 1 | {breaches} rows are not in order, of {plain(value)}.",
		"at risk | breaches = 1 | One row is not in order.", "met |  | All rows are in order."}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("the answers are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if sql := set.Conditions[0].SQL(); !strings.Contains(sql, "plain(value)") || !strings.Contains(sql, "breaches > 1") {
		t.Errorf("the SQL of the condition lacks what its header holds: %s", sql)
	}
}

// TestAnswers works a condition out for three funds with none, one and two rows that
// breach it, over the program's own `breached`.
func TestAnswers(t *testing.T) {
	breached, err := fs.ReadFile(queries.Files, "model/breached.with")
	if err != nil {
		t.Fatal(err)
	}
	shared := fstest.MapFS{"model/breached.with": {Data: breached}, "model/fund_period.with": {Data: []byte(
		"fund_period AS (SELECT 'F' || n AS fund, period, n FROM period, range(3) r(n))")}}
	rows := `SELECT fund, period, 'not met' AS effect, 1.5::DECIMAL(18,2) AS amount,
  NULL::INTEGER AS delivery, NULL::BIGINT AS "row", '' AS key
FROM fund_period, range(n)`
	text := strings.Replace(strings.Replace(condition, "SELECT 1\n", rows, 1), "plain(value)", "not_met_amount", 1)
	for _, c := range []struct{ name, text, want, fault string }{
		{"the first that holds", text,
			"F0 met All rows are in order.\nF1 at risk One row is not in order.\nF2 not met 2 rows are not in order, of 3.00.\n", ""},
		{"a quote in the sentence", strings.Replace(text, "All rows", "The office's rows", 1),
			"F0 met The office's rows are in order.\nF1 at risk One row is not in order.\nF2 not met 2 rows are not in order, of 3.00.\n", ""},
		{"no such column in a sentence", strings.Replace(text, "{breaches}", "{lines}", 1), "", "conditions/Z01_in_order.sql: condition Z01"},
		{"no such column in an if", strings.Replace(text, "breaches > 1", "lines > 1", 1), "", "conditions/Z01_in_order.sql: condition Z01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := answers(t, shared, c.text)
			if got != c.want || (err == nil) != (c.fault == "") || err != nil && !strings.Contains(err.Error(), c.fault) {
				t.Errorf("the answers are\n%s\nwant\n%s\nand the fault is %v, to hold %q", got, c.want, err, c.fault)
			}
		})
	}
}

// answers is what a condition answers for each fund, a line each.
func answers(t *testing.T, shared fs.FS, text string) (string, error) {
	t.Helper()
	set, err := load(good, "conditions/Z01_in_order.sql", text)
	if err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("duckdb", "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	engine := metrics.Engine{Set: set, Conn: conn, Periods: period.Year(2023).Periods()[:1], Schema: "temp"}
	if err := engine.Tables(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := engine.Conditions(t.Context(), shared); err != nil {
		return "", err
	}
	rows, err := conn.QueryContext(t.Context(), "SELECT fund, status, evidence FROM condition ORDER BY fund")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var out strings.Builder
	for rows.Next() {
		var fund, status, evidence string
		if err := rows.Scan(&fund, &status, &evidence); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, fund, status, evidence)
	}
	return out.String(), rows.Err()
}
