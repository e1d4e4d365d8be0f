package signoff_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/owed"
)

// A second version of a return says which figures of earlier quarters it prints
// otherwise than the first, and a submission that waits beside a seal is seen.
func TestASecondVersionSaysWhatMoved(t *testing.T) {
	t.Parallel()
	ws, _ := sealedFourth(t)
	at := example.Quarter(t, "2023-24-Q4")
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { return rows[:len(rows)-40] })
	second := seals(t, ws, at)
	book, err := excelize.OpenFile(filepath.Join(second.Dir, "return.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	notes, err := book.GetRows("Notes")
	if err != nil || second.About.Version != 2 {
		t.Fatalf("version %d, %v", second.About.Version, err)
	}
	last := strings.Join(notes[len(notes)-1], " ")
	if !strings.Contains(last, "[r]") || !strings.Contains(last, "in the return for 2023-24-Q4, version 1") {
		t.Errorf("the notes end with %q", last)
	}
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { return rows[:len(rows)-60] })
	if _, err := pipeline.Run(t.Context(), ws, at); err != nil {
		t.Fatal(err)
	}
	submits(t, ws, at)
	due, err := owed.Returns(ws, at)
	if err != nil || due[0].Status != "sealed as version 2, submitted again" {
		t.Errorf("%+v, %v", due, err)
	}
}

// A file of comments that Excel saved as plain CSV has lost its £: it is refused, with
// its line and what to save it as.
func TestCommentsThatAreNotUTF8(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	path, err := draft.StartComments(ws, "", at)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(example.ReadFile(t, path)), "\r\nT17", "\r\nT17_Narrative,B7,about,Travel cost \xa3185 more,Performance analyst,\r\nT17", 1)
	if err := os.WriteFile(path, []byte(text), 0o660); err != nil {
		t.Fatal(err)
	}
	_, err = draft.Return(t.Context(), example.View(t, ws, at), "", filepath.Join(t.TempDir(), "draft.xlsx"))
	if err == nil || !strings.Contains(err.Error(), "2023-24-Q4.csv:") || !strings.Contains(err.Error(), `save it as "CSV UTF-8`) {
		t.Errorf("drafted with %v", err)
	}
}
