package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
)

// One file never came, one was refused for what it holds, one cannot be read, and one has
// faulty rows. By hand: the quarter ends on Sunday 31 March 2024 and Monday 1 April is
// a holiday, so ten working days on is Monday 15 April; today is Monday 22 April. It
// costs two runs: one with the mistakes, one with them mended.
func TestChase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t, "finance_budget_profile_2023-24_v3.csv", "hub_referrals_2023-24_q1.csv", "hub_referrals_2023-24_q2.csv",
		"hub_referrals_2023-24_q3.csv", "hub_referrals_2023-24_q4.csv", "slt_match_funding_2023-24_v1.csv", "slt_referral_support_2023-24_v4.csv",
		"slt_training_2023-24_v2.xlsx")
	inbox := func(name string) string { return filepath.Join(ws.Dir, "inbox", name) }
	example.WriteCSV(t, inbox("slt_referral_support_2023-24_v4.csv"), example.WithColumn("Surname", "xyzzy")(example.ReadCSV(t, inbox("slt_referral_support_2023-24_v4.csv"))))
	if err := os.WriteFile(inbox("slt_referrals_2023-24_v4.csv"), []byte("%PDF-1.4 nothing"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	chases, err := intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, c := range chases {
		told = append(told, c.Provider.Code)
		if c.Provider.Code != "SLT" {
			continue
		}
		message, err := intake.ChaseMessage(ws, c)
		if err != nil {
			t.Fatal(err)
		}
		want, err := os.ReadFile("testdata/chase.txt")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), message); diff != "" {
			t.Errorf("the message (-want +got):\n%s", diff)
		}
	}
	if strings.Join(told, " ") != "FIN SLT HUB" { // the ledger and the hub have faulty rows
		t.Errorf("there is something to tell %v", told)
	}
	// mended files end the matter
	for _, name := range []string{"slt_referral_outcomes_2023-24_v4.csv", "slt_referral_support_2023-24_v4.csv", "slt_referrals_2023-24_v4.csv"} {
		content, err := os.ReadFile(filepath.Join("../../testdata/cleveland/inbox", name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(inbox(name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	chases, err = intake.Chases(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range chases {
		if len(c.Late)+len(c.Refused) > 0 || len(c.Faulty) == 0 {
			t.Errorf("still to be told: %+v", c)
		}
	}
}
