package intake_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
)

const sender = `
area: {code: X, name: Area, office: Office}
funds:
  - {code: CORE, name: Core, spend_from: 2023-04-01, spend_by: 2024-03-31, maximum: {amount: "1000.00", date: 2023-04-01}}
services:
  - {code: S, name: Service, provider: P, fund: CORE}
  - {code: T, name: Service, provider: Q, fund: CORE}
providers:
  - code: P
    name: Provider
    contact: data officer of P
    chased_by: grants officer
    feeds:
      - {feed: referrals, files: "p_{year}_v{version}.csv", delivered: refresh, expected: {from: 2023-10-01, every: quarter, within: 10}}
      - {feed: referral_support, files: "p_support_{year}_q{quarter}.csv", delivered: increment, expected: {from: 2024-01-01, every: quarter, within: 10}}
  - {code: Q, name: Other, feeds: [{feed: referrals, files: "q_{year}_v{version}.csv", delivered: refresh}]}
`

// Worked by hand. The third quarter ends on Sunday 31 December 2023; Monday is a holiday,
// so that ten working days on is Monday 15 January 2024; the fourth is due on 15 April, as
// told beside TestChase. v1 comes on Wednesday 17 January, two working days late, with two
// faults; v2 mends one, keeps one and has a new one. v3 holds names. v4, of the fourth
// quarter, comes on 12 April; v5 lacks a column and takes nothing's place. The support of
// the fourth quarter has not come by Monday 22 April, five working days on. It is slow for
// a build and two judgings.
func TestHistory(t *testing.T) {
	t.Parallel()
	ws := example.OpenPart(t, example.Office(t, sender).Dir, example.Kept{Rules: []string{"R01", "K19", "C12"}})
	head := []string{"referral_id", "service_code", "victim_pseudo_id", "referral_received_date", "referral_source_code", "referral_outcome_code", "crime_type_code", "da_related", "la_code"}
	row := func(id, source, crime string) []string {
		return []string{id, "S", "aaaaaaaaaaaaaaaa", "2023-11-05", source, "ACC", crime, "N", "E06000001"}
	}
	send := func(name, received string, rows ...[]string) {
		t.Helper()
		file := filepath.Join(ws.Dir, name)
		example.WriteCSV(t, file, append([][]string{head}, rows...))
		at, err := time.Parse(time.RFC3339, received)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := intake.Land(t.Context(), ws, []string{file}, landing.Given{Received: at}); err != nil {
			t.Fatal(err)
		}
	}
	send("p_2023-24_v1.csv", "2024-01-17T10:00:00Z", row("A1", "POL", "TFT"), row("A2", "ZZZ", "TFT"), row("A3", "POL", "ZZZ"), row("A4", "POL", "TFT"))
	send("p_2023-24_v2.csv", "2024-01-24T10:00:00Z", row("A1", "POL", "TFT"), row("A2", "POL", "TFT"), row("A3", "POL", "ZZZ"), row("A4", "YYY", "TFT"))
	send("p_2023-24_v4.csv", "2024-04-12T10:00:00Z", row("A1", "POL", "TFT"), row("A2", "POL", "TFT"), row("A3", "POL", "ZZZ"), row("A4", "POL", "TFT"), row("A5", "POL", "TFT"))
	whole := head
	head = head[:8]
	send("p_2023-24_v5.csv", "2024-04-16T10:00:00Z", row("A1", "POL", "TFT")[:8])
	head = whole
	send("q_2023-24_v1.csv", "2024-04-12T10:00:00Z", row("A1", "POL", "TFT"))
	head = append(head, "Client name")
	send("p_2023-24_v3.csv", "2024-02-01T10:00:00Z", append(row("A1", "POL", "TFT"), "xyzzy plugh"))
	if _, err := builds.Build(t.Context(), ws); err != nil {
		t.Fatal(err)
	}
	at := example.Quarter(t, "2023-24-Q4")
	chases, err := intake.Chases(t.Context(), ws, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.WriteLetters(t.Context(), ws, at, chases, t.TempDir()); err != nil {
		t.Fatal(err)
	}
	events, err := intake.History(t.Context(), ws, "P")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range events {
		due := ""
		if !e.Due.IsZero() {
			due = fmt.Sprintf("due %s late %d", e.Due.Format(time.DateOnly), e.Late)
		}
		said := fmt.Sprintf("%s %s %s %s %s", e.What, e.At.Format(time.DateOnly), e.Year, e.File, due)
		if e.Judged {
			said += fmt.Sprintf(" %d of %d", e.Rejected, e.Rows)
		}
		if e.Changes != nil {
			said += fmt.Sprintf(" against %s: %d mended %d still %d new", e.Against, e.Changes["mended"], e.Changes["still wrong"], e.Changes["newly wrong"])
		}
		status, _, _ := strings.Cut(e.Status, ":")
		got = append(got, fmt.Sprintf("%s; %s; written %d", said, status, len(e.Written)))
	}
	want := []string{
		"delivery 2024-01-17 2023-24 p_2023-24_v1.csv due 2024-01-15 late 2 2 of 4; replaced by p_2023-24_v4.csv; written 0",
		"delivery 2024-01-24 2023-24 p_2023-24_v2.csv  2 of 4 against p_2023-24_v1.csv: 1 mended 1 still 1 new; replaced by p_2023-24_v4.csv; written 0",
		"delivery 2024-04-12 2023-24 p_2023-24_v4.csv due 2024-04-15 late 0 1 of 5 against p_2023-24_v2.csv: 1 mended 1 still 0 new; counts; written 1",
		"missing 2024-04-15 2023-24-Q4  due 2024-04-15 late 5; has not come; written 1",
		"delivery 2024-04-16 2023-24 p_2023-24_v5.csv ; refused; written 1",
		"refused 2024-04-22 2023-24 p_2023-24_v3.csv ; personal data, so nothing of this file was kept; written 1",
		"letter 2024-04-22 2023-24-Q4 P_2023-24-Q4_2024-04-22.eml ; to the data officer of P, from the grants officer; written 0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// as it stood in February nothing of that had been written, and v2 counted
	then := ws.AsAt(time.Date(2024, 2, 1, 12, 0, 0, 0, time.UTC))
	events, err = intake.History(t.Context(), then, "P")
	events = slices.DeleteFunc(events, func(e intake.Event) bool { return e.What == "missing" }) // by today
	if err != nil || len(events) != 2 || events[1].Status != "counts" {
		t.Errorf("%+v, %v", events, err)
	}
	if _, err := intake.History(t.Context(), ws, "Z"); err == nil {
		t.Error("there is no Z")
	}
}
