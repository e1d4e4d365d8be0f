package returns_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// filledBooks are a draft of our own blank, and of one that a ministry might issue,
// with a formula.
func filledBooks(t *testing.T) map[string][]byte {
	t.Helper()
	ours := request(t, quarterly(t), "2023-24-Q4")
	ours.Comments = map[string]string{"T17_Narrative!B7": "=1+1", "T18_Risks!A7": "+44 1642", "T02_Spend!M7": "@SUM(A1)"}
	issued := request(t, issued(t, func(f *excelize.File) {
		if err := f.SetCellFormula("Return", "B5", "B3+2"); err != nil {
			t.Fatal(err)
		}
	}), "2023-24-Q4")
	books := map[string][]byte{}
	books["ours"], _ = draft(t, ours)
	books["issued"], _ = draft(t, issued)
	return books
}

// LibreOffice opens every workbook, works its formulas out, and saves the same
// values in every cell.
func TestLibreOffice(t *testing.T) {
	soffice, err := exec.LookPath("soffice")
	if err != nil {
		t.Log("not run: LibreOffice is not on this machine")
		return
	}
	dir := t.TempDir()
	for name, content := range filledBooks(t) {
		path := filepath.Join(dir, name+".xlsx")
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		profile := "-env:UserInstallation=file://" + filepath.ToSlash(filepath.Join(dir, "profile"))
		if out, err := exec.Command(soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", filepath.Join(dir, "again"), path).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		again, err := os.ReadFile(filepath.Join(dir, "again", name+".xlsx"))
		if err != nil {
			t.Fatal(err)
		}
		sameCells(t, name, opened(t, content), opened(t, again))
	}
}

// sameCells compares every cell of every sheet. A formula has no value in what we
// write; what LibreOffice makes of the one there is, is 1012 + 2.
func sameCells(t *testing.T, name string, was, is *excelize.File) {
	t.Helper()
	raw := excelize.Options{RawCellValue: true}
	count := 0
	for _, sheet := range was.GetSheetList() {
		rows, err := was.GetRows(sheet, raw)
		if err != nil {
			t.Fatal(err)
		}
		for row, cells := range rows {
			for column, want := range cells {
				at, err := excelize.CoordinatesToCellName(column+1, row+1)
				if err != nil {
					t.Fatal(err)
				}
				if formula, _ := was.GetCellFormula(sheet, at); formula != "" {
					if name != "issued" || at != "B5" {
						t.Errorf("%s: %s!%s became the formula %q", name, sheet, at, formula)
					}
					want = "1014"
				}
				count++
				if got, err := is.GetCellValue(sheet, at, raw); err != nil || !sameValue(got, want) {
					t.Errorf("%s: %s!%s is %q in LibreOffice (%v), want %q", name, sheet, at, got, err, want)
				}
			}
		}
	}
	if count < 10 {
		t.Errorf("%s: %d cells were compared", name, count)
	}
}

// sameValue compares texts, or numbers to the last digit that both programs write.
func sameValue(got, want string) bool {
	a, err1 := strconv.ParseFloat(got, 64)
	b, err2 := strconv.ParseFloat(want, 64)
	return strings.ReplaceAll(got, "\r", "") == want || err1 == nil && err2 == nil && a == b
}

// openpyxl reads every workbook whole, and streamed by the range each sheet states:
// the same cells, and of ours none a formula.
func TestOpenpyxl(t *testing.T) {
	python := withOpenpyxl()
	if python == "" {
		t.Log("not run: no Python with openpyxl is on this machine")
		return
	}
	const script = `import openpyxl, sys
whole, streamed = openpyxl.load_workbook(sys.argv[1]), openpyxl.load_workbook(sys.argv[1], read_only=True)
cells = formulas = 0
for sheet in whole:
    if not hasattr(sheet, "iter_rows"): continue
    there = {(c.row, c.column): c.value for row in sheet.iter_rows() for c in row if c.value is not None}
    found = {(c.row, c.column): c.value for row in streamed[sheet.title].iter_rows() for c in row if c.value is not None}
    assert there == found, sheet.title + ": read by its range it has other cells"
    assert streamed[sheet.title].calculate_dimension() == sheet.calculate_dimension(), sheet.title + " says it uses " + streamed[sheet.title].calculate_dimension()
    cells += len(there)
    formulas += sum(c.data_type == "f" for row in sheet.iter_rows() for c in row)
print(len(whole.sheetnames), cells > 10, formulas)`
	for name, want := range map[string]string{"ours": "22 True 0", "issued": "2 True 1"} {
		path := filepath.Join(t.TempDir(), name+".xlsx")
		if err := os.WriteFile(path, filledBooks(t)[name], 0o644); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", script, path).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s: openpyxl says %q (%v), want %q", name, got, err, want)
		}
	}
}

func withOpenpyxl() string {
	for _, name := range []string{"python3", "/usr/bin/python3", "python"} {
		if exec.Command(name, "-c", "import openpyxl").Run() == nil {
			return name
		}
	}
	return ""
}
