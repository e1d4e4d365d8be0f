package draft_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
)

// A quarter's file of an increment has not come: what needs it shows [x], and the return
// is drafted, small counts hidden in what there is. It takes seconds: it builds the example.
func TestADraftWithoutAQuartersFile(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Cleveland(t)
	if err := os.Remove(filepath.Join(ws.Dir, "inbox", "hub_referrals_2023-24_q2.csv")); err != nil {
		t.Fatal(err)
	}
	ws.Returns[0].Scopes = map[string]string{"money": "fund:CORE", "activity": "service:VCAS"}
	if made, err := draft.Forms(ws); err != nil || len(made) != 1 {
		t.Fatalf("%v, %v; the core grant allows other lines than the uplift", made, err)
	}
	if _, err := intake.Land(ctx, ws, nil, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	out, err := draft.Return(ctx, example.View(t, ws, example.Quarter(t, "2023-24-Q4")), "", filepath.Join(t.TempDir(), "draft.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenFile(out.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for at, want := range map[string]bool{"B7": false, "C7": true, "E7": false, "F7": true} { // Q1, Q2, Q4 and the year to date
		if got, err := book.GetCellValue("T04_Source", at); err != nil || (got == "[x]") != want {
			t.Errorf("T04_Source!%s shows %q (%v); [x]: %v", at, got, err, want)
		}
	}
}
