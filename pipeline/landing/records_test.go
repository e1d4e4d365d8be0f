package landing_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/landing"
)

func TestWithdraw(t *testing.T) {
	w := newWorkspace(t)
	w.land("slt_referrals_2023-24_v1.csv", "A\n", landing.Given{})
	w.land("slt_referrals_2023-24_v2.csv", "B\n", landing.Given{})
	w.time = at("2024-01-20 15:00")
	shaOfB := w.receipts()[1].SHA256
	for _, c := range []struct{ sha, reason, by, want string }{
		{shaOfB, " ", "an officer", "needs a reason"},
		{shaOfB, "sent in error", "", "who withdraws"},
		{shaOfB[:7], "sent in error", "an officer", "at least 8 digits"},
		{"06f961b9", "sent in error", "an officer", "the nearest are 06f961b802bc (slt_referrals_2023-24_v1.csv), "},
	} {
		if _, err := w.Withdraw(c.sha, c.reason, c.by); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %q", c.sha, err, c.want)
		}
	}
	made, err := w.Withdraw(strings.ToUpper(shaOfB[:8]), "sent in error", "an officer")
	if err != nil {
		t.Fatal(err)
	}
	want := landing.Withdrawal{Number: 3, SHA256: shaOfB, Reason: "sent in error", By: "an officer", At: w.time}
	if diff := cmp.Diff(want, made); diff != "" {
		t.Error(diff)
	}
	read, err := w.Withdrawals()
	if diff := cmp.Diff([]landing.Withdrawal{want}, read); err != nil || diff != "" {
		t.Error(err, diff)
	}
	if _, err := w.Withdraw(shaOfB, "again", "an officer"); err == nil || !strings.Contains(err.Error(), "already withdrawn on 20 January 2024 by an officer: sent in error") {
		t.Errorf("a second time: %v", err)
	}
	if current := w.current(); len(current) != 1 || current[0].SHA256 != shaOfA {
		t.Errorf("current: %+v", current)
	}
	out := w.land("slt_referrals_2023-24_v2.csv", "B\n", landing.Given{})
	if out.Status != landing.StatusAlready || !strings.Contains(out.Message, "withdrawn on 20 January 2024") {
		t.Errorf("the file still in the inbox: %q, %q", out.Status, out.Message)
	}
	out = w.land("slt_referrals_2023-24_v3.csv", "B\n", landing.Given{})
	if out.Status != landing.StatusLanded || out.Number != 4 || !strings.Contains(out.Message, "does not count: these bytes were withdrawn") {
		t.Errorf("its bytes under another name: %q, %q", out.Status, out.Message)
	}
	if current := w.current(); len(current) != 1 || current[0].SHA256 != shaOfA {
		t.Errorf("current: %+v", current)
	}
}

func TestVerifyNamesWhatChanged(t *testing.T) {
	cases := []struct {
		name string
		harm func(w *workspace) error
		want string
	}{
		{"OK", func(*workspace) error { return nil }, ""},
		{"a flipped byte", func(w *workspace) error { return os.WriteFile(w.Path(shaOfA), []byte("a\n"), 0o666) },
			"which holds slt_referrals_2023-24_v1.csv, has changed since it was received"},
		{"bytes gone", func(w *workspace) error { return os.Remove(w.Path(shaOfA)) },
			"the bytes of slt_referrals_2023-24_v1.csv (delivery 1) are missing"},
		{"a foreign file", func(w *workspace) error {
			return os.WriteFile(filepath.Join(w.store, "landing", "06", "copy.csv"), []byte("x"), 0o666)
		}, "was not put in the store by a delivery"},
		{"a receipt gone", func(w *workspace) error {
			return os.Remove(filepath.Join(w.store, "deliveries", "000001-06f961b8.json"))
		}, "record 000001 is missing"},
		{"a receipt copied", func(w *workspace) error {
			return os.WriteFile(filepath.Join(w.store, "deliveries", "000001-06f961b8 (conflicted copy).json"), []byte("{}"), 0o666)
		}, "is not a record of this program"},
		{"a receipt cut short", func(w *workspace) error {
			return os.Truncate(filepath.Join(w.store, "deliveries", "000001-06f961b8.json"), 20)
		}, `000001-06f961b8.json" is damaged`},
		{"a receipt of another number", func(w *workspace) error {
			return os.Rename(filepath.Join(w.store, "deliveries", "000001-06f961b8.json"), filepath.Join(w.store, "deliveries", "000007-06f961b8.json"))
		}, "which its name does not"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			w := newWorkspace(t)
			w.land("slt_referrals_2023-24_v1.csv", "A\n", landing.Given{})
			w.land("slt_referrals_2023-24_v2.csv", "B\n", landing.Given{})
			if err := c.harm(w); err != nil {
				t.Fatal(err)
			}
			n, err := w.Verify(context.Background())
			switch {
			case c.want == "" && (n != 2 || err != nil):
				t.Errorf("%d files, %v", n, err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestLandingOverADamagedFileSaysSo(t *testing.T) {
	w := newWorkspace(t)
	w.land("slt_referrals_2023-24_v1.csv", "A\n", landing.Given{})
	if err := os.Truncate(w.Path(shaOfA), 1); err != nil {
		t.Fatal(err)
	}
	_, err := landOne(w.Store, w.put("slt_referrals_2023-24_v2.csv", "A\n"), landing.Given{}, w.providers)
	if err == nil || !strings.Contains(err.Error(), "is damaged: it has 1 bytes and should have 2") {
		t.Errorf("got %v", err)
	}
}
