package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/workspace"
)

// tells is a call of the program that must end with a code and say something.
func tells(t *testing.T, code int, want string, args ...string) {
	t.Helper()
	if got, text := said(args...); got != code || !strings.Contains(text, want) {
		t.Errorf("%s ends with %d, and must with %d and say %q:\n%s", strings.Join(args, " "), got, code, want, text)
	}
}

// An office is backed up, proved, lost and brought back, by commands and by the schedule.
func TestBackupCommands(t *testing.T) {
	dir := ranOffice(t)
	copies, again := filepath.Join(t.TempDir(), "copies"), filepath.Join(t.TempDir(), "again")
	tells(t, exitUsage, "name the folder", "backup", "--workspace", dir)
	tells(t, exitUsage, "no key to encrypt for", "backup", "--to", copies, "--age", "age1xyz", "--workspace", dir)
	tells(t, exitRefused, "is in the workspace", "backup", "--to", filepath.Join(dir, "copies"), "--workspace", dir)
	tells(t, exitFailed, "there is no backup", "backup", "verify", copies, "--workspace", dir)
	tells(t, exitDone, "Backup    1 in", "backup", "--to", copies, "--workspace", dir)
	tells(t, exitDone, "not a byte was written", "backup", "--to", copies, "--workspace", dir)
	tells(t, exitDone, "Proved    an office can go on", "backup", "verify", copies, "--workspace", dir)
	tells(t, exitDone, "Restored  backup 1", "restore", copies, "--to", again)
	tells(t, exitRefused, "is not empty", "restore", copies, "--to", again)
	call(t, "build", "--workspace", again)
	for _, args := range [][]string{{"metrics", "--period", "2023-24-Q4", "--format", "csv"}, {"seal", "verify"}} {
		if was, is := call(t, append(args, "--workspace", dir)...), call(t, append(args, "--workspace", again)...); was != is {
			t.Errorf("%v is not as it was", args)
		}
	}
	// the place alone, where the office's computer is lost
	tells(t, exitDone, "Proved", "backup", "verify", copies, "--in", filepath.Join(t.TempDir(), "aside"))
	newest, _ := filepath.Glob(filepath.Join(copies, "manifests", "*.json"))
	if err := os.WriteFile(newest[0], append(example.ReadFile(t, newest[0]), ' '), 0o660); err != nil {
		t.Fatal(err)
	}
	tells(t, exitFailed, "was changed since it was written", "backup", "verify", copies, "--workspace", dir)
}

// The schedule backs up to the place of the configuration and proves it; a proof that
// fails is a run that failed.
func TestScheduledBackup(t *testing.T) {
	dir := ranOffice(t)
	config := filepath.Join(dir, workspace.ConfigFile)
	text, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	with := func(more string) {
		if err := os.WriteFile(config, append([]byte(string(text)), more...), 0o660); err != nil {
			t.Fatal(err)
		}
	}
	with("schedule:\n  - {name: copies, job: backup, at: \"19:00\"}\n")
	tells(t, exitUsage, "nothing says where backups go", "check", "--config", "--workspace", dir)
	with("backup: {keys: [age2x]}\n")
	tells(t, exitUsage, "it says not where to", "check", "--config", "--workspace", dir)
	tells(t, exitUsage, `"age2x" is no public key`, "check", "--config", "--workspace", dir)
	copies := filepath.Join(t.TempDir(), "copies")
	with("backup: {to: '" + copies + "'}\nschedule:\n  - {name: copies, job: backup, at: \"19:00\"}\n  - {name: proof, job: backup verify, at: \"03:00\"}\n")
	a := &app{workspace: dir, now: time.Now, quiet: true, stderr: os.Stderr}
	ws, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	jobs := scheduled(ws)
	for _, job := range []string{workspace.BackupJob, workspace.ProofJob} {
		if err := jobs[job](t.Context()); err != nil {
			t.Fatal(job, err)
		}
	}
	if err := os.RemoveAll(filepath.Join(copies, "objects")); err != nil {
		t.Fatal(err)
	}
	if err := jobs[workspace.ProofJob](t.Context()); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("the copies are gone, and the proof says %v", err)
	}
}
