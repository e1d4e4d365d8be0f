package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"mojreturns/pipeline/workspace"
)

// heard is what a daemon says, while it says it.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(p)
}

func (h *heard) find(form *regexp.Regexp) []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return form.FindStringSubmatch(h.text.String())
}

// until waits for something; a minute is for a machine that is busy with other tests.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if is() {
			return
		}
	}
	t.Fatalf("it is not so that %s", what)
}

// The daemon takes up a configuration that was changed and is right; one with mistakes
// leaves that of before in force, which the page says. Its measures keep their names, and
// it stops when it is told to.
func TestServeTakesUpItsConfiguration(t *testing.T) {
	dir := ranOffice(t)
	said := &heard{}
	a := &app{workspace: dir, now: time.Now, quiet: true, stdout: io.Discard, stderr: said, lookEvery: 20 * time.Millisecond}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		serve := a.serveCommand()
		serve.SetArgs([]string{"--address", "127.0.0.1:0"})
		ended <- serve.ExecuteContext(ctx)
	}()
	address := regexp.MustCompile(`status page is at (http://[0-9.:]+);`)
	until(t, "it serves", func() bool { return said.find(address) != nil })
	get := func(path string) (int, string) {
		t.Helper()
		answer, err := http.Get(said.find(address)[1] + path)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode, string(text)
	}
	if code, text := get("/readyz"); code != http.StatusOK || text != "ready\n" {
		t.Errorf("/readyz answers %d %q", code, text)
	}
	code, text := get("/metrics")
	var names []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (\S+ (?:gauge|counter))$`).FindAllStringSubmatch(text, -1) {
		names = append(names, m[1])
	}
	want := []string{"mojreturns_info gauge", "mojreturns_build_number gauge", "mojreturns_build_age_seconds gauge", "mojreturns_deliveries_late gauge", "mojreturns_return_days_left gauge",
		"mojreturns_return_missing gauge", "mojreturns_job_runs_total counter", "mojreturns_job_last_success_timestamp_seconds gauge", "mojreturns_job_last_duration_seconds gauge", "mojreturns_notices_waiting gauge"}
	if code != http.StatusOK || !slices.Equal(names, want) { // alerts are written of these names: a change breaks them
		t.Errorf("/metrics answers %d and measures %q", code, names)
	}
	line := regexp.MustCompile(`^([a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?[0-9.e+-]+|# (HELP|TYPE) [a-z_]+ .+)$`)
	for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !line.MatchString(l) {
			t.Errorf("a monitor does not understand the line %q", l)
		}
	}
	config := filepath.Join(dir, workspace.ConfigFile)
	write := func(office string) {
		if err := os.WriteFile(config, []byte(strings.Replace(smallOffice, "office: Office", "office: "+office, 1)), 0o660); err != nil {
			t.Fatal(err)
		}
	}
	status := func(text string) func() bool {
		return func() bool { _, json := get("/status.json"); return strings.Contains(json, text) }
	}
	write("[")
	until(t, "the page says that the configuration has mistakes", status(`"unsettled": true`))
	if !status(`"office": "Office"`)() {
		t.Error("the configuration of before is not in force")
	}
	write("Another")
	until(t, "the new configuration is in force", status(`"office": "Another"`))
	if !status(`"unsettled": false`)() {
		t.Error("the page says still that it has mistakes")
	}
	stop()
	began := time.Now()
	if err := <-ended; err != nil || time.Since(began) > 10*time.Second {
		t.Errorf("told to stop, it ends with %v after %v", err, time.Since(began))
	}
}
