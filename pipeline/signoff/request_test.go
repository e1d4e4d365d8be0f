package signoff_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline"
	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// A later return prints an earlier quarter again: what differs from the seal is
// marked in its notes, what people wrote stands in it, and both are sealed with it.
func TestLaterReturn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws, _ := sealedThird(t)
	at := example.Quarter(t, "2023-24-Q4")
	example.ChangeReferrals(t, ws, func(rows [][]string) [][]string { // one police referral of quarter 3 fewer: 50 become 49
		source, received := slices.Index(rows[0], "referral_source_code"), slices.Index(rows[0], "referral_received_date")
		i := slices.IndexFunc(rows, func(row []string) bool {
			return row[source] == "POL" && row[received] >= "2023-10-01" && row[received] <= "2023-12-31"
		})
		return slices.Delete(rows, i, i+1)
	})
	path, err := draft.StartComments(ws, "", at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := draft.StartComments(ws, "", at); err == nil {
		t.Error("the comments were started again over what is there")
	}
	write := func(cell, words, by string) {
		t.Helper()
		rows := example.ReadCSV(t, path)
		i := slices.IndexFunc(rows, func(row []string) bool { return row[0]+"!"+row[1] == cell })
		if i < 0 {
			t.Fatalf("%s is not in the file", cell)
		}
		rows[i][3], rows[i][4] = words, by
		example.WriteCSV(t, path, rows)
	}
	write("T17_Narrative!B7", "=A1 is what we achieved", "Performance analyst")
	if _, err := pipeline.Run(ctx, ws, at); err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenFile(draft.Path(ws, ws.Returns[0], at))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for _, c := range []struct{ sheet, cell, holds string }{
		{"Notes", "B36", "T04_Source!D7 [r]: 49, was 50 in the return for 2023-24-Q3, version 1."},
		{"T17_Narrative", "B7", "=A1 is what we achieved"},
		{"T01_Funding", "A7", "CORE-UPL-2324 Core victims fund uplift 2023-24 (stalking training)"},
		{"T01_Funding", "E7", "31 March 2024"},
	} {
		if got, _ := book.GetCellValue(c.sheet, c.cell); !strings.Contains(got, c.holds) {
			t.Errorf("%s!%s says %q, want %q in it", c.sheet, c.cell, got, c.holds)
		}
	}
	if late, _ := book.GetCellValue("T16_Quality", "B46"); late == "0" || late == "[x]" {
		t.Errorf("late changes are %s", late)
	}

	waived, answers := reasons(t, ws, at)
	if _, err := signoff.Submit(ctx, ws, analyst(at), waived); err != nil {
		t.Fatal(err)
	}
	write("T17_Narrative!B7", "Another story", "Performance analyst")
	if _, err := signoff.Approve(ctx, ws, officer(at), declared, answers); !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "the commentary is no longer the one submitted") {
		t.Errorf("approved with another commentary: %v", err)
	}
	write("T17_Narrative!B7", "=A1 is what we achieved", "Performance analyst")
	sealed, err := signoff.Approve(ctx, ws, officer(at), declared, answers)
	if err != nil {
		t.Fatal(err)
	}
	write("T17_Narrative!B7", "Written after the seal", "Performance analyst")
	if v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at}); err != nil || !v.OK() || v.Workbook != "same bytes" {
		t.Errorf("%+v, %v", v, err)
	}
	parts, err := signoff.TraceVersion(ctx, ws, "", "T04_Source!D7", at, 0, true)
	if err != nil || len(parts) != 1 || len(parts[0].Rows.Rows) != 49 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	last := parts[0].Rows.Rows[0]
	if sent := table.AsText(last[len(last)-1]); !strings.Contains(sent, "referral_source_code: POL") || !strings.Contains(sent, "age_years: (withheld)") {
		t.Errorf("as sent: %s", sent)
	}
	if _, err := os.Stat(filepath.Join(sealed.Dir, archive.ReleasedFile)); err != nil {
		t.Error(err)
	}
}

// Mistakes in the file of comments, told together with their lines.
func TestCommentaryMistakes(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := ran(t)
	at := example.Quarter(t, "2023-24-Q4")
	path, err := draft.StartComments(ws, "", at)
	if err != nil {
		t.Fatal(err)
	}
	example.WriteCSV(t, path, [][]string{{"sheet", "cell", "text", "by"}, {"T04_Source", "D7", "fifty", "analyst"}, {"T17_Narrative", "B7", "words", ""},
		{"T17_Narrative", "B8", "words", "analyst"}, {"T17_Narrative", "B8", "again", "analyst"}})
	_, err = draft.Return(ctx, example.View(t, ws, at), "", filepath.Join(t.TempDir(), "draft.xlsx"))
	for _, want := range []string{":2: T04_Source!D7 is not a cell of the return that people write in", ":3: T17_Narrative!B7 has words and nobody who wrote them", ":5: T17_Narrative!B8 is there already"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to say %q", err, want)
		}
	}
}
