package signoff_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/seal"
	"mojreturns/pipeline/workspace"
)

// A command that was killed between the journal's line and the name of what it tells of
// is finished by the next one; one killed before the line has made nothing.
func TestAKilledSealIsFinished(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	submission := filepath.Join(filepath.Dir(sealed.Dir), "submission-001.json")
	released := ws.Path("releases", "briefing", "001")
	for _, path := range []string{released} { // the last that the journal tells of
		if err := os.Rename(path, path+seal.Half); err != nil {
			t.Fatal(err)
		}
	}
	put(t, submission[:len(submission)-6]+"2.json"+seal.Half, []byte("{}")) // no line tells of it
	release, err := ws.Lock(t.Context(), "build", 0)
	if err != nil {
		t.Fatal(err)
	}
	release()
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("after a kill: %q", found)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(submission), "*"+seal.Half)); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
}

// What a line of the journal tells of is never cleared as something half made, whichever
// line it is: it gets its name again, or stays as it is and is told of.
func TestWhatALineTellsOfIsNeverCleared(t *testing.T) {
	t.Parallel()
	ws, sealed := signedOffice(t)
	half := sealed.Dir + seal.Half
	lock := func() {
		release, err := ws.Lock(t.Context(), "build", 0)
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	if err := os.Rename(sealed.Dir, half); err != nil { // not the last that the journal tells of
		t.Fatal(err)
	}
	lock()
	if found := problems(t, ws, ""); len(found) > 0 {
		t.Errorf("a seal under the name of a half made one: %q", found)
	}
	if err := os.Rename(sealed.Dir, half); err != nil {
		t.Fatal(err)
	}
	put(t, filepath.Join(half, seal.ManifestFile), []byte("{}"))
	lock()
	if !workspace.Exists(filepath.Join(half, "return.xlsx")) {
		t.Error("a changed seal that a line tells of was thrown away")
	}
	if found := strings.Join(problems(t, ws, ""), "\n"); !strings.Contains(found, "v001 is gone, of which line") {
		t.Errorf("it is said %q", found)
	}
}
