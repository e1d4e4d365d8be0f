package draft

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

// A file that nobody can have written is refused before any of it is looked at.
func TestMostWords(t *testing.T) {
	ws, at := &workspace.Workspace{Dir: t.TempDir()}, period.Period{Label: "2023-24-Q4"}
	for size, refused := range map[int]bool{mostWords: false, mostWords + 1: true} {
		if err := workspace.WriteFile(filepath.Join(ws.Dir, filepath.FromSlash(wordsFile(at))), bytes.Repeat([]byte("a"), size)); err != nil {
			t.Fatal(err)
		}
		text, err := words(ws, at)
		if refused && (err == nil || !strings.Contains(err.Error(), "2023-24-Q4.md has more than 200 kB")) || !refused && (err != nil || len(text) != size) {
			t.Errorf("%d bytes: %d read, %v", size, len(text), err)
		}
	}
}
