package annotate_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Every part that was written is good XML.
func TestPartsAreXML(t *testing.T) {
	for name, part := range parts(t, annotated(t, sent(t))) {
		if strings.HasSuffix(name, ".bin") {
			continue
		}
		for in := xml.NewDecoder(strings.NewReader(part)); ; {
			if _, err := in.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Errorf("%s: %v", name, err)
				break
			}
		}
	}
}

// Other programs than ours open it: LibreOffice and openpyxl, where this machine has
// them, find the comments on their cells and the provider's values as they were.
func TestOtherPrograms(t *testing.T) {
	dir := t.TempDir()
	path, was := filepath.Join(dir, "marked.xlsx"), filepath.Join(dir, "sent.xlsx")
	if err := errors.Join(os.WriteFile(path, annotated(t, sent(t)), 0o644), os.WriteFile(was, sent(t), 0o644)); err != nil {
		t.Fatal(err)
	}
	if soffice, err := exec.LookPath("soffice"); err != nil {
		t.Log("not run: LibreOffice is not on this machine")
	} else {
		libreOffice(t, soffice, dir, path)
	}
	for _, python := range []string{"python3", "/usr/bin/python3", "python"} {
		if exec.Command(python, "-c", "import openpyxl").Run() != nil {
			continue
		}
		script := `import openpyxl, sys
marked, sent = (openpyxl.load_workbook(p) for p in sys.argv[1:])
print(marked.sheetnames)
for sheet in sent:
    for row in sheet.iter_rows():
        for cell in row:
            now = marked[sheet.title][cell.coordinate]
            if (cell.value, cell.number_format, cell.font.b) != (now.value, now.number_format, now.font.b): print("changed", cell.coordinate)
for sheet in marked:
    print(sheet.title, [c.coordinate for row in sheet.iter_rows() for c in row if c.comment], [c.coordinate for row in sheet.iter_rows() for c in row if c.fill.fgColor.rgb == "FFFFD58A"],
        sheet.dimensions, len(sheet.data_validations.dataValidation), sheet.auto_filter.ref, [str(m) for m in sheet.merged_cells.ranges])`
		out, err := exec.Command(python, "-c", script, path, was).CombinedOutput()
		want := `['Faults (2)', 'Faults', 'Sessions', "It's more"]
changed F2
changed F4
changed F5
Faults (2) [] [] A1:H27 0 None []
Faults [] [] A1:A1 0 None []
Sessions ['A3', 'A4', 'C4', 'D4', 'B5', 'C5'] ['A4', 'C4', 'D4', 'B5', 'C5'] A1:H9 1 $A$2:$E$7 ['A1:E1']
It's more ['A2'] ['A2'] A1:B2 0 None []
`
		if got := strings.ReplaceAll(string(out), "\r\n", "\n"); err != nil || got != want {
			t.Errorf("openpyxl reads %s (%v), want %s", got, err, want)
		}
		return
	}
	t.Log("not run: no Python with openpyxl is on this machine")
}

// libreOffice opens the workbook and saves it as its own, in which the marks are
// still there.
func libreOffice(t *testing.T, soffice, dir, path string) {
	t.Helper()
	profile := "-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile"))
	out, err := exec.Command(soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", filepath.Join(dir, "again"), path).CombinedOutput()
	if err != nil {
		t.Fatalf("soffice: %v\n%s", err, out)
	}
	content, err := os.ReadFile(filepath.Join(dir, "again", "marked.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	found, err := f.GetComments("Sessions")
	if err != nil {
		t.Fatal(err)
	}
	var cells []string
	for _, c := range found {
		cells = append(cells, c.Cell)
	}
	if len(cells) != 6 {
		t.Errorf("LibreOffice has comments on %v of Sessions, want A3, A4, C4, D4, B5 and C5", cells)
	}
	if words, err := f.GetCellValue("Sessions", "F4"); err != nil || words != "ROW REJECTED: Session ID, Places, Status" {
		t.Errorf("LibreOffice reads %q in F4, %v", words, err)
	}
	if date, err := f.GetCellValue("Sessions", "B3"); err != nil || date != "07/03/2024" { // 43,896 days after 1 January 1904
		t.Errorf("LibreOffice reads the date %q in B3, %v", date, err)
	}
}
