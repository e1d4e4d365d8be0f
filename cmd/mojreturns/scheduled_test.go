package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/schedule"
	"mojreturns/pipeline/workspace"
)

// Every job that an entry may name does what its command does, says which period it is
// of, and none is named that is not there. It is slow for its two builds.
func TestScheduledJobs(t *testing.T) {
	ws := example.SmallUnbuilt(t)
	var log bytes.Buffer
	ws.Log = slog.New(slog.NewTextHandler(&log, nil))
	jobs := scheduled(ws)
	for _, name := range workspace.Jobs() {
		if jobs[name] == nil {
			t.Errorf("the job %q can be named and is not there", name)
		}
	}
	if len(jobs) != len(workspace.Jobs()) {
		t.Errorf("%d jobs, of which %d can be named", len(jobs), len(workspace.Jobs()))
	}
	made := func(names ...string) int {
		list, err := os.ReadDir(ws.Path(names...))
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		return len(list)
	}
	for _, step := range []struct {
		job  string
		done func() bool
	}{
		{"land", func() bool { return made("deliveries") > 0 && made("published") == 0 }},
		{"build", func() bool { return made("published") > 0 && made("drafts") == 0 }},
		{"chase", func() bool {
			letters, _ := filepath.Glob(filepath.Join(ws.Dir, "letters", "2023-24-Q4", "*.eml"))
			return len(letters) > 0
		}},
		{"erase expired", func() bool { return made("deliveries") > 0 }},
		{"run", func() bool {
			drafts, _ := filepath.Glob(ws.Path("drafts", "*.xlsx"))
			return len(drafts) > 0
		}},
	} {
		if step.done() && step.job != "erase expired" {
			t.Fatalf("what %q makes was there before", step.job)
		}
		if err := jobs[step.job](t.Context()); err != nil {
			t.Fatalf("%s: %v", step.job, err)
		}
		if !step.done() {
			t.Errorf("%s has not done what its command does", step.job)
		}
	}
	if err := jobs["chase"](t.Context()); err != nil {
		t.Errorf("chase, again: %v", err)
	}
	for _, say := range []string{`msg="the period" job=run period=2023-24-Q4`, `job=chase period=2023-24-Q4`} {
		if !strings.Contains(log.String(), say) {
			t.Errorf("%s is not logged:\n%s", say, log.String())
		}
	}
	if err := schedule.Check([]schedule.Entry{{Name: "x", Job: "prune", At: "06:00"}}, workspace.Jobs()); err == nil {
		t.Error("a job that is not there can be named")
	}
}
