package pipeline

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
)

// Nothing of an erased file is left in the store but its receipt and a tombstone;
// the figures are those of the other files, and a seal made with it says so.
func TestErase(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := example(t)
	at := quarter(t, "2023-24-Q4")
	changed := filepath.Join(p.Dir, "inbox", "slt_referrals_2023-24_v4.csv")
	rows := readCSV(t, changed)
	id := slices.Index(rows[0], "referral_id")
	rows[1][id] = "XYZZY-PLUGH-1"
	writeCSV(t, changed, rows)
	seals(t, p, at)
	receipts, err := p.store.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	sha := receipts[slices.IndexFunc(receipts, func(r landing.Receipt) bool { return r.Name == "slt_referrals_2023-24_v4.csv" })].SHA256
	if holds(t, p, "XYZZY-PLUGH-1") == "" {
		t.Fatal("the store does not have the row at all, so the test proves nothing")
	}
	if _, err := p.Erase(ctx, sha, "", ""); err == nil {
		t.Error("erased without a reason")
	}
	if _, err := p.Erase(ctx, sha[:12], "the person asked for it", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	if at := holds(t, p, "XYZZY-PLUGH-1"); at != "" {
		t.Errorf("the erased row is still in %s", at)
	}
	if _, err := p.store.Verify(ctx); err != nil {
		t.Error(err)
	}
	found, _, err := p.Query(ctx, Adhoc{SQL: "SELECT count(*) FROM referral WHERE provider_code = 'SLT'", MaxRows: 1})
	if err != nil || text(found.Rows[0][0]) != "0" {
		t.Errorf("%v referrals of the erased file count, %v", found.Rows, err)
	}
	v, err := p.Verify(ctx, "", at, 0)
	if err != nil || v.Broken != "" || v.Rebuilt || !strings.Contains(v.CannotRebuild, "slt_referrals_2023-24_v4.csv") || !strings.Contains(v.CannotRebuild, "erased on 22 April 2024") {
		t.Errorf("%+v, %v", v, err)
	}
	// the same bytes again are known, and stay away, under whatever name
	renamed := filepath.Join(p.Dir, "slt_referrals_2023-24_v5.csv")
	writeCSV(t, renamed, rows)
	if landed, err := p.Land(ctx, []string{renamed}, landing.Given{}); err != nil || landed[0].Status != landing.StatusRefused || !strings.Contains(landed[0].Message, "were erased on 22 April 2024") {
		t.Errorf("under another name: %+v, %v", landed, err)
	}
	landed, err := p.LandAndJudge(ctx, []string{changed}, landing.Given{}, false)
	if err != nil || len(landed) == 0 || !strings.Contains(landed[0].Message, "withdrawn") || holds(t, p, "XYZZY-PLUGH-1") != "" {
		t.Errorf("landed again: %+v, %v", landed, err)
	}
}

// A feed's files are kept so many months after the end of their financial year.
func TestRetention(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := built(t)
	if _, err := p.Run(ctx, quarter(t, "2023-24-Q4")); err != nil {
		t.Fatal(err)
	}
	for months, want := range [...]int{0: 0, 1: 0} { // the clock stands at 22 April 2024, the year ended on 31 March
		p.Register.Providers = withFeed(p.Register.Providers, "", "spend", func(f *register.Feed) { f.KeepMonths = months })
		if expired, err := p.Expired(); err != nil || len(expired) != want {
			t.Errorf("%d months: %d files, want %d (%v)", months, len(expired), want, err)
		}
	}
	now := p.Now
	p.Now = func() time.Time { return now().AddDate(0, 1, 0) }
	expired, err := p.EraseExpired(ctx, "records officer")
	if err != nil || len(expired) != 1 || expired[0].Name != "finance_spend_2023-24_v12.csv" || expired[0].Since.Format("2006-01-02") != "2024-05-01" {
		t.Fatalf("erased %+v, %v", expired, err)
	}
	if exists(p.store.Path(expired[0].SHA256)) {
		t.Error("its bytes are still there")
	}
	if again, err := p.Expired(); err != nil || len(again) != 0 {
		t.Errorf("%d files are expired still, %v", len(again), err)
	}
}
