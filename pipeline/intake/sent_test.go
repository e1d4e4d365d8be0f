package intake_test

import (
	"os"
	"path/filepath"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

// A workbook of which only the table is kept is the file that was sent: sent again it is
// known, it can be named by its own hash, and erased it is not taken in again.
func TestWhatWasSentIsKnown(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Cleveland(t)
	file := filepath.Join(ws.Dir, "inbox", "slt_training_2023-24_v2.xlsx")
	land := func() landing.Landed {
		t.Helper()
		landed, err := intake.Land(ctx, ws, []string{file}, landing.Given{})
		if err != nil || len(landed) != 1 {
			t.Fatal(landed, err)
		}
		return landed[0]
	}
	first := land()
	if first.Status != landing.StatusLanded || first.Sent == nil || !first.Sent.Workbook || first.Sent.SHA256 == first.SHA256 {
		t.Fatalf("landed as %+v, sent as %+v", first, first.Sent)
	}
	kept, err := os.ReadFile(ws.Landing.Path(first.SHA256))
	if sent := example.ReadFile(t, file); err != nil || len(kept) == 0 || len(kept) == len(sent) {
		t.Errorf("%d bytes are kept of %d sent: %v", len(kept), len(sent), err)
	}
	if again := land(); again.Status != landing.StatusAlready || again.SHA256 != first.SHA256 {
		t.Errorf("sent again it is %+v", again)
	}
	w, err := intake.Erase(ctx, ws, first.Sent.SHA256[:12], "the person asked for it", "data protection officer")
	if err != nil || w.SHA256 != first.SHA256 {
		t.Fatalf("erased by the hash of what was sent: %+v, %v", w, err)
	}
	if after := land(); after.Status == landing.StatusLanded || workspace.Exists(ws.Landing.Path(first.SHA256)) {
		t.Errorf("after the erasure it is %s: %s", after.Status, after.Message)
	}
}
