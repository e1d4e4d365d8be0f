package signoff_test

import (
	"errors"
	"strings"
	"testing"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
)

// A release that was the first thing done knew no head, and says so: no journal that was
// begun anew can have it, whether it found it or tells of something else first.
func TestTheFirstLineIsKnown(t *testing.T) {
	t.Parallel()
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
	if _, err := draft.Release(t.Context(), example.View(t, ws, at), disclosure.Briefing, "performance analyst", first(reasons(t, ws, at))); err != nil {
		t.Fatal(err)
	}
	j, err := ws.Journal()
	if err != nil || len(j.Entries) == 0 || j.Entries[0].Kind != journal.Released {
		t.Fatalf("the journal begins with %+v, %v", j.Entries, err)
	}
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("nothing was changed, and it is said: %q", found)
	}
	named := func(how string) {
		t.Helper()
		found := problems(t, ws, "")
		if !strings.Contains(strings.Join(found, "\n"), "releases/briefing/001 was sealed before anything stood in the journal") {
			t.Errorf("%s: %q", how, found)
		}
	}
	noJournal(t, ws)
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if audit, err := archive.Look(ws, ""); err != nil || len(audit.Older) != 1 {
		t.Fatalf("%+v, %v", audit, err)
	}
	named("found by a journal begun anew")

	noJournal(t, ws)
	again, err := journal.Read(ws.Path("journal.jsonl"))
	err = errors.Join(err, again.Witness(), again.Append(journal.Entry{Kind: journal.Withdrawn, At: ws.Now(), By: "performance analyst"}, j.Entries[0]), again.Witness())
	if err != nil {
		t.Fatal(err)
	}
	named("told of after something else")
}
