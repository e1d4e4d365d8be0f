package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"mojreturns/pipeline/workspace"
)

const smallOffice = `area: {code: X, name: Area, office: Office}
funds:
  - {code: CORE, name: Core, spend_from: 2023-04-01, spend_by: 2024-03-31, maximum: {amount: "1000.00", date: 2023-04-01}}
services:
  - {code: S, name: Service, provider: P, fund: CORE}
providers:
  - code: P
    name: Provider
    feeds:
      - {feed: referrals, files: "p_referrals_{year}_v{version}.csv", delivered: refresh}
returns:
  - name: moj-quarterly
    template: moj-quarterly
    scopes: {money: "fund:CORE", activity: "service:S"}
    fields: {recipient: Office, area: Area, agreement: none, contact: analyst}
    due: {days: 30}
users:
  - {name: analyst, may: [submit]}
  - {name: officer, may: [approve]}
`

// runOnce is an office of 100 referrals after its first run, made once; each test works
// on a copy.
var runOnce struct {
	sync.Once
	dir string
}

func ranOffice(t *testing.T) string {
	t.Helper()
	runOnce.Do(func() {
		from := office(t, 100)
		call(t, "run", "--workspace", from, "--period", "2023-24-Q4", "--quiet")
		dir, err := os.MkdirTemp("", "mojreturns-office-")
		if err := errors.Join(err, os.CopyFS(dir, os.DirFS(from))); err != nil {
			t.Fatal(err)
		}
		runOnce.dir = dir
	})
	if runOnce.dir == "" {
		t.Fatal("the office could not be made; the test that tried says why")
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(runOnce.dir)); err != nil {
		t.Fatal(err)
	}
	return dir
}

// office is a workspace with one delivery of so many referrals.
func office(t *testing.T, rows int) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "inbox"), 0o770); err != nil {
		t.Fatal(err)
	}
	err := workspace.WriteFile(filepath.Join(dir, "commentary", "briefing", "2023-24-Q4.md"), []byte("## messages\n\nby: analyst, 15 April 2024\n\nNothing to add.\n"))
	if err := errors.Join(err, os.WriteFile(filepath.Join(dir, workspace.ConfigFile), []byte(smallOffice), 0o660)); err != nil {
		t.Fatal(err)
	}
	deliver(t, dir, 1, rows)
	return dir
}

func deliver(t *testing.T, dir string, version, rows int) {
	t.Helper()
	var text bytes.Buffer
	text.WriteString("referral_id,service_code,victim_pseudo_id,referral_received_date,referral_source_code,referral_outcome_code,crime_type_code,da_related,la_code\n")
	for i := range rows {
		fmt.Fprintf(&text, "R%d,S,%016x,2024-%02d-%02d,POL,ACC,TFT,N,E06000001\n", i, i, 1+i%3, 1+i%28)
	}
	if err := os.WriteFile(filepath.Join(dir, "inbox", fmt.Sprintf("p_referrals_2023-24_v%d.csv", version)), text.Bytes(), 0o660); err != nil {
		t.Fatal(err)
	}
}

// program is the program as a process of its own.
func program(args ...string) *exec.Cmd {
	return &exec.Cmd{Path: os.Args[0], Args: append([]string{"mojreturns"}, args...)}
}

// call is the program as a function; it must succeed.
func call(t *testing.T, args ...string) string {
	t.Helper()
	var stdout, stderr bytes.Buffer
	if code := run(context.Background(), args, strings.NewReader(""), &stdout, &stderr, time.Now); code != exitDone {
		t.Fatalf("%s ends with %d: %s", strings.Join(args, " "), code, stderr.String())
	}
	return stdout.String()
}

func referrals(t *testing.T, dir string) string {
	t.Helper()
	return strings.TrimSpace(strings.ReplaceAll(call(t, "query", "--workspace", dir, "--format", "csv", "SELECT count(*) AS n FROM referral"), "\r", ""))
}

// TestKilledAtAnyMoment kills a run, early and late: what was published before
// stays readable, and the next run completes. It is slow since it waits for moments
// of a run of 30,000 rows: three of them, and seven where a hundred kills are asked for.
func TestKilledAtAnyMoment(t *testing.T) {
	dir := ranOffice(t)
	if got := referrals(t, dir); got != "n\n100" {
		t.Fatalf("the first run counts %q", got)
	}
	deliver(t, dir, 2, 30_000)
	killed, moments := 0, []time.Duration{30, 400, 1200}
	if *kills >= 100 {
		moments = []time.Duration{30, 120, 250, 400, 600, 900, 1200}
	}
	for _, after := range moments {
		p := program("run", "--workspace", dir, "--period", "2023-24-Q4")
		if err := p.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(after * time.Millisecond)
		if p.Process.Kill() == nil {
			killed++
		}
		_ = p.Wait()
		if got := referrals(t, dir); got != "n\n100" && got != "n\n30000" {
			t.Fatalf("killed after %d ms, the published warehouse counts %q", after, got)
		}
	}
	if killed == 0 {
		t.Error("no run was killed")
	}
	call(t, "run", "--workspace", dir, "--period", "2023-24-Q4")
	if got := referrals(t, dir); got != "n\n30000" {
		t.Errorf("the run after the kills counts %q", got)
	}
}

// TestQueriesDuringARun asks the published warehouse all through a run in
// another process: every question is answered, by the old build or the new. It lasts
// as long as a run of 30,000 rows.
func TestQueriesDuringARun(t *testing.T) {
	dir := ranOffice(t)
	deliver(t, dir, 2, 30_000)
	p := program("run", "--workspace", dir, "--period", "2023-24-Q4")
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- p.Wait() }()
	asked := 0
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("the run failed: %v", err)
			}
			if got := referrals(t, dir); got != "n\n30000" || asked < 3 {
				t.Errorf("after the run %q are counted; %d questions were asked during it", got, asked)
			}
			return
		default:
			if got := referrals(t, dir); got != "n\n100" && got != "n\n30000" {
				t.Fatalf("during the run %q are counted", got)
			}
			asked++
		}
	}
}

// TestBusy: a second changing command waits, then says who is at work and ends
// with exit code 3.
func TestBusy(t *testing.T) {
	dir := office(t, 10)
	a := &app{workspace: dir, stderr: &bytes.Buffer{}, now: time.Now}
	ws, err := a.open()
	if err != nil {
		t.Fatal(err)
	}
	release, err := ws.Lock(context.Background(), "a long run", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), []string{"build", "--workspace", dir, "--wait", "50ms"}, strings.NewReader(""), &stdout, &stderr, time.Now)
	if code != exitBusy || !strings.Contains(stderr.String(), "a long run") {
		t.Errorf("the exit code is %d and the sentence %q", code, stderr.String())
	}
}

// TestInterrupted: told to stop, the program ends with 130.
func TestInterrupted(t *testing.T) {
	dir := office(t, 10)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var stdout, stderr bytes.Buffer
	if code := run(ctx, []string{"run", "--workspace", dir, "--period", "2023-24-Q4"}, strings.NewReader(""), &stdout, &stderr, time.Now); code != exitInterrupted {
		t.Errorf("the exit code is %d: %s", code, stderr.String())
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

// TestResultNotWritten: a result that nobody got is no success, whichever way it is printed.
func TestResultNotWritten(t *testing.T) {
	for _, args := range [][]string{{"catalogue", "R01"}, {"return", "lint"}, {"init", filepath.Join(t.TempDir(), "office")}, {"--help"}} {
		var stderr bytes.Buffer
		code := run(context.Background(), args, strings.NewReader(""), full{}, &stderr, time.Now)
		if code != exitFailed || !strings.Contains(stderr.String(), "no space left") {
			t.Errorf("%v: the exit code is %d and the sentence %q", args, code, stderr.String())
		}
	}
}
