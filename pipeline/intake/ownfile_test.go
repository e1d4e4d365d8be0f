package intake_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

// A file whose client numbers were hashed is marked as its sender knows it, while it is in
// the inbox and the marked workbook goes elsewhere: with the numbers, and each fault where
// it stands there, though a column was dropped in front of it. Else the kept text is marked. It
// is slow since whatever is marked is judged again.
func TestMarkedFileIsTheProvidersOwn(t *testing.T) {
	t.Parallel()
	for _, ending := range []string{".xlsx", ".csv"} {
		t.Run(ending, func(t *testing.T) {
			ws := doorOf(t)
			file := inboxFile(t, ws, "p_2023-24_v1"+ending, "SP", "SA-700123", "", "700125")
			if ending == ".csv" {
				text := []byte(replacing("POL", "ZZZ")(string(example.ReadFile(t, file))))
				if err := os.WriteFile(file, text, 0o600); err != nil {
					t.Fatal(err)
				}
			} else {
				book, err := excelize.OpenFile(file)
				if err != nil {
					t.Fatal(err)
				}
				for _, cell := range []string{"F2", "F3", "F4"} {
					if err := book.SetCellValue("Sheet1", cell, "ZZZ"); err != nil {
						t.Fatal(err)
					}
				}
				if err := book.Save(); err != nil {
					t.Fatal(err)
				}
			}
			if l := landOne(t, ws, file, landing.Given{}); l.Status != landing.StatusLanded {
				t.Fatalf("%s: %s", l.Status, l.Message)
			}
			to := t.TempDir()
			mark := func(to string) (intake.Annotated, string) {
				t.Helper()
				done, err := intake.Annotate(t.Context(), ws, intake.Annotation{To: to})
				if err != nil || len(done) != 1 || done[0].Faults != 4 || done[0].Rows != 3 {
					t.Fatalf("%+v, %v", done, err)
				}
				all := ""
				for _, text := range example.Everything(t, &workspace.Workspace{Dir: filepath.Dir(done[0].Path), Settings: example.OneThread}) {
					all += text
				}
				return done[0], all
			}
			done, text := mark(to)
			if !strings.Contains(text, "SA-700123") || !strings.Contains(text, "700125") || !strings.Contains(done.Message, "made of the file in the inbox, so it holds client numbers") {
				t.Errorf("it is not the provider's own: %s", done.Message)
			}
			book, err := excelize.OpenFile(done.Path)
			if err != nil {
				t.Fatal(err)
			}
			defer book.Close()
			sheet := map[string]string{".xlsx": "Sheet1", ".csv": "referrals"}[ending]
			comments, err := book.GetComments(sheet)
			if err != nil {
				t.Fatal(err)
			}
			var at []string
			for _, c := range comments {
				at = append(at, c.Cell)
			}
			slices.Sort(at)
			if got := strings.Join(at, " "); got != "C3 F2 F3 F4" {
				t.Errorf("marked are %s", got)
			}
			if entries, err := os.ReadDir(to); err != nil || len(entries) != 1 {
				t.Errorf("left beside it: %v, %v", entries, err)
			}
			if ending == ".csv" {
				return
			}
			for where, to := range map[string]string{"by default": "", "by choice": ws.Path("sent-back")} {
				if done, text := mark(to); strings.Contains(text, "7001") || !strings.Contains(done.Message, "client numbers are hashes in it, since it is in the store") {
					t.Errorf("%s: %s", where, done.Message)
				}
			}
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			if done, text := mark(t.TempDir()); strings.Contains(text, "7001") || !strings.Contains(done.Message, "is not in the inbox any more") {
				t.Errorf("without it: %s", done.Message)
			}
		})
	}
}
