package signoff_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
)

// It is slow since each time what was sealed is built again.
func TestVerify(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws, sealed := sealedThird(t)
	at := example.Quarter(t, "2023-24-Q3")
	check := func(what string, intact, rebuilt bool) signoff.Verification {
		t.Helper()
		v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if (v.Broken == "") != intact || v.Rebuilt != rebuilt || intact && !v.OK() {
			t.Errorf("%s: %+v", what, v)
		}
		return v
	}
	if v := check("as sealed", true, true); v.Workbook != "same bytes" {
		t.Errorf("the workbook: %s", v.Workbook)
	}
	// a program that no commit names is known by its bytes
	other := sealed
	other.About.Versions = maps.Clone(sealed.About.Versions)
	if !strings.Contains(other.About.Versions["program"], "SHA-256") {
		t.Errorf("the program that sealed is %q", other.About.Versions["program"])
	}
	other.About.Versions["program"] = "of no commit, SHA-256 0123"
	if said, err := signoff.SameWorkbook(ctx, nil, other); err != nil || !strings.Contains(said, "program was of no commit, SHA-256 0123 and is") {
		t.Errorf("another program: %q, %v", said, err)
	}
	// what comes later, and what the rules are now, changes nothing
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { return rows[:2] })
	ws.Queries = example.WithMetric(t, ws.Queries, "metrics/R01_referrals_received.sql", "FROM referral", "FROM referral WHERE FALSE")
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	check("after a correction and a new rule", true, true)

	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(ws.Landing.Path(receipts[0].SHA256), filepath.Join(t.TempDir(), "gone")); err != nil {
		t.Fatal(err)
	}
	if v := check("after an erasure", true, false); !strings.Contains(v.CannotRebuild, "no longer kept") {
		t.Errorf("it says %q", v.CannotRebuild)
	}
	file := archive.SealedFile(sealed)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	content[len(content)/2] ^= 1
	if err := errors.Join(os.Remove(file), os.WriteFile(file, content, 0o660)); err != nil {
		t.Fatal(err)
	}
	if v := check("with a flipped bit", false, false); !strings.Contains(v.Broken, "return.xlsx") {
		t.Errorf("it says %q", v.Broken)
	}
}

// A file that a later version had replaced before the seal may be erased: the seal
// does not rest on it. It is slow for two builds.
func TestVerifyAfterAReplacedFileIsErased(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t)
	at := example.Quarter(t, "2023-24-Q3")
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { return rows[:len(rows)-1] })
	seals(t, ws, at)
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(receipts, func(r landing.Receipt) bool { return r.Name == "slt_referrals_2023-24_v4.csv" })
	if _, err := intake.Erase(ctx, ws, receipts[i].SHA256, "the person asked for it", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	if v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at}); err != nil || !v.OK() || !v.Rebuilt || v.Workbook != "same bytes" {
		t.Errorf("%+v, %v", v, err)
	}
}

// TestRestatement: of the police referrals of a quarter one comes late, one is
// given another source, one is left out; the cell moves by the sum, and each row
// is named with its reason. It is slow since each comparison builds what was sealed.
func TestRestatement(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws, _ := sealedThird(t)
	at := example.Quarter(t, "2023-24-Q3")
	if moved, err := signoff.Diff(ctx, ws, "", at, 0, 0); err != nil || len(moved) > 0 {
		t.Fatalf("nothing has come, yet %d cells moved, %v", len(moved), err)
	}
	var corrected, withdrawn string
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string {
		source, received, id := slices.Index(rows[0], "referral_source_code"), slices.Index(rows[0], "referral_received_date"), slices.Index(rows[0], "referral_id")
		var police []int
		for i, row := range rows {
			if row[source] == "POL" && row[received] >= "2023-10-01" && row[received] <= "2023-12-31" {
				police = append(police, i)
			}
		}
		late := slices.Clone(rows[police[0]])
		late[id], late[slices.Index(rows[0], "repeat_referral")] = "SA-99001", ""
		corrected, withdrawn = rows[police[1]][id], rows[police[2]][id]
		rows[police[1]][source] = "SELF"
		return append(slices.Delete(rows, police[2], police[2]+1), late)
	})
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	moved, err := signoff.Diff(ctx, ws, "", at, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(moved, func(m signoff.Restated) bool { return m.Cell == "T04_Source!D7" })
	if i < 0 {
		t.Fatalf("T04_Source!D7 did not move: %+v", moved)
	}
	if m := moved[i]; m.Was != "50" || m.Now != "49" || m.By != "-1" {
		t.Errorf("it was %s, is %s, by %s", m.Was, m.Now, m.By)
	}
	var got []string
	for _, r := range moved[i].Rows {
		if !strings.HasPrefix(r.File, "slt_referrals_2023-24_v") || r.SHA256 == "" || r.Row == "" {
			t.Errorf("where the row stands is not said: %+v", r)
		}
		got = append(got, r.Key+" "+r.Side+" "+r.Why)
	}
	slices.Sort(got)
	want := []string{corrected + " gone corrected", withdrawn + " gone withdrawn", "SA-99001 new late"}
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the rows that moved it:\n%s", diff)
	}

	i = slices.IndexFunc(moved, func(m signoff.Restated) bool { return m.Cell == "T16_Quality!C10" })
	if i < 0 || moved[i].Code != "referrals.repeat_referral" || moved[i].By != "+1" || len(moved[i].Rows) != 1 || moved[i].Rows[0].Key != "SA-99001" || moved[i].Rows[0].Why != "late" {
		t.Errorf("the blank that came late is not told of: %+v", moved[max(i, 0)])
	}

	// the file that the seal rests on is erased: its figures are compared still, and
	// its account of the data, which a seal does not hold, is not
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	i = slices.IndexFunc(receipts, func(r landing.Receipt) bool { return r.Name == "slt_referrals_2023-24_v4.csv" })
	if _, err := intake.Erase(ctx, ws, receipts[i].SHA256, "the person asked for it", "data protection officer"); err != nil {
		t.Fatal(err)
	}
	after, err := signoff.Diff(ctx, ws, "", at, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	moved = slices.DeleteFunc(moved, func(m signoff.Restated) bool { return strings.HasPrefix(m.Cell, "T16_") })
	for i := range moved {
		moved[i].Rows = nil
	}
	if diff := cmp.Diff(moved, after); diff != "" {
		t.Errorf("compared with the figures that were sealed:\n%s", diff)
	}
}

// A seal whose list of deliveries was emptied or renamed is told of, and crashes nothing.
func TestSealWithoutItsDeliveries(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws, sealed := sealedThird(t)
	at := example.Quarter(t, "2023-24-Q3")
	file := filepath.Join(sealed.Dir, archive.DeliveriesFile)
	whole := example.ReadFile(t, file)
	for said, text := range map[string]string{
		"deliveries.csv:1: the file is empty":             "",
		`deliveries.csv:1: there is no column "sha256"`:   strings.Replace(string(whole), "sha256", "hash", 1),
		`deliveries.csv:1: there is no column "current"`:  strings.Replace(string(whole), "current", "Current", 1),
		"deliveries.csv:1: two columns are called \"file": strings.Replace(string(whole), "sha256", "file", 1),
	} {
		if err := os.WriteFile(file, []byte(text), 0o660); err != nil {
			t.Fatal(err)
		}
		if _, err := signoff.Diff(ctx, ws, "", at, 0, 0); !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), said) {
			t.Errorf("diff says %v, want %q", err, said)
		}
		if _, err := signoff.TraceVersion(ctx, ws, "", "T04_Source!D7", at, 0, false); !errors.Is(err, seal.ErrBroken) || !strings.Contains(err.Error(), said) {
			t.Errorf("trace says %v, want %q", err, said)
		}
	}
}
