package signoff_test

import (
	"crypto/rand"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/workspace"
)

// A key that is taken out of the configuration, or replaced, stops whoever signs until
// somebody accepts it by name and reason, and signs that where they have a key.
func TestAKeyThatGoesIsAccepted(t *testing.T) {
	t.Parallel()
	for how, key := range map[string]string{"taken away": "", "replaced": "another"} {
		ws := example.SmallUnbuilt(t)
		at := example.Quarter(t, "2023-24-Q4")
		keys := t.TempDir()
		newKey := func(name string) string {
			public, err := seal.NewKey(filepath.Join(keys, name), rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return public
		}
		user := func(name string) *workspace.User {
			for i, u := range ws.Users {
				if u.Name == name {
					return &ws.Users[i]
				}
			}
			t.Fatalf("there is no %s", name)
			return nil
		}
		lock := func() {
			release, err := ws.Lock(t.Context(), "build", 0)
			if err != nil {
				t.Fatal(err)
			}
			release()
		}
		user("performance-analyst").Key, user("chief-finance-officer").Key = newKey("analyst"), newKey("officer")
		lock()
		if found := problems(t, ws, ""); len(found) > 0 {
			t.Fatalf("%s: %q", how, found)
		}
		if key != "" {
			key = newKey(key)
		}
		user("chief-finance-officer").Key = key
		lock()
		if found := problems(t, ws, ""); len(found) != 1 || !strings.Contains(found[0], "no longer has the key that was kept of chief-finance-officer") {
			t.Errorf("%s: it is said %q", how, found)
		}
		_, submitErr := signoff.Submit(t.Context(), ws, analyst(at), nil)
		_, approveErr := signoff.Approve(t.Context(), ws, officer(at), declared, nil)
		for _, err := range []error{submitErr, approveErr} {
			if !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "return keys --accept") {
				t.Errorf("%s: signing is answered with %v", how, err)
			}
		}
		for _, wrong := range [][2]string{{"performance-analyst", ""}, {"performance-analyst", "officer"}, {"chief-finance-officer", ""}, {"somebody", ""}} {
			file := ""
			if wrong[1] != "" {
				file = filepath.Join(keys, wrong[1])
			}
			if _, err := ws.AcceptKeys(wrong[0], "the laptop was lost", file); !errors.Is(err, workspace.ErrRefused) {
				t.Errorf("%s: accepted by %q: %v", how, wrong, err)
			}
		}
		if lost, err := ws.AcceptKeys("performance-analyst", "the laptop was lost", filepath.Join(keys, "analyst")); err != nil || len(lost) != 1 {
			t.Fatalf("%s: %q, %v", how, lost, err)
		}
		audit, err := archive.Look(ws, "")
		if err != nil || len(audit.Problems) > 0 || len(audit.Notes) != 1 || !strings.Contains(audit.Notes[0], "signed with their key") || !strings.Contains(audit.Notes[0], "the laptop was lost") {
			t.Errorf("%s, accepted: %+v, %v", how, audit, err)
		}
		if err := ws.KeysHold(); err != nil {
			t.Errorf("%s, accepted: %v", how, err)
		}
		forgedAcceptances(t, ws)
	}
}

// forgedAcceptances writes the journal anew, heads too, with the acceptance by somebody
// else or for another reason, or without: each is named.
func forgedAcceptances(t *testing.T, ws *workspace.Workspace) {
	t.Helper()
	was, err := ws.Journal()
	if err != nil {
		t.Fatal(err)
	}
	last := len(was.Entries) - 1
	for how, change := range map[string]func(*journal.Entry){
		"another reason":     func(e *journal.Entry) { e.Says = "it was agreed" },
		"nobody accepted it": func(e *journal.Entry) { e.Says = "" },
		"without signature":  func(e *journal.Entry) { e.Signature = "" },
		"the other user":     func(e *journal.Entry) { e.By = "chief-finance-officer" },
	} {
		noJournal(t, ws)
		again, err := ws.Journal()
		err = errors.Join(err, again.Witness(), again.Append(changed(was.Entries, last, change)...), again.Witness())
		if err != nil {
			t.Fatal(err)
		}
		if found := problems(t, ws, ""); len(found) != 1 {
			t.Errorf("%s: it is said %q", how, found)
		}
	}
}
