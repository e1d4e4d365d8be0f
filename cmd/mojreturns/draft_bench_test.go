package main

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"mojreturns/pipeline/workspace"
)

// BenchmarkDraft makes the example's last return of the year from the published
// warehouse, as a command of its own, the three before it being sealed: what they
// showed is looked at too. The budget is 0.3 s of processor time.
//
//	go test ./cmd/mojreturns -run XXX -bench Draft -benchtime 10x
func BenchmarkDraft(b *testing.B) {
	dir := filepath.Join(b.TempDir(), "cleveland")
	for _, part := range []string{"inbox", workspace.ConfigFile} {
		if err := copied(filepath.Join("..", "..", "testdata", "cleveland", part), filepath.Join(dir, part)); err != nil {
			b.Fatal(err)
		}
	}
	does := func(args ...string) time.Duration {
		b.Helper()
		c := program(append(args, "--workspace", dir)...)
		if said, err := c.CombinedOutput(); err != nil {
			b.Fatalf("%v: %v\n%s", args, err, said)
		}
		return c.ProcessState.UserTime() + c.ProcessState.SystemTime()
	}
	for _, quarter := range []string{"2023-24-Q1", "2023-24-Q2", "2023-24-Q3"} {
		does("run", "--period", quarter, "--quiet")
		does("return", "submit", "--period", quarter, "--by", "performance-analyst", "--waive", "K21=rows put in to be rejected")
		does("return", "approve", "--period", quarter, "--by", "chief-finance-officer", "--name", "The chief finance officer", "--role", "Chief finance officer", "--in-line", "Y", "--notified", "N")
	}
	var used time.Duration
	for b.Loop() {
		used += does("return", "draft", "--period", "2023-24-Q4", "-o", filepath.Join(dir, "draft.xlsx"))
	}
	b.ReportMetric(used.Seconds()/float64(b.N), "processor-s/op")
}

// copied copies a file, or a folder with all in it.
func copied(from, to string) error {
	if info, err := os.Stat(from); err != nil || info.IsDir() {
		return os.CopyFS(to, os.DirFS(from))
	}
	content, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, content, 0o660)
}
