package owed_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/backup"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/notice"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/workspace"
)

// What stands against the small office on 22 April 2024, worked out by hand from its
// files: three of ten feeds came, the return is due on 30 April, six working days on. Days
// later, with nothing done, the return was due; a proof ends what is said of the backup.
func TestStanding(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	ws.Backup = workspace.Backup{To: "copies"}
	ws.Schedule = []schedule.Entry{{Name: "nightly", Job: "run"}, {Name: "copies, weekly", Job: "backup"}, {Name: "tell", Job: "notices"}}
	ledger, err := schedule.OpenLedger(ws.Path("runs", "occurrences.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range []schedule.Record{
		{Key: "nightly 2024-04-19", Name: "nightly", Outcome: schedule.Failed, Due: time.Date(2024, 4, 19, 6, 0, 0, 0, time.UTC)},
		{Key: "nightly 2024-04-22", Name: "nightly", Outcome: schedule.Done, Due: time.Date(2024, 4, 22, 6, 0, 0, 0, time.UTC)},
		{Key: "copies, weekly 2024-04-21", Name: "copies, weekly", Outcome: schedule.Missed, Due: time.Date(2024, 4, 21, 6, 0, 0, 0, time.UTC)},
		{Key: "tell 2024-04-21", Name: "tell", Outcome: schedule.Failed, Due: time.Date(2024, 4, 21, 6, 0, 0, 0, time.UTC)},
	} {
		if err := ledger.Write(r); err != nil {
			t.Fatal(err)
		}
	}
	stands := func() string {
		t.Helper()
		list, err := owed.Standing(t.Context(), ws, ledger)
		if err != nil {
			t.Fatal(err)
		}
		o, err := notice.Open(t.TempDir() + "/outbox.jsonl")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := o.Tell(ws.Now(), list, nil); err != nil {
			t.Errorf("it cannot be told: %v", err)
		}
		var out strings.Builder
		for _, e := range list {
			fmt.Fprintln(&out, strings.Join(strings.Fields(fmt.Sprint(e.Kind, " ", e.Provider, e.Feed, " ", e.Return, " ", e.Period, " ", e.Fund, " ", e.Code, " ", e.Job, " ", e.On.Format("02 01"), " ", e.Step)), " "))
		}
		return out.String()
	}
	now := stands()
	t.Log("\n" + now)
	for _, line := range []string{"due moj-quarterly 2023-24-Q4 30 04 10 working days", "missed copies_ weekly 01 01", "unproved 01 01"} {
		if !strings.Contains(now, line+"\n") {
			t.Errorf("it is not said that %q", line)
		}
	}
	for _, line := range []string{"failed nightly", "failed tell", "overdue"} {
		if strings.Contains(now, line) {
			t.Errorf("%q does not stand", line)
		}
	}
	if err := backup.Note(ws, backup.Record{Proved: true, OK: true}); err != nil {
		t.Fatal(err)
	}
	was := ws.Now
	ws.Now = func() time.Time { return was().AddDate(0, 0, 7) }
	if now = stands(); strings.Contains(now, "unproved") || !strings.Contains(now, "due moj-quarterly 2023-24-Q4 30 04 1 working days\n") {
		t.Errorf("a week later, proved, a day before it is due:\n%s", now)
	}
	ws.Now = func() time.Time { return was().AddDate(0, 0, 10) }
	if now = stands(); !strings.Contains(now, "unproved") || !strings.Contains(now, "overdue moj-quarterly 2023-24-Q4 30 04\n") {
		t.Errorf("ten days later:\n%s", now)
	}
}
