package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/schedule"
)

// How things stand is read again when the store has changed, and not before: a run
// record that cannot be read is met only when its folder says that it is there.
func TestStatusIsReadAgainWhenTheStoreChanged(t *testing.T) {
	ws := example.Built(t)
	ledger, err := schedule.OpenLedger(filepath.Join(ws.Path("runs"), "occurrences.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	plan, err := schedule.New(ws.Schedule, schedule.Options{Location: ws.Location, Log: ws.Log, Ledger: ledger,
		Jobs: map[string]func(context.Context) error{"run": nil}})
	if err != nil {
		t.Fatal(err)
	}
	now := ws.Now()
	s := &site{ws: ws, plan: plan, ledger: ledger, now: func() time.Time { return now }}
	age := func(ago time.Duration) {
		for _, name := range []string{"deliveries", "runs", "published"} {
			at := time.Now().Add(-ago)
			if err := os.Chtimes(ws.Path(name), at, at); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func() error { _, err := s.Status(t.Context()); return err }
	if err := os.MkdirAll(ws.Path("runs"), 0o770); err != nil {
		t.Fatal(err)
	}
	age(time.Hour)
	if err := look(); err != nil || len(s.known.Expected) == 0 || s.known.Published == nil {
		t.Fatalf("%+v, %v", s.known, err)
	}
	before, err := os.Stat(ws.Path("runs"))
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(ws.Path("runs"), "20240422T090000.000-run.json")
	if err := os.WriteFile(broken, []byte("{"), 0o660); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(ws.Path("runs"), before.ModTime(), before.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := look(); err != nil {
		t.Errorf("it is read although nothing says that it changed: %v", err)
	}
	age(30 * time.Minute)
	if look() == nil {
		t.Error("a changed folder is not read")
	}
	if err := os.Remove(broken); err != nil {
		t.Fatal(err)
	}
	age(20 * time.Minute)
	if err := look(); err != nil {
		t.Error(err)
	}
	// another day may make a delivery late
	if err := os.WriteFile(broken, []byte("{"), 0o660); err != nil {
		t.Fatal(err)
	}
	age(20 * time.Minute)
	s.mark, _, _ = s.stands()
	now = now.AddDate(0, 0, 1)
	if look() == nil {
		t.Error("it is not read again on another day")
	}
	// and what has just changed is read until it has settled
	now = ws.Now()
	age(0)
	if look() == nil || s.mark != "" {
		t.Error("what has just changed is taken for known")
	}
}
