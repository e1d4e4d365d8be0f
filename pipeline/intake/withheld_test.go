package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
)

// A value that stands alone is taken out before anything is kept: the row is rejected
// whenever it is read again, no row is lost, the receipt names the cell, and the file is
// known by what was sent.
func TestLoneMatchIsTakenOut(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			ws := example.SmallUnbuilt(t)
			ws.Register.Providers = example.WithFeed(ws.Register.Providers, "SLT", "referrals", func(f *register.Feed) { f.Files = "slt_referrals_{year}_v{version}.*" })
			plain := filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")
			want, err := intake.LandAndJudge(t.Context(), ws, []string{plain}, landing.Given{}, true)
			if err != nil {
				t.Fatal(err)
			}
			rows := example.WithColumn("Remarks", "none", "call 07700 900123", "none")(example.ReadCSV(t, plain))
			file := filepath.Join(ws.Dir, "slt_referrals_2023-24_v9."+format)
			if format == "csv" {
				example.WriteCSV(t, file, rows)
			} else {
				writeBook(t, file, map[string][][]string{"Referrals": rows})
			}
			land := func() intake.LandedFile {
				t.Helper()
				landed, err := intake.LandAndJudge(t.Context(), ws, []string{file}, landing.Given{}, false)
				if err != nil || len(landed) != 1 {
					t.Fatalf("%+v, %v", landed, err)
				}
				return landed[0]
			}
			first := land()
			if first.Status != "landed" || !strings.Contains(first.Message, "row 3") || !strings.Contains(first.Message, "a telephone number") {
				t.Fatalf("%+v", first)
			}
			if first.Rows != want[0].Rows || first.Rows != first.Accepted+first.Rejected || first.Accepted != want[0].Accepted-1 {
				t.Errorf("%d rows, %d accepted, %d rejected; without the value %d, %d and %d", first.Rows, first.Accepted, first.Rejected, want[0].Rows, want[0].Accepted, want[0].Rejected)
			}
			if again := land(); again.Status != "already landed" || again.Rejected != first.Rejected {
				t.Errorf("sent again: %+v", again)
			}
			receipts, err := ws.Landing.Receipts()
			if err != nil || len(receipts) != 1 || receipts[0].Sent == nil || len(receipts[0].Sent.Withheld) != 1 {
				t.Fatalf("%+v, %v", receipts, err)
			}
			if w := receipts[0].Sent.Withheld[0]; w.What != "a telephone number" || !slices.Equal(w.Rows, []int64{3}) || receipts[0].Sent.Workbook != (format == "xlsx") {
				t.Errorf("the receipt says %+v", receipts[0].Sent)
			}
			if _, err := builds.Build(t.Context(), ws); err != nil {
				t.Fatal(err)
			}
			faults, err := published.Rejects(t.Context(), ws, "referrals", "SLT")
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(places(faults), "3 Remarks") && !slices.Contains(places(faults), "3 column 46") {
				t.Errorf("the row is not among the faults: %v", places(faults))
			}
			for at, text := range example.Everything(t, ws, filepath.Base(file), "inbox") {
				if strings.Contains(text, "07700 900123") {
					t.Errorf("it is kept in %s", at)
				}
			}
			ws.ScreenedBy = "other rules"
			if other := land(); other.Status != "landed" && other.Status != "already landed" {
				t.Errorf("by other rules: %+v", other)
			}
		})
	}
}

// A text that cannot be read to its end cannot be looked into, and is not kept; nor is
// what a refusal says of it more than where it is damaged.
func TestUnreadTextIsNotKept(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	file := filepath.Join(ws.Dir, "slt_referrals_2023-24_v8.csv")
	if err := os.WriteFile(file, []byte("referral_id,service_code,Remarks\nA1,x,\"call 07700 900123\nA2,x,none\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	landed, err := intake.Land(t.Context(), ws, []string{file}, landing.Given{})
	if err != nil || landed[0].Status != landing.StatusRefused || !strings.Contains(landed[0].Message, "never closed") {
		t.Fatalf("%+v, %v", landed, err)
	}
	if at := example.Holds(t, ws, "900123"); at != "" {
		t.Errorf("it is kept in %s", at)
	}
}

// What looks like personal data in a file's name is masked in all that is told and kept.
func TestNamesAreMasked(t *testing.T) {
	t.Parallel()
	ws := example.SmallUnbuilt(t)
	for name, want := range map[string]string{
		"Smith, J DOB 010190.xlsx":     "Smith, J xxx xxxxxx.xlsx",
		"call_07700_900123_v2.csv":     "xxxx_xxxxx_xxxxxx_v2.csv",
		"７７００ 900 123.csv":             "xxxx xxx xxx.csv",
		"to plover@xyzzy.org.uk":       "to xxxxxxxxxxxx.xxx.uk",
		"slt_referrals_2023-24_v4.csv": "slt_referrals_2023-24_v4.csv",
	} {
		if got := ws.Masked(name); got != want {
			t.Errorf("%q is told as %q, want %q", name, got, want)
		}
	}
}
