package briefing_test

import (
	"context"
	"database/sql"
	"encoding/csv"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/warehouse"
)

// The tables of testdata as the warehouse has them.
var columnTypes = map[string]string{
	"value": "DECIMAL(38,10)", "numerator": "DECIMAL(38,10)", "denominator": "DECIMAL(38,10)", "limit_value": "DECIMAL(38,10)",
	"n": "BIGINT", "breaches": "BIGINT", "rows": "BIGINT", "accepted": "BIGINT", "rejected": "BIGINT", "current": "BOOLEAN", "covered": "BOOLEAN",
	"period_start": "DATE", "period_end": "DATE", "spend_from": "DATE", "spend_by": "DATE",
}

// warehouseOf makes a database of every CSV file in testdata.
func warehouseOf(t *testing.T) *sql.DB {
	t.Helper()
	w, err := warehouse.Create(context.Background(), filepath.Join(t.TempDir(), "briefing.duckdb"), warehouse.Settings{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	db := w.Pool()
	do := func(statement string, arguments ...any) {
		if _, err := db.Exec(statement, arguments...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	do("CREATE SCHEMA register; CREATE SCHEMA reference")
	files, err := filepath.Glob("testdata/*.csv")
	if err != nil || len(files) == 0 {
		t.Fatalf("no testdata: %v", err)
	}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		table := strings.TrimSuffix(filepath.Base(file), ".csv")
		var columns, places []string
		for _, name := range rows[0] {
			kind := columnTypes[name]
			if kind == "" {
				kind = "VARCHAR"
			}
			columns = append(columns, `"`+name+`" `+kind)
			place := "nullif(?, '')::" + kind
			if name == "dimension" || name == "category" || strings.HasSuffix(name, "marker") {
				place = "?" // empty, never NULL
			}
			places = append(places, place)
		}
		do("CREATE TABLE " + table + " (" + strings.Join(columns, ", ") + ")")
		for _, row := range rows[1:] {
			arguments := make([]any, len(row))
			for i, cell := range row {
				arguments[i] = cell
			}
			do("INSERT INTO "+table+" VALUES ("+strings.Join(places, ", ")+")", arguments...)
		}
	}
	return db
}

func request() briefing.Request {
	return briefing.Request{
		OfService: func(code string) bool { return strings.HasPrefix(code, "R") }, Before: "2023-24-Q2",
		Period: "2023-24-Q3", PeriodWords: "October to December 2023 (quarter 3 of 2023-24)",
		MoneyScope: "fund:UPLIFT", MoneyName: "Core uplift",
		ActivityScope: "service:STK-ADV", ActivityName: "Stalking advocacy service",
		Office: "Office of the Police and Crime Commissioner for Cleveland",
		Frozen: time.Date(2024, 1, 15, 6, 0, 0, 0, time.UTC), Build: "000007-0a1b2c",
	}
}

func collect(t *testing.T, db *sql.DB, r briefing.Request) briefing.Data {
	t.Helper()
	r.Pack = pack(t)
	d, err := briefing.Collect(context.Background(), db, os.DirFS("../../queries"), r)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestCollect(t *testing.T) {
	d := collect(t, warehouseOf(t), request())
	check := func(what string, want, got any) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	check("funds", []briefing.Fund{{"A fund without a window", "[x]", "[x]", "[x]", "[z]"}, {"Another fund", "£999,999.00", "[x]", "[x]", "456"},
		{"Core uplift", "£22,528.57", "£15,000.50", "£23,000.00", "91"}}, d.Funds)
	check("services", []briefing.Service{{"Hub service", "Victim hub", "[x]", "[x]", "[x]", "[x]"}, {"Stalking advocacy service", "SLT2", "64", "[x]", "33", "31"}}, d.Services)
	check("decisions", briefing.Decision{Condition: "The extract ties to the ledger", Code: "C12", Fund: "Core uplift", Status: "not met",
		Evidence: "1 ledger period differs.", SpendBy: "31 March 2024", Needed: "Have finance reconcile the ledger; the return cannot leave before."}, d.Decisions[0])
	check("funds drawn", "One value is shown: £15,000.50 (Core uplift).", d.FundsChart.Sentence)
	check("funding", []briefing.Fact{
		{"Award", "£22,528.57", "the fund's maximum, with what was added by the end of the period"},
		{"Spent so far", "£15,000.50", "eligible spend from the start of the fund to the end of the period"},
		{"Spent in the period", "£9,000.26", "the part of it in the period of this briefing"}, // half a penny goes away from zero
		{"Left", "£7,528.07", "award less spent so far"},
		{"Forecast outturn", "£23,000.00", "spent so far, with what is forecast for the months to come"},
		{"Forecast underspend", "-£471.43", "award less forecast outturn; below zero is an overspend"},
		{"Days left to spend", "91", "after the end of the period; the spend window is 4 October 2023 to 31 March 2024"}, // 31 + 29 + 31
	}, d.Funding)
	check("conditions", []briefing.Condition{
		{"C12", "The extract ties to the ledger", "not met", "1 ledger period differs.", "local"},
		{"C01", "Spend is within the maximum", "at risk", "The forecast outturn is over it.", "decision record"},
		{"C02", "Spent inside the spend window", "met", "All spend is for service inside the window.", "decision record"},
		{"C13", "Repayable amount", "not applicable", "The final period is still to come.", "local"},
	}, d.Conditions)
	check("training", []briefing.Measure{
		{"Sessions delivered", "1", "3"},
		{"Places attended", "12", "[x]"}, // there is no such figure
		{"Completions", "9", "1,050"},
		{"People trained", "9", "1,048"},
		{"Completions by front-line staff", "[u]", "83.3% (n = 1,050)"}, // 8 of 9 is a percentage of fewer than 10
	}, d.Training)
	check("organisations", []briefing.Organisation{
		{"Police", "1,022", "1,021", "90.0% (n = 1,000)"}, // 22 not known leave the denominator
		{"Local authority", "12", "12", "60.0% (n = 10)"},
		{"Probation", "8", "8", "[u]"},
		{"Health", "0", "0", "[z]"},
		{"Housing", "[c]", "[c]", "[c]"}, // hidden figures have no value and come last
		{"Voluntary and community", "[c]", "[c]", "[c]"},
	}, d.Organisations)
	check("quarters", []briefing.Quarter{
		{"Quarter 1", "April to June 2023", "[c]", "0", "0", "[x]", false},
		{"Quarter 2", "July to September 2023", "41", "38", "20", "18", false},
		{"Quarter 3", "October to December 2023", "64", "[x]", "33", "31", false},
		{"Quarter 4", "January to March 2024", "[z]", "[z]", "[z]", "[z]", false}, // still to come, whatever the table says
		{"Year to date", "April 2023 to December 2023", "[c]", "99", "53", "31", true},
	}, d.Quarters)
	check("deliveries", []briefing.Delivery{
		{"NEW", "spend", "1", "12", "12", "0"},
		{"Stalking advocacy provider", "training sessions", "1", "3", "3", "0"},
		{"Victim hub", "referrals", "2", "1,204", "[c]", "[c]"},
	}, d.Deliveries)
	check("missing", []briefing.Missing{
		{"NEW", "ledger control", "2023-24-Q1", "nothing received covers 2023-24-Q1; it was due by 18 July 2023"},
		{"Victim hub", "referrals", "2023-24-Q3", "nothing received covers 2023-24-Q3; it was due by 15 January 2024"},
	}, d.Missing)
	check("messages", []string{
		"Core uplift: £15,000.50 of the award of £22,528.57 was spent by 31 December 2023; £7,528.07 is left. Days left to spend it: 91.",
		"Its conditions: 1 not met, 1 at risk, 1 met. Not met: The extract ties to the ledger. At risk: Spend is within the maximum.",
		"Training, year to date: 1,048 people trained in 3 sessions; completions by front-line staff: 83.3% (n = 1,050).",
		"Referrals to the Stalking advocacy service: 64 referrals in October to December 2023 (quarter 3 of 2023-24), 23 more than in the quarter before.",
	}, messages(d))
	check("dates", []string{"2023-24", "1 April 2023 to 31 December 2023", "15 January 2024, 06:00"}, []string{d.Year, d.ToDate, d.Frozen})
	check("chart", "Lowest 41 (Quarter 2), highest 64 (Quarter 3), last 64 (Quarter 3). 2 of 4 cannot be shown.", d.Chart.Sentence)
	check("columns", 2, strings.Count(string(d.Chart.SVG), "class=\"mark\""))
	render(t, d)
}

// messages are the bullets of the summary.
func messages(d briefing.Data) []string {
	var out []string
	for _, line := range d.Sections[0].Blocks[1].Lines {
		text := ""
		for _, w := range line {
			text += w.Words
		}
		out = append(out, text)
	}
	return out
}

func TestCollectWithoutFigures(t *testing.T) {
	r := request()
	r.Period, r.MoneyScope, r.ActivityScope = "2023-24", "fund:OPEN", "service:NONE"
	d := collect(t, warehouseOf(t), r)
	if got, want := d.Funding[6], (briefing.Fact{Label: "Days left to spend", Value: "[z]", Note: "this fund has no spend window"}); got != want {
		t.Errorf("%v, want %v", got, want)
	}
	if got, want := d.Chart.Sentence, "No value can be shown."; got != want {
		t.Errorf("the chart says %q, want %q", got, want)
	}
	if got, want := messages(d)[0], "Core uplift: nothing to show for this period."; got != want {
		t.Errorf("message %q, want %q", got, want)
	}
	render(t, d)
}

func TestNoBriefingForAMonthOrAStranger(t *testing.T) {
	db := warehouseOf(t)
	for _, period := range []string{"2023-10", "2031-32-Q1"} {
		r := request()
		r.Period = period
		_, err := briefing.Collect(context.Background(), db, os.DirFS("../../queries"), r)
		want := `there is no briefing for "` + period + `": it is made for a quarter, a half or a year that the warehouse covers`
		if err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func TestMistakesInQueriesAreReportedTogether(t *testing.T) {
	queries := fstest.MapFS{}
	for _, name := range []string{"conditions", "decisions", "deliveries", "funds", "missing", "money", "organisations", "period", "referrals", "services", "training"} {
		file := "briefing/" + name + ".sql"
		text, err := fs.ReadFile(os.DirFS("../../queries"), file)
		if err != nil {
			t.Fatal(err)
		}
		queries[file] = &fstest.MapFile{Data: text}
	}
	delete(queries, "briefing/training.sql")
	queries["briefing/money.sql"] = &fstest.MapFile{Data: []byte("-- briefing: money\n-- Title: Money\n-- unit: pounds\nSELECT $fund")}
	queries["briefing/people.sql"] = &fstest.MapFile{Data: []byte("-- briefing: people\r\n-- title: People\r\nSELECT 1")}
	_, err := briefing.Collect(context.Background(), nil, queries, request())
	want := strings.Join([]string{
		`briefing/money.sql:2: "-- Title: Money" is not a header line such as "-- title: words"`,
		`briefing/money.sql:3: header key "unit" is unknown or given twice; there are briefing, title and shows`,
		`briefing/money.sql: the title is missing`,
		`briefing/money.sql: parameter "$fund" is unknown; there are $period, $money_scope, $activity_scope`,
		`briefing/people.sql: briefing "people" is not a part of the briefing`,
		`briefing/training.sql: the briefing has no query "training"`,
	}, "\n")
	if err == nil || err.Error() != want {
		t.Errorf("mistakes:\n%v\nwant:\n%s", err, want)
	}
}

func TestAQueryWithOtherColumnsIsRefused(t *testing.T) {
	queries := fstest.MapFS{}
	entries, err := fs.Glob(os.DirFS("../../queries"), "briefing/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range entries {
		text, err := fs.ReadFile(os.DirFS("../../queries"), file)
		if err != nil {
			t.Fatal(err)
		}
		queries[file] = &fstest.MapFile{Data: text}
	}
	queries["briefing/conditions.sql"] = &fstest.MapFile{Data: []byte("-- briefing: conditions\n-- title: Conditions\nSELECT code FROM condition")}
	_, err = briefing.Collect(context.Background(), warehouseOf(t), queries, request())
	if want := "briefing/conditions.sql: the columns are code; they must be code, title,"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
