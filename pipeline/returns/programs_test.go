package returns_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Other programs than ours read the draft: LibreOffice and openpyxl, where this
// machine has them.
func TestOtherPrograms(t *testing.T) {
	content, _ := draft(t, request(t, quarterly(t), "2023-24-Q4"))
	dir := t.TempDir()
	path := filepath.Join(dir, "draft.xlsx")
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	want := "Police [x] 10 1012 0 1022"
	if soffice, err := exec.LookPath("soffice"); err != nil {
		t.Log("not run: LibreOffice is not on this machine")
	} else if got := libreOffice(t, soffice, dir, path); !strings.HasPrefix(got, "Police,[x],10,1012,0,1022") {
		t.Errorf("LibreOffice reads %q in row 7 of T04_Source, want %s", got, want)
	}
	python := withOpenpyxl()
	if python == "" {
		t.Log("not run: no Python with openpyxl is on this machine")
		return
	}
	for _, way := range []string{"False", "True"} { // read whole, and streamed by the range the sheet states
		script := `import openpyxl, sys
book = openpyxl.load_workbook(sys.argv[1], read_only=` + way + `)
rows = list(book["T04_Source"].iter_rows(values_only=True))
print(*rows[6]); print(len(rows), len(rows[0]), len(book.sheetnames))`
		out, err := exec.Command(python, "-c", script, path).CombinedOutput()
		if got := strings.Join(strings.Fields(string(out)), " "); err != nil || got != want+" 27 6 22" {
			t.Errorf("openpyxl (read_only=%s) reads %q (%v), want %q", way, got, err, want+" 27 6 22")
		}
	}
}

// libreOffice opens the workbook, saves it as its own XLSX and that as CSV, and
// gives row 7 of T04_Source, the eighth sheet.
func libreOffice(t *testing.T, soffice, dir, path string) string {
	t.Helper()
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile"))
	again := filepath.Join(dir, "again")
	for _, step := range [][]string{
		{"--convert-to", "xlsx", "--outdir", again, path},
		{"--convert-to", `csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,8`, "--outdir", again, filepath.Join(again, "draft.xlsx")},
	} {
		out, err := exec.Command(soffice, append([]string{profile, "--headless"}, step...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("soffice %s: %v\n%s", strings.Join(step, " "), err, out)
		}
	}
	text, err := os.ReadFile(filepath.Join(again, "draft-T04_Source.csv"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(string(text), "\n")[6]
}

func withOpenpyxl() string {
	for _, name := range []string{"python3", "/usr/bin/python3", "python"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	return ""
}
