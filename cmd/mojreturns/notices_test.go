package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/workspace"
)

// What stands is posted once; what the receiver does not take waits, and no other command
// is the worse for it.
func TestNoticesCommand(t *testing.T) {
	dir := ranOffice(t)
	var posted []string
	status := http.StatusInternalServerError
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, _ := io.ReadAll(r.Body)
		posted = append(posted, string(text))
		w.WriteHeader(status)
	}))
	defer receiver.Close()
	tells(t, exitRefused, "nobody is to be told", "notices", "--send", "--workspace", dir)
	tells(t, exitRefused, "no mail server", "notices", "--test", "somebody@office.example", "--workspace", dir)
	config := filepath.Join(dir, workspace.ConfigFile)
	add := func(file, text string) {
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	add(config, "notices: {webhook: '"+receiver.URL+"'}\n")
	tells(t, exitRefused, "webhook_key", "notices", "--send", "--workspace", dir)
	add(filepath.Join(dir, "secrets.yaml"), "webhook_key: \"shared\"\n")
	tells(t, exitFailed, "waits: the web address answers 500", "notices", "--send", "--workspace", dir)
	tells(t, exitDone, "not be sent 1 time", "notices", "--workspace", dir)
	tells(t, exitDone, "", "run", "--period", "2023-24-Q4", "--workspace", dir)
	if len(posted) != 1 || !strings.Contains(posted[0], `"kind":"overdue"`) || strings.Contains(posted[0], "shared") {
		t.Fatalf("posted were %q", posted)
	}
	status = http.StatusOK
	tells(t, exitDone, "0 messages sent", "notices", "--send", "--workspace", dir) // it waits its minute
	if len(posted) != 1 {
		t.Errorf("posted were %q", posted)
	}
	for text, want := range map[string]string{
		"notices: {webhook: 'http://office.example'}\n":                           "begins with https://",
		"notices: {to: [a@office.example]}\n":                                     "the mail server is missing",
		"notices: {mail: {host: x, port: 70000}, from: me}\n":                     `from "me" is no e-mail address`,
		"notices: {mail: {host: x}, from: a@x.example}\n":                         "nobody to write to",
		"schedule: [{name: tell, job: notices, at: \"07:30\"}]\n":                 "nobody is to be told",
		"notices: {mail: {host: x}, from: a@x.example, to: [nobody], user: me}\n": `unknown|not known`,
	} {
		if err := os.WriteFile(config, []byte(smallOffice+text), 0o660); err != nil {
			t.Fatal(err)
		}
		code, says := said("check", "--config", "--workspace", dir)
		found := false
		for _, one := range strings.Split(want, "|") {
			found = found || strings.Contains(says, one)
		}
		if code != exitUsage || !found {
			t.Errorf("%s is taken (%d), or told as %s", text, code, says)
		}
	}
}
