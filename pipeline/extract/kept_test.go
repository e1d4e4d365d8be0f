package extract_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// What is kept of a file without some of its columns reads as the file does, but
// for them: the same rows under the same numbers, sheet by sheet.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	book := excelize.NewFile()
	for _, cell := range []struct {
		sheet, at string
		value     any
	}{
		{"Sheet1", "A1", "A title"}, {"Sheet1", "A3", "Id"}, {"Sheet1", "B3", "Client"}, {"Sheet1", "C3", "Note"},
		{"Sheet1", "A4", "001"}, {"Sheet1", "B4", "xyzzy"}, {"Sheet1", "C4", "a \"quoted\" one,\r\nwith lines"},
		{"Sheet1", "A9", 7}, {"Sheet1", "B9", "plugh"}, {"Sheet1", "C9", "b"},
	} {
		if err := book.SetCellValue(cell.sheet, cell.at, cell.value); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := book.NewSheet("Other"); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Other", "A1", &[]any{"Client", "Place"}); err != nil {
		t.Fatal(err)
	}
	if err := book.SetSheetRow("Other", "A2", &[]any{"c", "d"}); err != nil {
		t.Fatal(err)
	}
	workbook := filepath.Join(dir, "book.xlsx")
	if err := book.SaveAs(workbook); err != nil {
		t.Fatal(err)
	}
	text := written(t, []byte("A title\r\n\r\nId;Client;Note\r\n001;xyzzy;\"two\r\nlines\"\r\nshort\r\n7;plugh;b;over\r\n8;plugh"))

	for _, c := range []struct {
		file    string
		without map[string][]int
		options extract.Options
		want    [][]string // row, line, fields where odd, cells
	}{
		{workbook, map[string][]int{"Sheet1": {1}}, extract.Options{Sheet: "Sheet1", HeaderRow: 3},
			[][]string{{"row", "line", "fields", "Id", "Note"}, {"4", "4", "", "001", "a \"quoted\" one,\r\nwith lines"}, {"9", "9", "", "7", "b"}}},
		{workbook, map[string][]int{"Sheet1": {1}}, extract.Options{Sheet: "other"}, [][]string{{"row", "line", "fields", "Client", "Place"}, {"2", "2", "", "c", "d"}}},
		{text, map[string][]int{"": {1}}, extract.Options{Names: []string{"id", "note"}, Sheet: "of no matter to a text"},
			[][]string{{"row", "line", "fields", "Id", "Note"}, {"4", "4", "", "001", "two\r\nlines"}, {"5", "6", "", "short", ""}, {"6", "7", "3", "7", "b"}, {"7", "8", "1", "8", ""}}},
	} {
		kept := filepath.Join(dir, "kept.csv")
		if err := extract.Keep(context.Background(), c.file, filepath.Base(c.file), kept, c.options, extract.Keeping{Without: c.without}); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(kept)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(content), "xyzzy") {
			t.Errorf("%s: the column is still there", c.file)
		}
		c.options.Kept = true
		if _, got := stage(t, kept, filepath.Base(c.file), c.options); !cmp.Equal(c.want, got) {
			t.Errorf("%s (-want +got): %s", c.file, cmp.Diff(c.want, got))
		}
	}
}

// Values to the right of the last name are counted, and staged where asked for.
func TestWidest(t *testing.T) {
	file := written(t, []byte("Id,Note\n1,a\n2,b,,c\n"))
	if table, _ := stage(t, file, "rows.csv", extract.Options{}); table.Widest != 4 {
		t.Errorf("the widest row has %d columns, want 4", table.Widest)
	}
	_, got := stage(t, file, "rows.csv", extract.Options{Width: 4})
	if diff := cmp.Diff([][]string{{"2", "2", "", "1", "a", "", ""}, {"3", "3", "", "2", "b", "", "c"}}, got[1:]); diff != "" {
		t.Error(diff)
	}
}
