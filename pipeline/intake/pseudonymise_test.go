package intake_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/workspace"
)

// A workbook that is pseudonymised at the provider's desk has the same cells but for the
// client numbers, of which no byte is left; the file itself is as it was.
func TestWorkbookAtTheDesk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	key, err := pseudonym.Parse(keyOfPool)
	if err != nil {
		t.Fatal(err)
	}
	book := excelize.NewFile()
	for _, sheet := range []string{"May", "Notes"} {
		if _, err := book.NewSheet(sheet); err != nil {
			t.Fatal(err)
		}
	}
	for at, value := range map[string]any{"Sheet1!A1": "Our clients", "Sheet1!A2": "Ref", "Sheet1!B2": "Client No", "Sheet1!C2": "Hours", "Sheet1!A3": "r1", "Sheet1!B3": 700123, "Sheet1!C3": 7,
		"Sheet1!A4": "r2", "Sheet1!B4": "CX-700124", "Sheet1!A5": "r3", "Sheet1!B5": "7.00125E+11", "May!A1": "Ref", "May!B1": "client no.", "May!A2": "r4", "May!B2": "00700123", "Notes!A1": "Read", "Notes!B1": "me"} {
		sheet, cell, _ := strings.Cut(at, "!")
		if err := book.SetCellValue(sheet, cell, value); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(dir, "clients.xlsx")
	if err := book.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	before := example.ReadFile(t, file)
	done, err := intake.Pseudonymise(t.Context(), intake.ClientFile{File: file, Columns: []string{"Client No"}, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(intake.Pseudonymised{To: filepath.Join(dir, "clients_pseudonyms.xlsx"), Hashed: 3, Rounded: 1, Untouched: []string{"Notes"}}, done); diff != "" {
		t.Error(diff)
	}
	made, err := excelize.OpenFile(done.To)
	if err != nil {
		t.Fatal(err)
	}
	defer made.Close()
	got := map[string][][]string{}
	for _, sheet := range made.GetSheetList() {
		if got[sheet], err = made.GetRows(sheet); err != nil {
			t.Fatal(err)
		}
	}
	want := map[string][][]string{
		"Sheet1": {{"Our clients"}, {"Ref", "Client No", "Hours"}, {"r1", hashOf(t, key, "700123"), "7"}, {"r2", hashOf(t, key, "CX-700124")}, {"r3", "(rounded by the spreadsheet)"}},
		"May":    {{"Ref", "client no."}, {"r4", hashOf(t, key, "700123")}},
		"Notes":  {{"Read", "me"}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if string(example.ReadFile(t, file)) != string(before) {
		t.Error("the file itself has changed")
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	for where, text := range example.Everything(t, &workspace.Workspace{Dir: dir, Settings: example.OneThread}) {
		for _, number := range []string{"700123", "700124", "7.00125"} {
			if strings.Contains(text, number) {
				t.Errorf("%s is in %s", number, where)
			}
		}
	}
}
