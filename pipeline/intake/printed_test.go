package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/table"
)

// What a provider is sent, and a table that is saved, is readable on paper: the blank
// extracts, the list of faults in front of a marked file, and of a file that
// is no workbook the one made of it. It takes half a minute, most of it LibreOffice's.
func TestPrinted(t *testing.T) {
	ctx := context.Background()
	ws := example.Built(t)
	const marking = "OFFICIAL-SENSITIVE"
	var books []example.Print
	for _, of := range [][2]string{{"referrals", "SLT"}, {"match_funding", "SLT"}, {"spend", "FIN"}} {
		content, _, _ := blankOf(t, ws, of[0], of[1])
		books = append(books, example.Print{Name: of[0], Content: content, Marking: marking})
	}
	dir := t.TempDir()
	done, err := intake.Annotate(ctx, ws, intake.Annotation{To: dir, Provider: "SLT"})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range done {
		if d.Path == "" {
			continue
		}
		book := example.Print{Name: d.File, Content: example.ReadFile(t, d.Path), Marking: marking}
		if filepath.Ext(d.File) == ".xlsx" { // the provider's own, but for the list
			book.Sheets = []string{"Faults"}
		}
		books = append(books, book)
	}
	amount := table.Column{Name: "amount", Kind: table.Decimal, Precision: 18, Scale: 2}
	rows := table.Table{Marking: marking, Columns: []table.Column{{Name: "file"}, amount, {Name: "message"}}}
	const message = "Amount is \"x\", which is not an amount of pounds and pence; write it as 1234.50, without words beside it, and send it again"
	for range 300 {
		rows.Rows = append(rows.Rows, []any{"finance_spend_2023-24_v12.csv", "12.30", message})
	}
	rows.Rows[299][1] = "-123456789.30" // far below those that a column of text is measured by
	saved := filepath.Join(dir, "rows.xlsx")
	if err := rows.Save(saved); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(saved)
	if err != nil {
		t.Fatal(err)
	}
	example.CheckPrinted(t, append(books, example.Print{Name: "rows", Content: content, Marking: marking})...)
}
