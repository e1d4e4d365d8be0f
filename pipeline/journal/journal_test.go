package journal_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/journal"
)

var day = time.Date(2024, 4, 30, 9, 0, 0, 0, time.UTC)

// written is a journal of some lines, in a new folder.
func written(t *testing.T, lines int) (string, journal.Journal) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "store", "journal.jsonl")
	j, err := journal.Read(file)
	if err != nil {
		t.Fatal(err)
	}
	for n := range lines {
		e := journal.Entry{At: day.AddDate(0, 0, n), Kind: journal.Sealed, By: "officer", Place: fmt.Sprintf("returns/r/2023-24-Q%d/v001", n+1), Digest: strings.Repeat("ab", 32)}
		if err := j.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	return file, j
}

func TestAppendedLinesAreRead(t *testing.T) {
	file, j := written(t, 3)
	again, err := journal.Read(file)
	if err != nil || len(again.Entries) != 3 || again.Head() != j.Head() || !strings.HasPrefix(j.Head(), "3:") {
		t.Fatalf("%d lines, head %s and %s: %v", len(again.Entries), again.Head(), j.Head(), err)
	}
	if e, _, ok := again.Of("returns/r/2023-24-Q2/v001"); !ok || e.Number != 2 || e.By != "officer" {
		t.Errorf("found %v, %+v", ok, e)
	}
}

// Whatever byte of a journal is changed, left out or put in, and whatever line is taken
// out, doubled or exchanged, it is noticed: by the chain, or else the head is another.
func TestNoChangeGoesUnseen(t *testing.T) {
	file, j := written(t, 4)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head := j.Head()
	unseen := func(changed []byte) bool {
		if err := os.WriteFile(file, changed, 0o660); err != nil {
			t.Fatal(err)
		}
		now, err := journal.Read(file)
		return err == nil && len(now.Torn) == 0 && now.Holds(head) == nil
	}
	if !unseen(text) {
		t.Fatal("the journal as it was written is taken for changed")
	}
	for i := range text {
		flipped := bytes.Clone(text)
		flipped[i] ^= 1 << (i % 8)
		if unseen(flipped) {
			t.Errorf("byte %d was changed", i)
		}
		if unseen(append(bytes.Clone(text[:i]), text[i+1:]...)) {
			t.Errorf("byte %d was left out", i)
		}
		if unseen(append(append(bytes.Clone(text[:i]), ' '), text[i:]...)) {
			t.Errorf("a blank was put in at %d", i)
		}
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(text, []byte("\n")), []byte("\n"))
	for i := range lines {
		for k := range lines {
			other := append([][]byte{}, lines...)
			other[i], other[k] = lines[k], lines[i]
			if i != k && unseen(bytes.Join(other, nil)) {
				t.Errorf("lines %d and %d were exchanged", i+1, k+1)
			}
		}
		if unseen(bytes.Join(append(append([][]byte{}, lines[:i]...), lines[i+1:]...), nil)) {
			t.Errorf("line %d was taken out", i+1)
		}
	}
}

// A line that a killed command left half is put aside, whatever is left of it, and the
// next line follows the last whole one.
func TestTornLineIsMended(t *testing.T) {
	_, whole := written(t, 2)
	file, _ := written(t, 3)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	two := bytes.LastIndexByte(text[:len(text)-1], '\n') + 1
	for cut := two + 1; cut < len(text); cut += 7 {
		if err := os.WriteFile(file, text[:cut], 0o660); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Read(file)
		if err != nil || len(j.Entries) != 2 || string(j.Torn) != string(text[two:cut]) {
			t.Fatalf("cut at %d: %d lines, torn %q: %v", cut, len(j.Entries), j.Torn, err)
		}
		if err := j.Append(journal.Entry{}); err == nil {
			t.Fatal("a line was written behind a torn one")
		}
		kept, err := j.Mend()
		if held, readErr := os.ReadFile(kept); err != nil || readErr != nil || string(held) != string(text[two:cut]) {
			t.Fatalf("kept %q: %v, %v", held, err, readErr)
		}
		if err := j.Append(journal.Entry{Kind: journal.Erased, At: day, By: "officer", Place: "ab"}); err != nil {
			t.Fatal(err)
		}
		if again, err := journal.Read(file); err != nil || len(again.Entries) != 3 || again.Holds(whole.Head()) != nil {
			t.Fatalf("%d lines: %v", len(again.Entries), err)
		}
	}
}

func TestBrokenJournalSaysWhere(t *testing.T) {
	file, _ := written(t, 3)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ from, to, says string }{
		{`"by":"officer","place":"returns/r/2023-24-Q2`, `"by":"analyst","place":"returns/r/2023-24-Q2`, "line 3 of"},
		{`"number":2`, `"number": 2`, "line 2 of"},
		{`"number":2`, `"number":9`, "says that it is line 9"},
	} {
		if err := os.WriteFile(file, bytes.Replace(text, []byte(c.from), []byte(c.to), 1), 0o660); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Read(file)
		if !errors.Is(err, journal.ErrBroken) || !strings.Contains(err.Error(), c.says) || len(j.Entries) == 0 {
			t.Errorf("%s: %d lines, %v", c.to, len(j.Entries), err)
		}
	}
}

func TestHolds(t *testing.T) {
	_, j := written(t, 2)
	_, hash, _ := strings.Cut(j.Head(), ":")
	for head, holds := range map[string]bool{j.Head(): true, strings.ToUpper(hash): true, " " + hash + "\n": true, "1:" + hash: false, hash[:63]: false, "": false, ":": false} {
		if err := j.Holds(head); (err == nil) != holds {
			t.Errorf("%q: %v", head, err)
		}
	}
	if (journal.Journal{}).Head() != "" {
		t.Error("an empty journal has a head")
	}
}

// Torn bytes are kept, those of a second kill at the same line too.
func TestTornTwiceAtOneLine(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	kept := map[string]string{}
	for _, torn := range []string{`{"numb`, `{"number":1,`} {
		if err := os.WriteFile(file, []byte(torn), 0o660); err != nil {
			t.Fatal(err)
		}
		j, err := journal.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := j.Mend()
		if err != nil {
			t.Fatal(err)
		}
		kept[name] = torn
	}
	for name, torn := range kept {
		if text, err := os.ReadFile(name); err != nil || string(text) != torn {
			t.Errorf("%s holds %q, %v", name, text, err)
		}
	}
	if len(kept) != 2 {
		t.Errorf("kept are %q", kept)
	}
}
