package signoff_test

import (
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/journal"
)

// No line of the journal can be changed, left out or put in by itself, the last ones
// neither: the heads tell, and where somebody writes those anew as well, what is kept does.
func TestNoLineOfTheJournalIsItsOwnWitness(t *testing.T) {
	t.Parallel()
	ws, _ := signedOffice(t)
	file, heads := ws.Path("journal.jsonl"), ws.Path("journal.heads")
	was, wereHeads := example.ReadFile(t, file), example.ReadFile(t, heads)
	j, err := ws.Journal()
	if err != nil {
		t.Fatal(err)
	}
	again := func(entries []journal.Entry, witnessed bool) {
		put(t, file, nil)
		if witnessed {
			put(t, heads, nil)
		}
		other, err := journal.Read(file)
		if err == nil && witnessed {
			err = other.Witness()
		}
		if err == nil {
			err = other.Append(entries...)
		}
		if err == nil && witnessed {
			err = other.Witness()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	kinds := map[journal.Kind]bool{}
	for i, e := range j.Entries {
		kinds[e.Kind] = true
		for how, entries := range map[string][]journal.Entry{
			"left out":          append(slices.Clone(j.Entries[:i]), j.Entries[i+1:]...),
			"there twice":       append(slices.Clone(j.Entries[:i+1]), j.Entries[i:]...),
			"by somebody else":  changed(j.Entries, i, func(e *journal.Entry) { e.By = "somebody" }),
			"of another digest": changed(j.Entries, i, func(e *journal.Entry) { e.Digest = strings.Repeat("0", 64) }),
			"of another kind":   changed(j.Entries, i, func(e *journal.Entry) { e.Kind = journal.Waived }),
			"of another day":    changed(j.Entries, i, func(e *journal.Entry) { e.At = e.At.AddDate(0, 0, 1) }),
		} {
			again(entries, false)
			if found := problems(t, ws, ""); len(found) == 0 {
				t.Errorf("line %d (%s) is %s, and nothing is said", i+1, e.Kind, how)
			}
			put(t, heads, wereHeads)
			if how == "of another day" || e.Kind == journal.Keys {
				continue // nothing else that is kept tells of it
			}
			if again(entries, true); len(problems(t, ws, "")) == 0 {
				t.Errorf("line %d (%s) is %s, with heads written anew, and nothing is said", i+1, e.Kind, how)
			}
			put(t, heads, wereHeads)
		}
	}
	if !kinds[journal.Approved] || !kinds[journal.Released] || !kinds[journal.Keys] {
		t.Errorf("the journal has lines of %v", kinds)
	}
	put(t, file, was)
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("put back as it was: %q", found)
	}
}

// changed is a journal's entries with another in one place.
func changed(entries []journal.Entry, i int, change func(*journal.Entry)) []journal.Entry {
	out := slices.Clone(entries)
	change(&out[i])
	return out
}
