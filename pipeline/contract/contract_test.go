package contract_test

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/contract"
	"mojreturns/queries"
	"mojreturns/templates"
)

func load(t *testing.T) []contract.Contract {
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return contracts
}

func feed(t *testing.T, name string) contract.Contract {
	for _, c := range load(t) {
		if c.Feed == name {
			return c
		}
	}
	t.Fatalf("there is no contract %q", name)
	return contract.Contract{}
}

func lists(t *testing.T) contract.Lists {
	files, err := fs.Glob(queries.Files, "reference/*.csv")
	if err != nil {
		t.Fatal(err)
	}
	lists := contract.Lists{}
	for _, file := range files {
		text, err := fs.ReadFile(queries.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			values := map[string]string{}
			for i, column := range rows[0] {
				values[column] = row[i]
			}
			name := strings.TrimSuffix(path.Base(file), ".csv")
			lists[name] = append(lists[name], values)
		}
	}
	return lists
}

// The contracts are what testdata/contracts.csv says, column by column: a
// change to a YAML file must be meant.
func TestContractsAreAsAgreed(t *testing.T) {
	f, err := os.Open("testdata/contracts.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	got := [][]string{{"feed", "column", "type", "required", "on_error", "rule"}}
	for _, c := range load(t) {
		for _, col := range c.Columns {
			required := "no"
			if col.Constraints.Required {
				required = "yes"
			}
			got = append(got, []string{c.Feed, col.Name, col.Type, required, col.OnError, inWords(c, col)})
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the contracts are not as testdata/contracts.csv says (- agreed, + found):\n%s", diff)
	}
}

func inWords(c contract.Contract, col contract.Column) string {
	var rules []string
	add := func(format string, args ...any) { rules = append(rules, fmt.Sprintf(format, args...)) }
	if col.List != "" {
		add("list %s", strings.Join(append([]string{col.List}, col.Constraints.Enum...), " or "))
	}
	if col.Register != "" {
		add("%s register", col.Register)
	}
	if strings.HasPrefix(col.Constraints.Pattern, "20(14-15|") {
		add("financial year")
	} else if col.Constraints.Pattern != "" {
		add("pattern %s", col.Constraints.Pattern)
	}
	if col.Constraints.Minimum != nil {
		add("%d..%d", *col.Constraints.Minimum, *col.Constraints.Maximum)
	}
	if col.Constraints.MaxLength > 0 {
		add("%d characters", col.Constraints.MaxLength)
	}
	if len(col.NotBefore) > 0 {
		add("on or after %s", strings.Join(col.NotBefore, " and "))
	}
	if len(col.AddsUp) > 0 {
		add("%s to the penny", strings.Join(col.AddsUp, " + "))
	}
	if col.Scale != "" {
		add("within the scale of %s", col.Scale)
	}
	for _, r := range c.References {
		if r.Columns[0] == col.Name {
			add("refers to %s.%s", r.To.Feed, r.To.Columns[0])
		}
	}
	if w := col.RequiredWhen; w != nil && w.Equals == "" {
		add("required when %s is given", w.Column)
	} else if w != nil {
		add("required when %s is %s", w.Column, w.Equals)
	}
	if col.Band != "" {
		add("banded by %s", col.Band)
	}
	return strings.Join(rules, "; ")
}

func TestKeys(t *testing.T) {
	want := map[string]string{
		"referrals":          "referral_id",
		"referral_support":   "referral_id support_type_code mode_code",
		"referral_outcomes":  "referral_id outcome_code scale_code measure_point measured_date",
		"training_sessions":  "session_id",
		"training_delegates": "session_id delegate_pseudo_id",
		"spend":              "txn_id line_no",
		"budget_profile":     "fund_code budget_line_code financial_year period",
		"match_funding":      "provider_code financial_year period source",
		"ledger_control":     "fund_code financial_year period",
	}
	got := map[string]string{}
	for _, c := range load(t) {
		got[c.Feed] = strings.Join(c.Key, " ")
		if c.Title == "" || c.Description == "" {
			t.Errorf("%s has no title or no description", c.Feed)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the keys differ (- agreed, + found):\n%s", diff)
	}
}

// A financial year's halves follow each other, inside the calendar.
func TestFinancialYearPattern(t *testing.T) {
	for _, name := range []string{"spend", "budget_profile", "match_funding", "ledger_control"} {
		col, ok := feed(t, name).Column("financial_year")
		if !ok {
			t.Fatalf("%s has no financial_year", name)
		}
		// DuckDB's regexp_full_match, which judges rows, holds the whole value against it
		whole := regexp.MustCompile("^(?:" + col.Constraints.Pattern + ")$")
		for value, want := range map[string]bool{
			"2014-15": true, "2023-24": true, "2028-29": true,
			"2013-14": false, "2029-30": false, "2023-25": false, "2023-23": false, "2023-10": false, "2023/24": false, "23-24": false, "2023-2024": false,
		} {
			if whole.MatchString(value) != want {
				t.Errorf("%s: %q: got %t, want %t", name, value, !want, want)
			}
		}
	}
}

func TestListsAreThere(t *testing.T) {
	known := lists(t)
	if err := contract.CheckLists(load(t), known); err != nil {
		t.Error(err)
	}
	delete(known, "crime_type")
	delete(known, "yes_no_nk")
	known["session_status"] = []map[string]string{{"code": "DEL"}}
	err := contract.CheckLists(load(t), known)
	for _, want := range []string{
		`extracts/referrals.yaml: field "crime_type_code": there is no code list "crime_type"`,
		`extracts/referrals.yaml: field "da_related": there is no code list "yes_no_nk"`,
		`extracts/referrals.yaml: field "risk_tool_code": required_when waits for the code "STK", which crime_type_code cannot have`,
		`extracts/training_sessions.yaml: field "cancel_reason_code": required_when waits for the code "CAN", which status_code cannot have`,
	} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v\nwant it to say %q", err, want)
		}
	}
	for _, c := range load(t) {
		c.Rules(known) // a missing list is an error of CheckLists, never a crash
	}
}

const good = `name: visits
title: Visits
description: One row for each visit.
primaryKey: [visit_id]
fields:
  - {name: visit_id, title: Visit ID, type: text, constraints: {required: true}, on_error: reject}
`

func TestLoadRefuses(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown key", good + "colour: red\n", []string{"extracts/visits.yaml:7: ", `"colour" is not known here`}},
		{"unknown key of a field", good + "  - {name: day, title: Day, type: date, on_error: blank, notbefore: [x]}\n", []string{"extracts/visits.yaml:7: ", `"notbefore" is not known here; did you mean "not_before"?`}},
		{"key given twice", good + "title: Again\n", []string{"extracts/visits.yaml:7: ", `"title" stands here twice, first on line 2`}},
		{"not YAML", "name: [", []string{"extracts/visits.yaml:1: this is no YAML"}},
		{"another file's name", strings.Replace(good, "name: visits", "name: vists", 1), []string{`extracts/visits.yaml: the name is "vists"; it must be the file's, "visits"`}},
		{"several at once", good + `  - {name: day, title: Visit ID, type: dates, on_error: drop}
  - {name: kind, title: Kind, type: code, on_error: blank}
  - {name: age, title: Age, type: integer, constraints: {minimum: 9, maximum: 3}, on_error: blank}
  - {name: ref, title: Ref, type: text, constraints: {pattern: "("}, on_error: blank}
  - {name: end, title: End, type: date, on_error: blank, not_before: [start], register: shop}
`, []string{
			`field "day" has the name or title of the field "visit_id"`,
			`field "day": the type is "dates"; it can be one of`,
			`field "day": on_error is "drop"; it can be reject or blank`,
			`field "kind": a code has a list`,
			`field "age": minimum and maximum go together, the minimum first`,
			`field "ref": the pattern cannot be read`,
			`field "ref": a pattern needs its form in words`,
			`field "end": the register is "shop"; it can be fund, service or provider`,
			`a rule names the field "start", which the contract does not have`,
		}},
		{"key not required", strings.Replace(good, "required: true", "required: false", 1), []string{`field "visit_id" is part of the key, so it must be required`}},
		{"key not a field", strings.Replace(good, "[visit_id]", "[visit]", 1), []string{`a rule names the field "visit"`}},
		{"nothing in it", "name: visits\n", []string{"a contract needs a primaryKey and fields"}},
		{"rules in a circle", good + `  - {name: start, title: Start, type: date, on_error: blank, not_before: [end]}
  - {name: end, title: End, type: date, on_error: blank, not_before: [start]}
`, []string{"the rules of start, end look at each other in a circle"}},
		{"refers to no feed", good + "foreignKeys:\n  - {fields: [visit_id], reference: {resource: calls, fields: [call_id]}}\n", []string{
			`extracts/visits.yaml: a foreign key names the feed "calls", which has no contract`}},
		{"refers to no key", good + "foreignKeys:\n  - {fields: [visit_id], reference: {resource: visits, fields: [day]}}\n", []string{
			"extracts/visits.yaml: a foreign key must name the key of visits, which is visit_id"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := contract.Load(fstest.MapFS{"extracts/visits.yaml": {Data: []byte(c.text)}})
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v\nwant it to say %q", err, want)
				}
			}
		})
	}
	if _, err := contract.Load(fstest.MapFS{}); err == nil || !strings.Contains(err.Error(), "there are no contracts") {
		t.Errorf("an empty folder: got %v", err)
	}
	if _, err := contract.Load(fstest.MapFS{"extracts/visits.yaml": {Data: []byte(good)}}); err != nil {
		t.Errorf("the good one: %v", err)
	}
}

func TestSentences(t *testing.T) {
	found := map[string]contract.Rule{}
	for _, c := range load(t) {
		for _, r := range c.Rules(lists(t)) {
			found[c.Feed+"."+r.Column+": "+r.Name] = r
		}
	}
	for rule, want := range map[string]string{
		"spend.financial_year: form":                        "{column} is {value}, which is not a financial year of the calendar; write the one that starts in April 2023 as 2023-24",
		"spend.gross_amount: adds up":                       "{column} is {value}, which is not net_amount plus vat_amount to the penny",
		"spend.narrative: length":                           "{column} is longer than 200 characters; shorten it",
		"referrals.sex_code: form":                          "{column} is {value}, which is not a code we know; use F, M or NS, or have the value translated in the provider's mapping",
		"referrals.closure_reason_code: required when":      "{column} is blank; it is needed when closure_date is given",
		"referrals.risk_tool_code: required when":           "{column} is blank; it is needed when crime_type_code is STK",
		"referrals.closure_date: before support_start_date": "{column} is {value}, which is before support_start_date; correct whichever date is wrong",
		"referrals.ho_offence_code: form":                   "{column} is {value}, which is not a Home Office offence code; write it as 8/21",
		"referrals.age_years: range":                        "{column} is {value}, which is not between 0 and 110",
		"training_sessions.venue_la_code: form":             "{column} is {value}, which is not a code we know; use E06000001, E06000002, E06000003, E06000004, OOA, NK or ONL, or have the value translated in the provider's mapping",
		"referral_outcomes.score: scale":                    "{column} is {value}, which the scale in scale_code does not have",
	} {
		if got := found[rule].Sentence; got != want {
			t.Errorf("%s\ngot  %q\nwant %q", rule, got, want)
		}
	}
	if got := found["referrals.closure_reason_code: required when"].Severity; got != "blank" {
		t.Errorf("a closure without a reason keeps its row; got severity %q", got)
	}
	if got := found["referrals.closure_date: before support_start_date"].Severity; got != "reject" {
		t.Errorf("a closure before the start rejects its row; got severity %q", got)
	}
}
