package workspace_test

import (
	"testing"

	"mojreturns/pipeline/workspace"
)

// A name from outside makes a folder in its place, on every system, or is refused.
func TestFolderNames(t *testing.T) {
	for name, want := range map[string]bool{
		"moj-quarterly": true, "moj_2025.1": true, "7": true, "console": true, "com10": true,
		"": false, ".": false, "..": false, "../x": false, "a/b": false, `a\b`: false, "/etc": false, `C:\x`: false, "x:stream": false, ".hidden": false,
		"CON": false, "con": false, "NUL.txt": false, "lpt1": false, "COM0.a.b": false, "ends.": false, "ends ": false, "a b": false, "a*": false, "é": false,
	} {
		if got := workspace.IsFolderName(name); got != want {
			t.Errorf("%q: %v, want %v", name, got, want)
		}
	}
}
