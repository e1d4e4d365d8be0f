package intake

import (
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// The workbook goes where it was asked for: a name that ends as the program that
// opens it wants, or a folder, where no two files take one name.
func TestWhereAnnotatedFilesGo(t *testing.T) {
	ws := &workspace.Workspace{Dir: "w"}
	folder := t.TempDir()
	for _, c := range []struct{ name, file, to, want string }{
		{"a.csv", "a.csv", "", filepath.Join("w", "store", "annotated", "a_faults.xlsx")},
		{"a.XLSM", "a.XLSM", folder, filepath.Join(folder, "a_faults.xlsm")},
		{"a.xlsx", "", "some", filepath.Join("some", "a_faults.xlsx")},
		{"a.xlsx", "a.xlsx", "b.xlsx", "b.xlsx"},
		{"a.xlsm", "a.xlsm", "b.xlsx", "ends in .xlsm"},
		{"a.csv", "a.csv", "b.csv", "ends in .xlsx"},
	} {
		s := typed.Staged{}
		s.Name, s.SHA256 = c.name, strings.Repeat("ab", 32)
		a := marking{pipeline: ws, sources: []typed.Staged{s}}
		taken := map[string]bool{}
		got, err := a.path(Annotation{File: c.file, To: c.to}, taken)
		if err != nil {
			got = err.Error()
		}
		if got != c.want && !(err != nil && strings.Contains(got, c.want)) {
			t.Errorf("%s to %q goes to %q, want %q", c.name, c.to, got, c.want)
		}
	}
	a := marking{pipeline: ws, sources: []typed.Staged{{}}}
	a.sources[0].Name, a.sources[0].SHA256 = "a.csv", strings.Repeat("ab", 32)
	if got, err := a.path(Annotation{}, map[string]bool{"a_faults": true}); err != nil || filepath.Base(got) != "a_faults_abababab.xlsx" {
		t.Errorf("a second of one name goes to %q, %v", got, err)
	}
}
