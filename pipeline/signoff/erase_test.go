package signoff_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// Nothing of an erased file is left in the store but its receipt and a tombstone;
// the figures are those of the other files, and a seal made with it says so.
func TestErase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t)
	at := example.Quarter(t, "2023-24-Q4")
	changed := filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")
	rows := example.ReadCSV(t, changed)
	id := slices.Index(rows[0], "referral_id")
	rows[1][id] = "XYZZY-PLUGH-1"
	example.WriteCSV(t, changed, rows)
	if _, err := pipeline.Run(ctx, ws, at); err != nil { // drafts and what a run records are looked into too
		t.Fatal(err)
	}
	seals(t, ws, at)
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	sha := receipts[slices.IndexFunc(receipts, func(r landing.Receipt) bool { return r.Name == "slt_referrals_2023-24_v4.csv" })].SHA256
	if example.Holds(t, ws, "XYZZY-PLUGH-1") == "" {
		t.Fatal("the store does not have the row at all, so the test proves nothing")
	}
	if _, err := intake.Erase(ctx, ws, sha, "", ""); err == nil {
		t.Error("erased without a reason")
	}
	if _, err := intake.Erase(ctx, ws, sha[:12], "the person asked for it", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	if at := example.Holds(t, ws, "XYZZY-PLUGH-1"); at != "" {
		t.Errorf("the erased row is still in %s", at)
	}
	if _, err := ws.Landing.Verify(ctx); err != nil {
		t.Error(err)
	}
	found, _, err := published.Query(ctx, ws, warehouse.Question{SQL: "SELECT count(*) FROM referral WHERE provider_code = 'SLT'", MaxRows: 1})
	if err != nil || table.AsText(found.Rows[0][0]) != "0" {
		t.Errorf("%v referrals of the erased file count, %v", found.Rows, err)
	}
	v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at})
	if err != nil || v.Broken != "" || v.Rebuilt || !strings.Contains(v.CannotRebuild, "slt_referrals_2023-24_v4.csv") || !strings.Contains(v.CannotRebuild, "erased on 22 April 2024") {
		t.Errorf("%+v, %v", v, err)
	}
	// the same bytes again are known, and stay away, under whatever name
	renamed := filepath.Join(ws.Dir, "slt_referrals_2023-24_v5.csv")
	example.WriteCSV(t, renamed, rows)
	if landed, err := intake.Land(ctx, ws, []string{renamed}, landing.Given{}); err != nil || landed[0].Status != landing.StatusRefused || !strings.Contains(landed[0].Message, "were erased on 22 April 2024") {
		t.Errorf("under another name: %+v, %v", landed, err)
	}
	landed, err := intake.LandAndJudge(ctx, ws, []string{changed}, landing.Given{}, false)
	if err != nil || len(landed) == 0 || !strings.Contains(landed[0].Message, "withdrawn") || example.Holds(t, ws, "XYZZY-PLUGH-1") != "" {
		t.Errorf("landed again: %+v, %v", landed, err)
	}
}
