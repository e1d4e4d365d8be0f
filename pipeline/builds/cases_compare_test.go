package builds_test

import (
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/example"
)

// compareFigures holds every expected row against the figure of its cell. Of a
// breakdown that is expected at all, categories left out must be 0.
func compareFigures(t *testing.T, conn *sql.Conn, code string, expected []map[string]string) {
	t.Helper()
	got := query(t, conn, `SELECT scope, period, dimension, category, value::VARCHAR AS value, numerator::VARCHAR AS numerator,
		denominator::VARCHAR AS denominator, n::VARCHAR AS n, marker FROM figure WHERE code = '`+code+`' ORDER BY ALL`)
	cell := func(row map[string]string) string {
		return strings.TrimRight(strings.Join([]string{row["scope"], row["period"], row["dimension"], row["category"]}, " "), " ")
	}
	found := map[string]map[string]string{}
	for _, row := range got {
		found[cell(row)] = row
	}
	broken := map[string]bool{}
	listed := map[string]bool{}
	for _, want := range expected {
		listed[cell(want)] = true
		broken[want["scope"]+want["period"]+want["dimension"]] = want["dimension"] != ""
		row, ok := found[cell(want)]
		if !ok {
			t.Errorf("%s %s: there is no such figure", code, cell(want))
			continue
		}
		for _, field := range []string{"value", "numerator", "denominator", "n", "marker"} {
			if w, given := want[field]; given && !example.Same(w, row[field]) && !(w == "" && field != "value" && field != "marker") {
				t.Errorf("%s %s: %s is %q, worked by hand it is %q", code, cell(want), field, row[field], w)
			}
		}
	}
	for _, row := range got {
		if broken[row["scope"]+row["period"]+row["dimension"]] && !listed[cell(row)] && !example.Same("0", row["value"]) && row["value"] != "" {
			t.Errorf("%s %s: value is %q, but the case does not list this category", code, cell(row), row["value"])
		}
	}
}

// sentence is one sentence: it begins with a capital or a figure and has one full stop.
var sentence = regexp.MustCompile(`^[-£A-Z0-9]([^.]|\.[0-9])*\.$`)

func compareConditions(t *testing.T, conn *sql.Conn, code string, expected []map[string]string) {
	t.Helper()
	got := query(t, conn, `SELECT fund, period, title, status, value::VARCHAR AS value, limit_value::VARCHAR AS limit_value, evidence, basis, breaches::VARCHAR AS breaches
		FROM condition WHERE code = '`+code+`' ORDER BY ALL`)
	for _, row := range got {
		if !sentence.MatchString(row["evidence"]) || row["basis"] == "" || row["title"] == "" {
			t.Errorf("%s %s %s: the evidence %q is not one sentence, or the basis %q or title %q is missing", code, row["fund"], row["period"], row["evidence"], row["basis"], row["title"])
		}
	}
	for _, want := range expected {
		at := slices.IndexFunc(got, func(row map[string]string) bool {
			return row["fund"] == want["fund"] && row["period"] == want["period"]
		})
		if at < 0 {
			t.Errorf("%s %s %s: there is no answer", code, want["fund"], want["period"])
			continue
		}
		for field, w := range want {
			if g := got[at][field]; !example.Same(w, g) && w != "" {
				t.Errorf("%s %s %s: %s is %q, worked by hand it is %q", code, want["fund"], want["period"], field, g, w)
			}
		}
	}
}

// compareBreaches holds the rows that breach against breaches.csv: the row's
// number in the case's file, for every answer the case lists.
func compareBreaches(t *testing.T, conn *sql.Conn, code string, answers, expected []map[string]string) {
	t.Helper()
	var want []string
	for _, row := range expected {
		want = append(want, strings.Join([]string{row["fund"], row["period"], row["row"], row["effect"], row["amount"]}, " "))
	}
	asked := map[string]bool{}
	for _, a := range answers {
		asked[a["fund"]+" "+a["period"]] = true
	}
	var got []string
	for _, row := range query(t, conn, `SELECT fund, period, "row"::VARCHAR AS "row", effect, amount::VARCHAR AS amount FROM breach WHERE code = '`+code+`' ORDER BY ALL`) {
		if asked[row["fund"]+" "+row["period"]] {
			got = append(got, strings.Join([]string{row["fund"], row["period"], row["row"], row["effect"], row["amount"]}, " "))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: the rows that breach differ from those worked by hand (-) (fund, period, row, effect, amount):\n%s", code, diff)
	}
}

// compareFindings holds everything a check finds against what was worked by hand.
func compareFindings(t *testing.T, conn *sql.Conn, code string, expected []map[string]string) {
	t.Helper()
	line := func(row map[string]string) string {
		return strings.Join([]string{row["period"], row["subject"], row["detail"], row["found"]}, " | ")
	}
	var want, got []string
	for _, row := range expected {
		if row["subject"] != "" { // a row with a period alone asks for the period, and expects nothing
			want = append(want, line(row))
		}
	}
	for _, row := range query(t, conn, "SELECT period, subject, detail, found::VARCHAR AS found FROM finding WHERE code = '"+code+"'") {
		got = append(got, line(row))
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s: what the check finds differs from what was worked by hand (-):\n%s", code, diff)
	}
}
