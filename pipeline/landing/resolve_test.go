package landing_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
)

// one is a provider with one feed of one pattern.
func one(code, files string) []register.Provider {
	return []register.Provider{{Code: code, Feeds: []register.Feed{{Feed: "referrals", Files: files, Delivered: "refresh"}}}}
}

func TestPatterns(t *testing.T) {
	cases := []struct{ files, name, want string }{
		// want is year, version, date; or why no pattern fits
		{"r_{year}_v{version}.csv", "r_2023-24_v2.csv", "2023-24 2 -"},
		{"r_{year}_v{version}.csv", "r_2023_24_v2.csv", "2023-24 2 -"},
		{"r_{year}_v{version}.csv", "r_202324_v2.csv", "2023-24 2 -"},
		{"r_{year}_v{version}.csv", "r_2023-2024_v2.csv", "2023-24 2 -"},
		{"r_{year}_v{version}.csv", "r_2023_2024_v010.csv", "2023-24 10 -"},
		{"r_{year}_v{version}.csv", "R_2023-24_V2.CSV", "2023-24 2 -"},
		{"r_{year}_v{version}.csv", "r_2099-00_v2.csv", "no pattern fits"},
		{"r_{year}_v{version}.csv", "r_2023-25_v2.csv", `no pattern fits: 2023-25 is not a financial year, whose halves follow each other as in 2023-24 (pattern "r_{year}_v{version}.csv" of P)`},
		{"r_{year}_v{version}.csv", "r_2024-2023_v2.csv", `no pattern fits: 2024-2023 is not a financial year, whose halves follow each other as in 2023-24 (pattern "r_{year}_v{version}.csv" of P)`},
		{"r_{year}_v{version}.csv", "r_2023-24_v.csv", "no pattern fits"},
		{"r_{year}_v{version}.csv", "r_2023-24_v1234567890.csv", `no pattern fits: 1234567890 is too long for a version (pattern "r_{year}_v{version}.csv" of P)`},
		{"r_{year}_v{version}.csv", "xr_2023-24_v2.csv", "no pattern fits"},
		{"r_{year}_v{version}.csv", "r_2023-24_v2.csv.bak", "no pattern fits"},
		{"r_{year}_v{version}.csv", "r_2023-24_v2xcsv", "no pattern fits"},
		{"r_{year}*.csv", "r_2023-24 Q3 (final).csv", "2023-24 - -"},
		{"r_{year}*.csv", "r_2023-24.csv", "2023-24 - -"},
		{"*_v{version}.csv", "r_v1_v12.csv", "2023-24 12 -"}, // no year: that of the day received
		{"*{version}.csv", "return 12.csv", "2023-24 12 -"},
		{"r {date}.csv", "r 2023-03-31.csv", "2022-23 - 2023-03-31"}, // no year: that of the date
		{"r_{date}.csv", "r_20230401.csv", "2023-24 - 2023-04-01"},
		{"r_{date}.csv", "r_2023-02-30.csv", `no pattern fits: 2023-02-30 is not a date (pattern "r_{date}.csv" of P)`},
		{"r_{date}.csv", "r_20231301.csv", `no pattern fits: 20231301 is not a date (pattern "r_{date}.csv" of P)`},
		{"r_{year}_{date}_v{version}.csv", "r_2023-24_20240105_v3.csv", "2023-24 3 2024-01-05"},
		{"r_{year}_q{quarter}.csv", "r_2023-24_Q4.csv", "2023-24 - -"},
		{"r_{year}_q{quarter}.csv", "r_2023-24_q5.csv", `no pattern fits: 5 is not a quarter, which is 1 to 4 (pattern "r_{year}_q{quarter}.csv" of P)`},
		{"r+(final)_{year}.csv", "r+(final)_2023-24.csv", "2023-24 - -"},
		{"£ café_{year}.csv", "£ CAFÉ_2023-24.csv", "2023-24 - -"},
	}
	for _, c := range cases {
		receipt := landing.Receipt{Number: 1, Name: c.name, Received: at("2024-03-31 12:00")}
		all, err := landing.Resolve([]landing.Receipt{receipt}, nil, one("P", c.files), time.UTC)
		if err != nil || len(all) != 1 {
			t.Errorf("%s: %d deliveries, %v", c.name, len(all), err)
			continue
		}
		got := all[0].Why
		if d := all[0]; d.Feed != "" {
			version, date := "-", "-"
			if d.Version >= 0 {
				version = fmt.Sprint(d.Version)
			}
			if !d.Date.IsZero() {
				date = d.Date.Format(time.DateOnly)
			}
			got = fmt.Sprintf("%s %s %s", d.Year, version, date)
		}
		if strings.HasPrefix(c.name, "r_2099-00") { // the calendar's century ends there
			got, _, _ = strings.Cut(got, ":")
		}
		if got != c.want {
			t.Errorf("%s with %s: got %q, want %q", c.files, c.name, got, c.want)
		}
	}
}

func TestPatternsThatCannotBeUnderstood(t *testing.T) {
	for files, want := range map[string]string{
		"r_{yaer}.csv":        `{yaer} is not known; there are {year}, {quarter}, {version}, {date} and *`,
		"{year}/r.csv":        "without folders",
		"r_{year}_{year}.csv": "{year} stands twice",
		"":                    "the pattern is missing",
	} {
		if err := landing.CheckPattern(files); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", files, err, want)
		}
	}
	for _, p := range providers() {
		for _, f := range p.Feeds {
			if err := landing.CheckPattern(f.Files); err != nil {
				t.Error(f.Files, err)
			}
		}
	}
}

func TestOneWorkbookServesTwoFeeds(t *testing.T) {
	w := newWorkspace(t)
	w.land("slt_training_2023-24_v1.xlsx", "A", landing.Given{})
	w.land("slt_training_2023-24_v2.xlsx", "B", landing.Given{})
	var got []string
	for _, d := range w.current() {
		got = append(got, fmt.Sprintf("%d %s %s %s", d.Order, d.Feed, d.Spec.Sheet, d.Name))
	}
	want := []string{"1 training_delegates Delegates slt_training_2023-24_v2.xlsx", "2 training_sessions Sessions slt_training_2023-24_v2.xlsx"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestTwoProvidersClaimingOneName(t *testing.T) {
	both := append(one("P", "r_{year}.csv"), one("Q", "*_2023-24.csv")...)
	receipts := []landing.Receipt{
		{Number: 1, Name: "r_2023-24.csv", SHA256: "a", Received: at("2024-01-10 09:00")},
		{Number: 2, Name: "r_2023-24.csv", SHA256: "b", Received: at("2024-01-11 09:00"), Provider: "Q"},
	}
	all, err := landing.Resolve(receipts, nil, both, time.UTC)
	if err == nil || !strings.Contains(err.Error(), `"*_2023-24.csv" of Q and "r_{year}.csv" of P`) {
		t.Errorf("got %v", err)
	}
	all = landing.Current(all, time.Time{})
	if len(all) != 2 || all[0].Current || all[0].Why == "" || !all[1].Current || all[1].Provider != "Q" {
		t.Errorf("got %+v", all)
	}
}

// Each case is a list of deliveries, each "name hash day received", and what
// Current says of each, in its order: "name hash: current" or why not.
func TestCurrent(t *testing.T) {
	shuffled := []register.Provider{{Code: "P", Feeds: []register.Feed{
		{Feed: "referrals", Files: "r_{year}_v{version}.csv", Delivered: "refresh"},
		{Feed: "spend", Files: "s_{year}*.csv", Delivered: "increment"},
		{Feed: "match_funding", Files: "m_{date}.csv", Delivered: "refresh"},
		{Feed: "training_sessions", Files: "t_{year}_q{quarter}*.csv", Delivered: "increment"},
	}}}
	withdrawals := []landing.Withdrawal{{Number: 90, SHA256: "w", Reason: "sent in error", By: "an officer", At: at("2024-01-20 12:00")}}
	cases := []struct {
		name, asAt string
		deliveries []string
		want       []string
	}{
		{"refresh: the highest version of each year", "", []string{
			"r_2023-24_v10.csv a 2024-01-01", "r_2023-24_v9.csv b 2024-01-02", "r_2022-23_v1.csv c 2024-01-03"}, []string{
			"r_2022-23_v1.csv c: current", "r_2023-24_v9.csv b: replaced by r_2023-24_v10.csv", "r_2023-24_v10.csv a: current"}},
		{"refresh: of one version the latest received, then the hash", "", []string{
			"r_2023-24_v1.csv c 2024-01-02", "r_2023_24_v1.csv a 2024-01-01", "r_202324_v1.csv b 2024-01-02"}, []string{
			"r_2023_24_v1.csv a: replaced by r_2023-24_v1.csv", "r_202324_v1.csv b: replaced by r_2023-24_v1.csv", "r_2023-24_v1.csv c: current"}},
		{"increment: every one", "", []string{
			"s_2023-24_q2.csv b 2024-01-02", "s_2023-24_q1.csv a 2024-01-01", "s_2023-24_q1.csv c 2024-01-03"}, []string{
			"s_2023-24_q1.csv a: current", "s_2023-24_q2.csv b: current", "s_2023-24_q1.csv c: current"}},
		{"increment: the same bytes once, at their latest place", "", []string{
			"s_2023-24_q1.csv a 2024-01-01", "s_2023-24_q1.csv b 2024-01-02", "s_2023-24_q1.csv a 2024-01-03"}, []string{
			"s_2023-24_q1.csv a: sent again as delivery 3, s_2023-24_q1.csv", "s_2023-24_q1.csv b: current", "s_2023-24_q1.csv a: current"}},
		{"increment of a quarter: a corrected file stands for the earlier of its quarter alone", "", []string{
			"t_2023-24_q2.csv b 2024-01-02", "t_2023-24_q1.csv a 2024-01-01", "t_2023-24_q1_mended.csv c 2024-01-03", "t_2022-23_q1.csv d 2024-01-04"}, []string{
			"t_2022-23_q1.csv d: current", "t_2023-24_q1.csv a: replaced by t_2023-24_q1_mended.csv", "t_2023-24_q1_mended.csv c: current",
			"t_2023-24_q2.csv b: current"}},
		{"increment of a quarter: with the correction withdrawn the earlier counts again", "", []string{
			"t_2023-24_q1.csv a 2024-01-01", "t_2023-24_q1.csv w 2024-01-03"}, []string{
			"t_2023-24_q1.csv a: current", "t_2023-24_q1.csv w: withdrawn: sent in error"}},
		{"the date in the name goes before the time received", "", []string{
			"m_20231231.csv b 2024-01-01", "m_2023-09-30.csv a 2024-01-02"}, []string{
			"m_2023-09-30.csv a: replaced by m_20231231.csv", "m_20231231.csv b: current"}},
		{"a withdrawn one lets the earlier count again", "", []string{
			"r_2023-24_v1.csv a 2024-01-01", "r_2023-24_v2.csv w 2024-01-02"}, []string{
			"r_2023-24_v1.csv a: current", "r_2023-24_v2.csv w: withdrawn: sent in error"}},
		{"as at before the withdrawal", "2024-01-20 11:59", []string{
			"r_2023-24_v1.csv a 2024-01-01", "r_2023-24_v2.csv w 2024-01-02"}, []string{
			"r_2023-24_v1.csv a: replaced by r_2023-24_v2.csv", "r_2023-24_v2.csv w: current"}},
		{"as at before the second came", "2024-01-01 23:59", []string{
			"r_2023-24_v1.csv a 2024-01-01", "r_2023-24_v2.csv b 2024-01-02"}, []string{
			"r_2023-24_v1.csv a: current"}},
		{"no pattern", "", []string{"x.csv a 2024-01-01"}, []string{"x.csv a: no pattern fits"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var receipts []landing.Receipt
			for i, d := range c.deliveries {
				f := strings.Fields(d)
				receipts = append(receipts, landing.Receipt{Number: i + 1, Name: f[0], SHA256: f[1], Received: day(f[2])})
			}
			all, err := landing.Resolve(receipts, withdrawals, shuffled, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			asAt := time.Time{}
			if c.asAt != "" {
				asAt = at(c.asAt)
			}
			var got []string
			order := 0
			for _, d := range landing.Current(all, asAt) {
				why := d.Why
				if d.Current {
					order++
					why = "current"
				}
				if d.Current != (d.Order > 0) || d.Current && d.Order != order {
					t.Errorf("%s has order %d", d.Name, d.Order)
				}
				got = append(got, fmt.Sprintf("%s %s: %s", d.Name, d.SHA256, why))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestARefusedFileReplacesNothing(t *testing.T) {
	w := newWorkspace(t)
	w.land("slt_referrals_2023-24_v1.csv", "A", landing.Given{})
	w.land("slt_referrals_2023-24_v2.csv", "B", landing.Given{})
	all, err := w.Deliveries(w.providers, time.UTC, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	all[1].Refused = "an unclosed quote begins in line 7"
	all = landing.Current(all, time.Time{})
	if !all[0].Current || all[0].Why != "" || all[1].Current || all[1].Why != "refused: an unclosed quote begins in line 7" {
		t.Errorf("got %v %q, %v %q", all[0].Current, all[0].Why, all[1].Current, all[1].Why)
	}
}

func TestTheDayReceivedIsThatOfTheWorkspace(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	// Half past eleven at night in UTC on 31 March 2024 is half past midnight on 1 April in London.
	receipt := landing.Receipt{Number: 1, Name: "r.csv", Received: at("2024-03-31 23:30")}
	for loc, want := range map[*time.Location]string{london: "2024-25", time.UTC: "2023-24"} {
		all, err := landing.Resolve([]landing.Receipt{receipt}, nil, one("P", "r.csv"), loc)
		if err != nil || all[0].Year != want || all[0].YearStated {
			t.Errorf("%s: %+v, %v", loc, all, err)
		}
	}
}

// Two sheets of one workbook may both be one feed: neither replaces the other.
func TestTwoSheetsOfOneFeed(t *testing.T) {
	config := one("P", "r_{year}_v{version}.xlsx")
	north := config[0].Feeds[0]
	north.Sheet = "North"
	config[0].Feeds = append(config[0].Feeds, north)
	receipts := []landing.Receipt{
		{Number: 1, Name: "r_2023-24_v1.xlsx", SHA256: "a", Received: at("2024-01-10 09:00")},
		{Number: 2, Name: "r_2023-24_v2.xlsx", SHA256: "b", Received: at("2024-01-11 09:00")},
	}
	all, err := landing.Resolve(receipts, nil, config, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range landing.Current(all, time.Time{}) {
		got = append(got, fmt.Sprintf("%s %q %v", d.Name, d.Spec.Sheet, d.Current))
	}
	want := []string{`r_2023-24_v1.xlsx "" false`, `r_2023-24_v1.xlsx "North" false`, `r_2023-24_v2.xlsx "" true`, `r_2023-24_v2.xlsx "North" true`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The order in which versioned files are landed never changes what counts.
func TestLandingOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var names []string
		for _, form := range []string{"slt_referrals_%s_v%d.csv", "slt_training_%s_v%d.xlsx", "finance_spend_%s_v%d.csv"} {
			for _, year := range []string{"2022-23", "2023-24"} {
				for _, v := range rapid.SliceOfNDistinct(rapid.IntRange(0, 12), 0, 4, rapid.ID[int]).Draw(t, "versions") {
					names = append(names, fmt.Sprintf(form, year, v))
				}
			}
		}
		order := rapid.Permutation(names).Draw(t, "order")
		if diff := cmp.Diff(currentOf(t, names), currentOf(t, order)); diff != "" {
			t.Fatalf("landed as %v: %s", order, diff)
		}
	})
}

// currentOf tells what is current of files landed a minute apart, in order.
func currentOf(t *rapid.T, names []string) []string {
	var receipts []landing.Receipt
	for i, name := range names {
		receipts = append(receipts, landing.Receipt{Number: i + 1, Name: name, SHA256: "of " + name, Received: at("2024-01-10 09:00").Add(time.Duration(i) * time.Minute)})
	}
	all, err := landing.Resolve(receipts, nil, providers(), time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var current []string
	for _, d := range landing.Current(all, time.Time{}) {
		if d.Current {
			current = append(current, fmt.Sprintf("%d %s %s %s", d.Order, d.Provider, d.Feed, d.Name))
		}
	}
	return current
}
