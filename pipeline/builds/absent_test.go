package builds_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"

	"github.com/google/go-cmp/cmp"
)

// An office of two services. P1's began in July and it sends the whole year anew; P2
// sends each quarter by itself, from Q2 on, and no outcomes; nobody sends training.
const absentOffice = `
area: {code: E1, name: Anywhere, office: Office}
funds:
  - {code: F1, name: Fund 1, maximum: {amount: "1.00", date: 2023-08-01}, spend_from: 2023-10-01}
  - {code: F2, name: Fund 2}
services:
  - {code: A, name: Service A, provider: P1, fund: F1, from: 2023-07-01}
  - {code: B, name: Service B, provider: P2, fund: F2}
providers:
  - code: P1
    name: Provider 1
    feeds:
      - {feed: referrals, files: "p1_referrals_{year}_v{version}.csv", delivered: refresh, expected: {from: 2023-07-01, every: quarter, within: 10}}
      - {feed: referral_outcomes, files: "p1_outcomes_{year}_v{version}.csv", delivered: refresh}
  - code: P2
    name: Provider 2
    feeds:
      - {feed: referrals, files: "p2_referrals_{year}_q{quarter}.csv", delivered: increment, expected: {from: 2023-07-01, every: quarter, within: 10}}
  - code: FIN
    name: Ledger
    feeds:
      - {feed: spend, files: "spend_{year}_v{version}.csv", delivered: refresh}
`

// Worked by hand: what each scope's figures of a feed have to rest on in each quarter.
// Of the whole area P1's file tells of Q1 too, until every row of it is rejected.
func TestWhatFiguresHaveNothingToRestOn(t *testing.T) {
	ws := example.Office(t, absentOffice)
	var receipts []landing.Receipt
	for i, file := range []string{"p1_referrals_2023-24_v1.csv 2023-10-02", "p1_referrals_2022-23_v9.csv 2023-04-02",
		"p2_referrals_2023-24_q2.csv 2023-10-03", "spend_2023-24_v1.csv 2023-10-04"} {
		name, day, _ := strings.Cut(file, " ")
		received, _ := time.Parse(time.DateOnly, day)
		receipts = append(receipts, landing.Receipt{Number: i + 1, Name: name, SHA256: fmt.Sprint(i), Received: received})
	}
	all, err := landing.Resolve(receipts, nil, ws.Register.Providers, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var sources []typed.Staged
	for _, d := range landing.Current(all, time.Time{}) {
		sources = append(sources, typed.Staged{Delivery: d, Contract: contract.Contract{Feed: d.Feed}})
	}
	quarters := period.Year(2023).Quarters()
	absent := func() map[string]string {
		got := map[string]string{}
		for _, a := range typed.Absent(ws, quarters, sources) {
			if a.Feed == "" || a.Feed == "referrals" || a.Feed == "referral_outcomes" || a.Feed == "training_delegates" || a.Feed == "spend" {
				got[a.Scope+" "+a.Feed] += a.Period[8:] + a.Marker + " "
			}
		}
		return got
	}
	never := "Q1x Q2x Q3x Q4x "
	want := map[string]string{
		"all referrals": "Q3x Q4x ", "all referral_outcomes": never, "all training_delegates": never, "all spend": "Q3x Q4x ",
		"fund:F1 ": "Q1z ", "fund:F1 referrals": "Q3x Q4x ", "fund:F1 referral_outcomes": "Q2x Q3x Q4x ", "fund:F1 training_delegates": "Q2x Q3x Q4x ", "fund:F1 spend": "Q3x Q4x ",
		"fund:F2 referrals": "Q1x Q3x Q4x ", "fund:F2 referral_outcomes": never, "fund:F2 training_delegates": never, "fund:F2 spend": "Q3x Q4x ",
		"service:A ": "Q1z ", "service:A referrals": "Q3x Q4x ", "service:A referral_outcomes": "Q2x Q3x Q4x ", "service:A training_delegates": "Q2x Q3x Q4x ", "service:A spend": "Q3x Q4x ",
		"service:B referrals": "Q1x Q3x Q4x ", "service:B referral_outcomes": never, "service:B training_delegates": never, "service:B spend": "Q3x Q4x ",
		"provider:P1 referrals": "Q3x Q4x ", "provider:P1 referral_outcomes": never,
		"provider:P2 referrals": "Q1x Q3x Q4x ", "provider:P2 referral_outcomes": never,
		"provider:FIN spend": "Q3x Q4x ",
	}
	if diff := cmp.Diff(want, absent()); diff != "" {
		t.Error(diff)
	}
	for i := range sources {
		sources[i].Hollow = sources[i].Provider == "P1" && sources[i].Year == "2023-24"
	}
	for scope, marks := range map[string]string{"service:A referrals": "Q2x Q3x Q4x ", "all referrals": "Q1x Q3x Q4x "} {
		if got := absent()[scope]; got != marks {
			t.Errorf("every row rejected: %s is %q, want %q", scope, got, marks)
		}
	}
}
