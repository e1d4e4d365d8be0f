package landing_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
)

// Due dates by hand. Quarter 2 of 2023-24 ends on Saturday 30 September 2023: ten
// working days on is Friday 13 October. Quarter 3 ends on Sunday 31 December, and
// Monday 1 January is a holiday: ten working days on is Monday 15 January. The
// year ends on Easter Sunday, 31 March 2024, and Monday 1 April is a holiday:
// twelve working days on is Wednesday 17 April.
func TestExpect(t *testing.T) {
	expected := func(from, every string, within int) *register.Expected {
		return &register.Expected{From: register.Date{Time: day(from)}, Every: every, Within: within}
	}
	config := []register.Provider{
		{Code: "SLT", Feeds: []register.Feed{
			{Feed: "referrals", Files: "slt_{year}_v{version}.csv", Delivered: "refresh", Expected: expected("2023-07-01", "quarter", 10)},
			{Feed: "match_funding", Files: "match_{year}.csv", Delivered: "refresh", Expected: expected("2023-07-01", "year", 12)},
			{Feed: "training_sessions", Files: "nobody.xlsx", Delivered: "refresh"},
		}},
		{Code: "HUB", Feeds: []register.Feed{
			{Feed: "referrals", Files: "hub_{date}.csv", Delivered: "increment", Expected: expected("2023-04-01", "quarter", 10)},
		}},
		{Code: "FIN", Feeds: []register.Feed{
			{Feed: "spend", Files: "ledger*.csv", Delivered: "increment", Expected: expected("2024-01-15", "month", 5)},
		}},
	}
	calendar, err := period.LoadCalendar(fstest.MapFS{"holiday.csv": {Data: []byte("date,title\n2024-01-01,New Year's Day\n2024-03-29,Good Friday\n2024-04-01,Easter Monday\n")}}, "holiday.csv")
	if err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, period, today string
		received            []string // "name day"
		want                []string
	}{
		{"nothing has come", "2023-24-Q2", "2023-10-13", nil, []string{
			"SLT referrals 2023-24-Q2 due 2023-10-13: awaited",
			"SLT match_funding 2023-24 due 2024-04-17: awaited",
			"HUB referrals 2023-24-Q2 due 2023-10-13: awaited"}},
		{"a day later", "2023-24-Q2", "2023-10-14", nil, []string{
			"SLT referrals 2023-24-Q2 due 2023-10-13: late 1",
			"SLT match_funding 2023-24 due 2024-04-17: awaited",
			"HUB referrals 2023-24-Q2 due 2023-10-13: late 1"}},
		{"before a feed is awaited", "2023-24-Q1", "2023-06-30", nil, []string{
			"SLT match_funding 2023-24 due 2024-04-17: awaited",
			"HUB referrals 2023-24-Q1 due 2023-07-14: awaited"}},
		{"a file of before the quarter's end does not tell of it; one of its last day does", "2023-24-Q3", "2024-01-16",
			[]string{"slt_2023-24_v1.csv 2023-12-30", "match_2023-24.csv 2023-07-02", "hub_2023-12-31.csv 2023-12-31"}, []string{
				"SLT referrals 2023-24-Q3 due 2024-01-15: late 1",
				"SLT match_funding 2023-24 due 2024-04-17: received match_2023-24.csv 2023-07-02",
				"HUB referrals 2023-24-Q3 due 2024-01-15: received hub_2023-12-31.csv 2023-12-31"}},
		{"the date in the name decides, not the day it came", "2023-24-Q3", "2024-01-16",
			[]string{"slt_2022-23_v1.csv 2024-01-05", "match_2022-23.csv 2023-07-02", "hub_2023-11-30.csv 2024-01-05"}, []string{
				"SLT referrals 2023-24-Q3 due 2024-01-15: late 1",
				"SLT match_funding 2023-24 due 2024-04-17: awaited",
				"HUB referrals 2023-24-Q3 due 2024-01-15: late 1"}},
		{"a later refresh stands for the earlier quarter too; of increments the first to cover it", "2023-24-Q3-YTD", "2024-01-10",
			[]string{"slt_2023-24_v1.csv 2023-10-02", "slt_2023-24_v2.csv 2024-01-03", "hub_20231001.csv 2023-10-02", "hub_20240101.csv 2024-01-02"}, []string{
				"SLT referrals 2023-24-Q2 due 2023-10-13: received slt_2023-24_v2.csv 2024-01-03",
				"SLT referrals 2023-24-Q3 due 2024-01-15: received slt_2023-24_v2.csv 2024-01-03",
				"SLT match_funding 2023-24 due 2024-04-17: awaited",
				"HUB referrals 2023-24-Q1 due 2023-07-14: received hub_20231001.csv 2023-10-02",
				"HUB referrals 2023-24-Q2 due 2023-10-13: received hub_20231001.csv 2023-10-02",
				"HUB referrals 2023-24-Q3 due 2024-01-15: received hub_20240101.csv 2024-01-02"}},
		{"a file that names no year and comes in April is for March", "2024-03", "2024-04-09",
			[]string{"ledger final.csv 2024-04-03"}, []string{
				"SLT referrals 2023-24-Q4 due 2024-04-15: awaited",
				"SLT match_funding 2023-24 due 2024-04-17: awaited",
				"HUB referrals 2023-24-Q4 due 2024-04-15: awaited",
				"FIN spend 2024-03 due 2024-04-08: received ledger final.csv 2024-04-03"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			var receipts []landing.Receipt
			for i, r := range c.received {
				cut := strings.LastIndex(r, " ")
				receipts = append(receipts, landing.Receipt{Number: i + 1, Name: r[:cut], SHA256: fmt.Sprint(i), Received: day(r[cut+1:])})
			}
			deliveries, err := landing.Resolve(receipts, nil, config, time.UTC)
			if err != nil {
				t.Fatal(err)
			}
			p, err := period.Parse(c.period)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, e := range landing.Expect(config, landing.Current(deliveries, time.Time{}), p, calendar, day(c.today)) {
				line := fmt.Sprintf("%s %s %s due %s: %s", e.Provider, e.Feed, e.Period, e.Due.Format(time.DateOnly), e.Status)
				switch e.Status {
				case landing.Late:
					line += fmt.Sprintf(" %d", e.Late)
				case landing.Received:
					line += " " + e.File + " " + e.Received.Format(time.DateOnly)
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A file whose name says its quarter stands for that one only, however late it comes;
// of a refresh for all up to it.
func TestExpectByQuarter(t *testing.T) {
	calendar, err := period.LoadCalendar(fstest.MapFS{"holiday.csv": {Data: []byte("date,title\n")}}, "holiday.csv")
	if err != nil {
		t.Fatal(err)
	}
	for delivered, want := range map[string]string{
		"increment": "received late received awaited",
		"refresh":   "received received received awaited",
	} {
		config := []register.Provider{{Code: "HUB", Feeds: []register.Feed{{Feed: "referrals", Files: "hub_{year}_q{quarter}.csv", Delivered: delivered,
			Expected: &register.Expected{From: register.Date{Time: day("2023-04-01")}, Every: "quarter", Within: 10}}}}}
		receipts := []landing.Receipt{ // the third quarter's first, and none of the second
			{Number: 1, Name: "hub_2023-24_q3.csv", SHA256: "3", Received: day("2024-01-05")},
			{Number: 2, Name: "hub_2023-24_Q1.csv", SHA256: "1", Received: day("2024-02-01")},
		}
		deliveries, err := landing.Resolve(receipts, nil, config, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		year, err := period.Parse("2023-24")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, e := range landing.Expect(config, landing.Current(deliveries, time.Time{}), year, calendar, day("2024-02-02")) {
			got = append(got, e.Status)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %s, want %s", delivered, got, want)
		}
	}
}
