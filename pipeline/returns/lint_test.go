package returns_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/returns"
)

// The quarterly blank passes every item of the checklist, item by item.
func TestBlankPassesTheChecklist(t *testing.T) {
	items, err := returns.LintTemplate(quarterly(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(items) != 27 {
		t.Errorf("%d items were looked at, want 27", len(items))
	}
	for _, i := range items {
		if !i.OK {
			t.Errorf("%s: %s: %s", i.Level, i.Item, i.Evidence)
		}
		if i.Evidence == "" {
			t.Errorf("%s: no evidence is given", i.Item)
		}
	}
}

// Each item fails when a workbook breaks it: the change is made to our own blank.
func TestChecklistFindsFaults(t *testing.T) {
	blank, _, _ := made(t)
	for _, c := range []struct {
		item, evidence string
		change         func(f *excelize.File) error
	}{
		{"Every table is marked up", "T04_Source has more than one column", func(f *excelize.File) error { return f.DeleteTable("tbl_T04_Source") }},
		{"No cell is merged", "T04_Source!A8:B8", func(f *excelize.File) error { return f.MergeCell("T04_Source", "A8", "B8") }},
		{"No row or column inside a table is blank", "row 8 of Contents", func(f *excelize.File) error {
			return errors.Join(f.SetCellStr("Contents", "A8", ""), f.SetCellStr("Contents", "B8", ""))
		}},
		{"Every table has one header row, with a name of its own for each column", `the header cell says "Sheet" and the table "Sheet name"`, func(f *excelize.File) error { return f.SetCellStr("Contents", "A6", "Sheet") }},
		{"Text that is wider than its column is wrapped", "Contents!B8", func(f *excelize.File) error {
			plain, err := f.NewStyle(&excelize.Style{})
			return errors.Join(err, f.SetCellStyle("Contents", "B8", "B8", plain))
		}},
		{"Blank cells are explained above their table", "T18_Risks has", func(f *excelize.File) error { return f.SetCellStr("T18_Risks", "A2", "") }},
		{"No symbol or raised letter stands for a note", "T04_Source!A7", func(f *excelize.File) error { return f.SetCellStr("T04_Source", "A7", "Police*") }},
		{"Links say where they lead", "Contents!A7", func(f *excelize.File) error { return f.SetCellStr("Contents", "A7", "Click here") }},
		{"Every sheet has a title, marked as a heading", "Cover has no title", func(f *excelize.File) error { return f.SetCellStr("Cover", "A1", "") }},
		{"No header, footer, comment or floating box", "Notes has comments", func(f *excelize.File) error {
			return f.AddComment("Notes", excelize.Comment{Cell: "A7", Author: "x", Text: "y"})
		}},
		{"No header, footer, comment or floating box", `T04_Source has a header or footer that says "Provisional", which no cell says`, func(f *excelize.File) error {
			return f.SetHeaderFooter("T04_Source", &excelize.HeaderFooterOptions{OddHeader: "&COFFICIAL-SENSITIVE", OddFooter: "&LProvisional&RPage &P of &N"})
		}},
		{"Colour is never the only signal, and stands out from what is behind it", "Notes!A7 has a contrast of 1.", func(f *excelize.File) error {
			pale, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "EEEEEE"}})
			return errors.Join(err, f.SetCellStyle("Notes", "A7", "A7", pale))
		}},
		{"Every sheet has a name of its own that says something", `"Sheet4"`, func(f *excelize.File) error { return f.SetSheetName("Notes", "Sheet4") }},
		{"No sheet is blank", "Empty", func(f *excelize.File) error { _, err := f.NewSheet("Empty"); return err }},
		{"Column A says what each row is about", "row 9 of Notes", func(f *excelize.File) error { return f.SetCellStr("Notes", "A9", "") }},
		{"The spelling has been checked", `"Recieved" is not in words.txt`, func(f *excelize.File) error { return f.SetCellStr("T04_Source", "A7", "Recieved") }},
		{"The document says what it is: title, author and language", "no title", func(f *excelize.File) error {
			return f.SetDocProps(&excelize.DocProperties{Creator: "x", Language: "en-GB"})
		}},
		{"The workbook opens at A1 of its first sheet", "it opens on sheet number 3", func(f *excelize.File) error { f.SetActiveSheet(3); return nil }},
		{"No filter buttons, and nothing is frozen", "Notes has frozen", func(f *excelize.File) error {
			return f.SetPanes("Notes", &excelize.Panes{Freeze: true, YSplit: 6, TopLeftCell: "A7", ActivePane: "bottomLeft"})
		}},
		{"No sheet, row or column is hidden", "rows or columns of Notes", func(f *excelize.File) error { return f.SetRowVisible("Notes", 9, false) }},
		{"The text of notes stands on a sheet of notes", "refers to note 99", func(f *excelize.File) error { return f.SetCellStr("T04_Source", "A3", "See [note 99].") }},
		{"No cell has a background", "Notes!A7", func(f *excelize.File) error {
			grey, err := f.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"DDDDDD"}}})
			return errors.Join(err, f.SetCellStyle("Notes", "A7", "A7", grey))
		}},
		{"Every table begins at the left edge", "tbl_T18_Risks", func(f *excelize.File) error {
			return errors.Join(f.DeleteTable("tbl_T18_Risks"), f.AddTable("T18_Risks", &excelize.Table{Range: "B6:G16", Name: "tbl_T18_Risks"}))
		}},
		{"Every table has a name that says something", "Table1", func(f *excelize.File) error {
			return errors.Join(f.DeleteTable("tbl_T18_Risks"), f.AddTable("T18_Risks", &excelize.Table{Range: "A6:G16", Name: "Table1"}))
		}},
		{"One table on a sheet", "T18_Risks has 2", func(f *excelize.File) error {
			return errors.Join(f.DeleteTable("tbl_T18_Risks"), f.AddTable("T18_Risks", &excelize.Table{Range: "A6:C16", Name: "left"}), f.AddTable("T18_Risks", &excelize.Table{Range: "D6:G16", Name: "right"}))
		}},
		{"No pictures", "image1.png", func(f *excelize.File) error {
			var crest bytes.Buffer
			return errors.Join(png.Encode(&crest, image.NewGray(image.Rect(0, 0, 8, 8))), f.AddPictureFromBytes("Cover", "C1", &excelize.Picture{Extension: ".png", File: crest.Bytes()}))
		}},
		{"No macros", "vbaProject.bin", func(f *excelize.File) error {
			f.Pkg.Store("xl/vbaProject.bin", []byte("a macro"))
			return nil
		}},
		{"Nothing stands below a table", "Notes!A99", func(f *excelize.File) error { return f.SetCellStr("Notes", "A99", "below") }},
	} {
		t.Run(c.item, func(t *testing.T) {
			f := opened(t, blank)
			if err := c.change(f); err != nil {
				t.Fatal(err)
			}
			changed, err := f.WriteToBuffer()
			if err != nil {
				t.Fatal(err)
			}
			files := copied(t, quarterly(t))
			files["blank.xlsx"].Data = changed.Bytes()
			items, err := returns.LintTemplate(files)
			if err != nil {
				t.Fatal(err)
			}
			for _, i := range items {
				if i.Item != c.item {
					continue
				}
				if i.OK || !strings.Contains(i.Evidence, c.evidence) {
					t.Errorf("ok %t, %q; want it to say %q", i.OK, i.Evidence, c.evidence)
				}
				return
			}
			t.Error("there is no such item")
		})
	}
}

// copied is a folder of files that a test may change.
func copied(t testing.TB, files fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		out[name] = &fstest.MapFile{Data: content}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A ministry's workbook is reported on: pictures, merged cells, hidden sheets.
func TestIssuedWorkbookIsReportedOn(t *testing.T) {
	files := issued(t, nil)
	items, err := returns.Lint(files["blank.xlsx"].Data, fstest.MapFS{})
	if err != nil {
		t.Fatal(err)
	}
	failed := map[string]string{}
	for _, i := range items {
		if !i.OK {
			failed[i.Item] = i.Evidence
		}
	}
	for item, evidence := range map[string]string{"No cell is merged": "Return!A1:C1", "No pictures": "image1.png", "No sheet, row or column is hidden": "the sheet Lists",
		"Every table is marked up": "Return has more than one column of cells and no table", "No header, footer, comment or floating box": "Return has comments"} {
		if !strings.Contains(failed[item], evidence) {
			t.Errorf("%s: %q, want it to say %q", item, failed[item], evidence)
		}
	}
}
