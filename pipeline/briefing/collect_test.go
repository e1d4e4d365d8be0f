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
	"n": "BIGINT", "breaches": "BIGINT", "rows": "BIGINT", "accepted": "BIGINT", "rejected": "BIGINT", "current": "BOOLEAN", "covered": "BOOLEAN", "match": "BOOLEAN", "amount": "DECIMAL(18,2)",
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
		OfService: func(code string) bool { return strings.HasPrefix(code, "R") }, Before: "2023-24-Q2", LastYear: "2022-23-Q3",
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
	check("funds", []string{"A fund without a window | [x] | [x] | [x] | no date is set", "Another fund | £999,999.00 | [x] | [x] | 31 March 2025, 456 days left",
		"Core uplift | £22,528.57 | £15,000.50 | £23,000.00 | 31 March 2024, 91 days left"}, rows(d, "funds"))
	check("grants", []string{ // of one grant the spend is not known, so neither is the whole
		"Award | £1,022,527.57 | the maximum of every grant of the area",
		"Spent so far | [x] | eligible spend from the start of each grant",
		"Left | [x] | award less spent so far",
		"Forecast outturn | [x] | spent so far, with what is forecast for the months to come",
	}, rows(d, "grants"))
	check("services", []string{"Hub service (Victim hub) | [x] | [x] | [x] | [x]", "Stalking advocacy service (SLT2) | 64 | [x] | 33 | 31"}, rows(d, "services"))
	check("decisions", "Have finance reconcile the ledger; the return cannot leave before. (The extract ties to the ledger (C12)) | not met | £10.00 | "+
		"Core uplift, to be spent by 31 March 2024: 1 ledger period differs.", rows(d, "decisions")[0])
	check("funds drawn", "One value is shown: 66.6%, £15,000.50 of £22,528.57 (Core uplift).", table(d, "funds").Charts[0].Sentence)
	check("changed", []string{
		"Referrals received (Stalking advocacy service, July to September 2023 (quarter 2 of 2023-24)) | 39 | 41",
		"Spend (Core uplift, July to September 2023 (quarter 2 of 2023-24)) | [x] | £0.00",
		"Front line (Core uplift, July to September 2023 (quarter 2 of 2023-24)) | 50.0% (n = 20) | [u]", // now of fewer than 10
	}, rows(d, "changed"))
	check("money", []string{
		"Award | £22,528.57 | the fund's maximum, with what was added by the end of the period",
		"Spent so far | £15,000.50 | eligible spend from the start of the fund to the end of the period",
		"Spent in the period | £9,000.26 | the part of it in the period of this briefing", // half a penny goes away from zero
		"Left | £7,528.07 | award less spent so far",
		"Forecast outturn | £23,000.00 | spent so far, with what is forecast for the months to come",
		"Forecast underspend | -£471.43 | award less forecast outturn; below zero is an overspend",
		"Days left to spend | 91 | after the end of the period; the spend window is 4 October 2023 to 31 March 2024", // 31 + 29 + 31
	}, rows(d, "money"))
	check("conditions", []string{
		"The extract ties to the ledger (C12) | not met | 1 ledger period differs. (Basis: local.)",
		"Spend is within the maximum (C01) | at risk | The forecast outturn is over it. (Basis: decision record.)",
		"Spent inside the spend window (C02) | met | All spend is for service inside the window. (Basis: decision record.)",
		"Repayable amount (C13) | not applicable | The final period is still to come. (Basis: local.)",
	}, rows(d, "conditions"))
	check("training", []string{
		"Sessions delivered | 1 | 3",
		"Places attended | 12 | [x]", // there is no such figure
		"Completions | 9 | 1,050",
		"People trained | 9 | 1,048",
		"Completions by front-line staff | [u] | 83.3% (n = 1,050)", // 8 of 9 is a percentage of fewer than 10
	}, rows(d, "training"))
	check("organisations", []string{
		"Police | 1,022 | 1,021 | 90.0% (n = 1,000)", // 22 not known leave the denominator
		"Local authority | 12 | 12 | 60.0% (n = 10)",
		"Probation | 8 | 8 | [u]",
		"Health | 0 | 0 | [z]",
		"Housing | [c] | [c] | [c]", // hidden figures have no value and come last
		"Voluntary and community | [c] | [c] | [c]",
	}, rows(d, "organisations"))
	check("quarters", []string{
		"Quarter 3 of 2022-23 (October to December 2022) | 70 | [x] | [x] | [x]", // no pack gave out its quarter 4, and two years are enough
		"Quarter 1 (April to June 2023) | [c] | 0 | 0 | [x]",
		"Quarter 2 (July to September 2023) | 41 | 38 | 20 | 18",
		"Quarter 3 (October to December 2023) | 64 | [x] | 33 | 31",
		"Quarter 4 (January to March 2024) | [z] | [z] | [z] | [z]", // still to come, whatever the table says
		"= Year to date (April 2023 to December 2023) | [c] | 99 | 53 | 31",
	}, rows(d, "referrals"))
	check("deliveries", []string{
		"NEW | spend | 1 | 12 | 12 | 0",
		"Stalking advocacy provider | training sessions | 1 | 3 | 3 | 0",
		"Victim hub | referrals | 2 | 1,204 | [c] | [c]",
	}, rows(d, "deliveries"))
	check("missing", []string{
		"NEW | ledger control | 2023-24-Q1 | nothing received covers 2023-24-Q1; it was due by 18 July 2023",
		"Victim hub | referrals | 2023-24-Q3 | nothing received covers 2023-24-Q3; it was due by 15 January 2024",
	}, rows(d, "missing"))
	check("messages", []string{
		"Money: Core uplift: £15,000.50 of the award of £22,528.57 was spent by 31 December 2023; £7,528.07 is left, with 91 days to spend it.",
		"Funding conditions of Core uplift: 1 not met, 1 at risk, 1 met. Not met: The extract ties to the ledger. At risk: Spend is within the maximum.",
		"Training reach, year to date: 1,048 people trained in 3 sessions; completions by front-line staff: 83.3% (of 1,050).",
		"Referrals: Stalking advocacy service: 64 referrals in October to December 2023 (quarter 3 of 2023-24), 23 more than in the quarter before.",
		"Referrals a year before: Stalking advocacy service: 70 referrals in the same months; this time 6 fewer than a year before.",
	}, messages(d))
	check("dates", []string{"Referrals and cases by quarter", "Completions and people trained, 1 April 2023 to 31 December 2023", "15 January 2024, 06:00"},
		[]string{table(d, "referrals").Caption, table(d, "organisations").Caption, d.Frozen})
	drawn := table(d, "referrals").Charts[0]
	check("chart", "Lowest 41 (Quarter 2), highest 70 (Quarter 3 of 2022-23), last 64 (Quarter 3). Hidden to protect people: Quarter 1. Not applicable: Quarter 4.", drawn.Sentence)
	check("columns", 3, strings.Count(string(drawn.SVG), "class=\"mark\""))
	check("left out", "Left out, because there is nothing to show of it for this period: What those trained say; Reach and waiting; "+
		"Outcomes: Stalking advocacy service; Who is reached: Stalking advocacy service; Protection orders: Stalking advocacy service; the summary's line on Money, all grants.", under(d, "left-out"))
	page(t, d)
}

// table is the one of a name; empty where it was left out.
func table(d briefing.Data, name string) briefing.Table {
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if b.Table.Name == name {
				return b.Table
			}
		}
	}
	return briefing.Table{}
}

// rows are those of a table as text, smaller words in brackets, a total behind =.
func rows(d briefing.Data, name string) []string {
	var out []string
	for _, r := range table(d, name).Rows {
		var cells []string
		for _, c := range r.Cells {
			if c.Small != "" {
				c.Text += " (" + c.Small + ")"
			}
			cells = append(cells, c.Text)
		}
		text := strings.Join(cells, " | ")
		if r.Total {
			text = "= " + text
		}
		out = append(out, text)
	}
	return out
}

// under is the first paragraph below a heading.
func under(d briefing.Data, id string) string {
	for _, s := range d.Sections {
		for i, b := range s.Blocks {
			if b.ID == id {
				return s.Blocks[i+1].Lines[0][0].Words
			}
		}
	}
	return ""
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
	want := "Left out, because there is nothing to show of it for this period: Every fund and service; Money: Core uplift; Training reach; Referrals: Stalking advocacy service; " +
		"Outcomes: Stalking advocacy service; Who is reached: Stalking advocacy service; Protection orders: Stalking advocacy service; the summary's line on Money, all grants; the summary's line on Referrals a year before: Stalking advocacy service."
	if got := under(d, "left-out"); got != want {
		t.Errorf("left out: %q, want %q", got, want)
	}
	if got := messages(d); len(got) != 1 || got[0] != "Funding conditions of Core uplift: none was worked out." {
		t.Errorf("messages %q", got)
	}
	page(t, d)
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
	for _, name := range []string{"conditions", "deliveries"} {
		file := "briefing/" + name + ".sql"
		text, err := fs.ReadFile(os.DirFS("../../queries"), file)
		if err != nil {
			t.Fatal(err)
		}
		queries[file] = &fstest.MapFile{Data: text}
	}
	queries["briefing/money.sql"] = &fstest.MapFile{Data: []byte("-- briefing: money\n-- Title: Money\n-- unit: pounds\n-- column: £: Pounds\n-- chart: pie award: Award\nSELECT $fund")}
	queries["briefing/people.sql"] = &fstest.MapFile{Data: []byte("-- briefing: People\r\n-- title: People of {found}\r\n-- shows: R01 of activity in this, yesterday\r\n-- column: label: Who\r\n-- chart: bar label: Who\r\nSELECT 1")}
	queries["briefing/silent.sql"] = &fstest.MapFile{Data: []byte("-- briefing: silent\n-- title: Silent\n-- column: label: Who\nSELECT label FROM figure")}
	_, err := briefing.Collect(context.Background(), nil, queries, request())
	want := strings.Join([]string{
		`briefing/money.sql:2: "-- Title: Money" is not a header line such as "-- title: words"`,
		`briefing/money.sql:3: header key "unit" is unknown or given twice; there are briefing, title, shows, column, chart and empty`,
		`briefing/money.sql:4: "£: Pounds" is not a column such as "award pounds: Award"; the kinds are count, pounds, share, unit, status and small, or none for words`,
		`briefing/money.sql:5: "pie award: Award" is not a chart such as "bar spent of award: Spent so far"; the kinds are column, line and bar`,
		`briefing/money.sql: the title is missing`,
		`briefing/money.sql: no column says what a row is about: begin with one such as -- column: label: Fund`,
		`briefing/money.sql: parameter "$fund" is unknown; there are $period, $money_scope, $activity_scope`,
		`briefing/people.sql:3:36: "yesterday" is not a period that a question shows; there are this, to-date, quarters, quarters-to-date`,
		`  -- shows: R01 of activity in this, yesterday`,
		`                                     ^`,
		`briefing/people.sql: briefing "People" is not a name of small letters`,
		`briefing/people.sql: the chart draws "label", which is no column of figures`,
		`briefing/people.sql: {found} is none of the words that a caption can say: {period}, {period-end}, {to-date}, {year}, {fund}, {service}, {office}, {conditions}, {largest-hidden}, {left-out}, {window}, {last-release}, {unchanged}`,
		`briefing/silent.sql: it reads figures and does not say which it shows, so it would find none: add a line such as -- shows: R01 of activity in this`,
		`briefing/period.sql: the briefing has no query "period", which tells its dates`,
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
	queries["briefing/conditions.sql"] = &fstest.MapFile{Data: []byte("-- briefing: conditions\n-- title: Conditions\n-- shows: conditions of money in this\n-- column: title: Condition\n-- column: met share: Met\nSELECT title, '1' AS met FROM condition")}
	r := request()
	r.Pack = pack(t)
	_, err = briefing.Collect(context.Background(), warehouseOf(t), queries, r)
	if want := `briefing/conditions.sql: the columns are title, met; "met_n" is missing`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
}
