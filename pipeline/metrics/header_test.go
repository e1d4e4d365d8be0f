package metrics_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"mojreturns/pipeline/metrics"
	"mojreturns/queries"
)

const good = `-- metric: X01 things
-- title:  Things
-- count:  rows
-- when:   received_date
-- unit:   things
SELECT 1
`

// load reads one metric file in a folder that is otherwise in order.
func load(text string, more ...string) (*metrics.Set, error) {
	fsys := fstest.MapFS{
		"metrics/X01_things.sql":  {Data: []byte(text)},
		"reference/dimension.csv": {Data: []byte("dimension,list,column,blank,metrics\nsource,referral_source,code,NK,\n")},
	}
	for i := 0; i+1 < len(more); i += 2 {
		fsys[more[i]] = &fstest.MapFile{Data: []byte(more[i+1])}
	}
	return metrics.Load(fsys)
}

func TestNearMissesOfAHeader(t *testing.T) {
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for _, c := range []struct{ name, text, want string }{
		{"unknown key", replace("-- unit:", "-- units:"), `metrics/X01_things.sql:5: unknown key "units"; the keys are metric, title, count, unit, when, by, scopes, protect, total, prefer, needs, note`},
		{"missing key", replace("-- title:  Things\n", ""), `key "title" is missing from the header`},
		{"repeated key", replace("-- when:", "-- title:"), `metrics/X01_things.sql:4: key "title" is given twice, first on line 2`},
		{"empty value", replace("Things", ""), `metrics/X01_things.sql:2: key "title" has no value`},
		{"another first line", replace("-- metric:", "-- metrics:"), "metrics/X01_things.sql:1: the first line must be `-- metric: CODE name`"},
		{"a comment in the header", replace("-- unit:", "-- see the notes\n-- unit:"), "is not a header line such as `-- unit: working days`"},
		{"small code", replace("X01 things", "x01 things"), "\"x01 things\" is not a code and a name, such as `R08 days_to_contact`"},
		{"count without expression", replace("rows", "sum"), `count "sum" needs an expression`},
		{"count that is nothing", replace("rows", "number of rows"), `count "number of rows" is neither rows, rows per NUMBER COLUMN, distinct, sum, mean, median, p90, share nor a formula`},
		{"rate without a list", replace("rows", "rows per 10000 population_2021"), "metrics/X01_things.sql: `rows per 10000 population_2021` needs one breakdown, by a code list"},
		{"one date of two", replace("received_date", "open received_date"), `when "open received_date" needs two dates`},
		{"no when", replace("-- when:   received_date\n", ""), `key "when" is missing from the header`},
		{"no SQL", replace("SELECT 1\n", ""), "there is no SELECT below the header"},
		{"bad scope", replace("-- unit:", "-- scopes: fund office\n-- unit:"), `scope "office" is not one of all, fund, service, provider, claimed`},
		{"bad protect", replace("-- unit:", "-- protect: everyone\n-- unit:"), `protect is "everyone"; it can be victims, delegates, none`},
		{"formula with rows", replace("rows", "R01 / R02"), "a formula takes its rows and periods from its parts"},
		{"prefer without people", replace("-- unit:", "-- prefer: rank\n-- unit:"), "prefer belongs to `count: distinct` only"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(c.text)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("the sentence is\n%v\nand must hold\n%s", err, c.want)
			}
		})
	}
	if _, err := load(good); err != nil {
		t.Errorf("the file all these are made from is refused: %v", err)
	}
}

func TestSeveralMistakesAreReportedTogether(t *testing.T) {
	_, err := load(strings.Replace(strings.Replace(good, "rows", "sum", 1), "-- unit:", "-- units:", 1), "metrics/X01_again.sql", good)
	for _, want := range []string{`count "sum" needs`, `unknown key "units"`, `key "unit" is missing`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not reported in: %v", want, err)
		}
	}
}

func TestCodesAreGivenOnce(t *testing.T) {
	_, err := load(good, "metrics/X01_again.sql", good)
	want := `metrics/X01_things.sql: code "X01" is already used by metrics/X01_again.sql; every code is given once`
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("the sentence is %v, and must hold %s", err, want)
	}
}

func TestFormulas(t *testing.T) {
	formula := func(count, more string) string {
		return "-- metric: Y01 ratio\n-- title: Ratio\n-- count: " + count + "\n" + more + "-- unit: share\n"
	}
	for _, c := range []struct{ name, count, more, want string }{
		{"quotient", "X01 / X01", "", ""},
		{"brackets and constants", "(X01 + 2.5) * 3 / (X01 - 1)", "", ""},
		{"narrowed", "X01[source=POL] / X01", "", `X01 is not broken down by "source", so formula Y01 cannot narrow it`},
		{"by what a part has not", "X01 / X01", "-- by: source\n", `formula Y01 is by "source" but its part X01 is not`},
		{"unknown part", "X01 / X02", "", `formula Y01 needs "X02", which no file defines`},
		{"part of itself", "X01 / Y01", "", "formula Y01 is part of itself"},
		{"open bracket", "(X01 + X01", "", "a closing bracket is missing"},
		{"two operators", "X01 + / X01", "", "a metric code or a number is expected"},
		{"no code", "1 + 2", "", "no metric code is in it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(good, "metrics/Y01_ratio.sql", formula(c.count, c.more))
			switch {
			case c.want == "" && err != nil:
				t.Errorf("%s is refused: %v", c.count, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("the sentence is %v, and must hold %s", err, c.want)
			}
		})
	}
}

// TestFormulasComeAfterTheirParts holds for the program's own metrics, and
// their scopes are those that all parts have.
func TestFormulasComeAfterTheirParts(t *testing.T) {
	set, err := metrics.Load(queries.Files)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, m := range set.Metrics {
		seen[m.Code] = true
		for _, part := range map[string][]string{"TR02F": {"TR02A", "TR02O"}, "S03": {"S03P", "S02"}, "S05": {"S01", "S04"}}[m.Code] {
			if !seen[part] {
				t.Errorf("%s comes before its part %s", m.Code, part)
			}
		}
	}
	for code, want := range map[string]string{"TR02F": "all fund provider", "S03": "claimed", "S05": "claimed"} {
		m, ok := set.Metric(code)
		if got := strings.Join(m.Scopes, " "); !ok || got != want {
			t.Errorf("%s has the scopes %q, not %q", code, got, want)
		}
	}
}
