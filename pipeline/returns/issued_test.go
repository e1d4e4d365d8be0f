package returns_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/returns"
)

// issued is a workbook as a ministry might issue it: with a formula, merged
// cells, a drop-down, a defined name, a conditional format, a comment, a picture,
// a chart, protection and a hidden sheet.
func issued(t testing.TB, change func(f *excelize.File)) fstest.MapFS {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(f.SetSheetName("Sheet1", "Return"))
	_, err := f.NewSheet("Lists")
	must(err)
	must(f.SetSheetVisible("Lists", false))
	for cell, text := range map[string]string{"A1": "Quarterly return", "A3": "Police referrals", "B2": "Quarter 3", "C2": "Quarter 4", "A4": "All referrals", "A5": "Share", "E2": "Completed by"} {
		must(f.SetCellStr("Return", cell, text))
	}
	must(f.SetCellStr("Lists", "A1", "Yes"))
	must(f.MergeCell("Return", "A1", "C1"))
	must(f.SetCellFormula("Return", "B5", "B3/B4"))
	list := excelize.NewDataValidation(true)
	list.SetSqref("E3")
	must(list.SetDropList([]string{"Yes", "No"}))
	must(f.AddDataValidation("Return", list))
	must(f.SetDefinedName(&excelize.DefinedName{Name: "police", RefersTo: "Return!$B$3"}))
	red, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "9A0511"}})
	must(err)
	must(f.SetConditionalFormat("Return", "B3:C4", []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: ">", Format: &red, Value: "100"}}))
	must(f.ProtectSheet("Lists", &excelize.SheetProtectionOptions{SelectLockedCells: true}))
	must(f.ProtectSheet("Return", &excelize.SheetProtectionOptions{SelectLockedCells: true}))
	must(f.AddComment("Return", excelize.Comment{Cell: "A3", Author: "Ministry", Paragraph: []excelize.RichTextRun{{Text: "Police only"}}}))
	var crest bytes.Buffer
	must(png.Encode(&crest, image.NewGray(image.Rect(0, 0, 8, 8))))
	must(f.AddPictureFromBytes("Return", "I1", &excelize.Picture{Extension: ".png", File: crest.Bytes()}))
	must(f.AddChart("Return", "I9", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Values: "Return!$B$3:$C$3"}}}))
	if change != nil {
		change(f)
	}
	var blank bytes.Buffer
	must(f.Write(&blank))
	files := fstest.MapFS{
		"blank.xlsx":       {Data: blank.Bytes()},
		"description.yaml": {Data: []byte("name: issued\ntitle: Issued\nversion: \"2\"\n")},
		"map.csv":          {Data: []byte(issuedMap)},
	}
	fingerprinted(t, files)
	return files
}

// issuedMap is the cell map of that workbook.
const issuedMap = `sheet,cell,label_cell,label_text,kind,code,field,scope,period,dimension,category,format,missing,group
Return,,B2,Quarter 3,label,,,,,,,,,
Return,,C2,Quarter 4,label,,,,,,,,,
Return,B3,A3,Police referrals,figure,R01,value,activity,Q3,source,POL,count,,
Return,C3,A3,Police referrals,figure,R01,value,activity,Q4,source,POL,count,,
Return,C4,A4,All referrals,figure,R01,value,activity,Q4,,,count,none,
Return,G20,E2,Completed by,config,contact,,,,,,text,,
`

// fingerprinted takes the fingerprint of a template's blank.
func fingerprinted(t testing.TB, files fstest.MapFS) {
	t.Helper()
	rows, err := returns.ReadMap(bytes.NewReader(files["map.csv"].Data))
	if err != nil {
		t.Fatal(err)
	}
	files["fingerprint.csv"] = &fstest.MapFile{Data: taken(t, files["blank.xlsx"].Data, rows)}
}

// A ministry's own workbook keeps everything of its own.
func TestIssuedWorkbook(t *testing.T) {
	content, _ := draft(t, request(t, issued(t, nil), "2023-24-Q4"))
	f := opened(t, content)
	for cell, want := range map[string]string{"A1": "Quarterly return", "B3": "1012", "C3": "0", "C4": "none", "G20": "The performance analyst"} {
		if got, _ := f.GetCellValue("Return", cell); got != want {
			t.Errorf("%s is %q, want %q", cell, got, want)
		}
	}
	if formula, _ := f.GetCellFormula("Return", "B5"); formula != "B3/B4" {
		t.Errorf("the formula of B5 is %q", formula)
	}
	if p, err := f.GetCalcProps(); err != nil || p.FullCalcOnLoad == nil || !*p.FullCalcOnLoad {
		t.Errorf("the workbook has formulas and is not recalculated on opening: %+v, %v", p, err)
	}
	if names := f.GetDefinedName(); len(names) != 1 || names[0].RefersTo != "Return!$B$3" {
		t.Errorf("defined names are %+v", names)
	}
	if lists, _ := f.GetDataValidations("Return"); len(lists) != 1 || lists[0].Sqref != "E3" {
		t.Errorf("drop-downs are %+v", lists)
	}
	if shown, _ := f.GetSheetVisible("Lists"); shown {
		t.Error("the hidden sheet is shown")
	}
	if range_, _ := f.GetSheetDimension("Return"); range_ != "A1:G20" {
		t.Errorf("the sheet says it uses %s, and G20 was filled", range_)
	}
}

// Every way the blank may have changed under its map is told, all at once.
func TestTemplateChanged(t *testing.T) {
	files := issued(t, func(f *excelize.File) {
		for _, err := range []error{
			f.SetCellStr("Return", "B2", "Quarter 4"), f.SetCellStr("Return", "C2", "Quarter 3"), // columns changed places
			f.SetCellStr("Return", "A4", ""),        // a label gone
			f.SetCellFormula("Return", "C3", "1+1"), // the ministry works this out itself now
			f.MergeCell("Return", "F20", "H20"),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	files["map.csv"].Data = append(files["map.csv"].Data, "Annex,B3,A3,Police,config,contact,,,,,,text,,\n"...)
	_, _, err := returns.Draft(context.Background(), request(t, files, "2023-24-Q4"))
	if !errors.Is(err, returns.ErrTemplateChanged) {
		t.Fatalf("got %v, want ErrTemplateChanged", err)
	}
	for _, want := range []string{
		`Return!B2 says "Quarter 4" where the cell map expects "Quarter 3"`,
		`Return!C2 says "Quarter 3" where the cell map expects "Quarter 4"`,
		`Return!A4 says "" where the cell map expects "All referrals"`,
		`Return!C3 holds the formula "=1+1", which is never written over`,
		`Return!G20 lies inside the merged cells F20:H20`,
		`there is no sheet "Annex"; there are Return, Lists`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}

// The proof is only worth something if it fails: every kind of change outside
// the map is found.
func TestProofFindsChanges(t *testing.T) {
	files := issued(t, nil)
	blank := files["blank.xlsx"].Data
	for _, c := range []struct {
		name, want string
		change     func(f *excelize.File) error
	}{
		{"nothing", "", func(*excelize.File) error { return nil }},
		{"another value in a mapped cell", `Return!B3: was to be "1012", is "1013"`, func(f *excelize.File) error { return f.SetCellStr("Return", "B3", "1013") }},
		{"a label", `Return!A3: was to be "Police referrals", is "Police"`, func(f *excelize.File) error { return f.SetCellStr("Return", "A3", "Police") }},
		{"a cell far away", `Return!Z99: was to be "", is "x"`, func(f *excelize.File) error { return f.SetCellStr("Return", "Z99", "x") }},
		{"a formula", `Return!B5: the formula was "=B3/B4", is "=B4/B3"`, func(f *excelize.File) error { return f.SetCellFormula("Return", "B5", "B4/B3") }},
		{"a style", "Return!A3: the style has changed", func(f *excelize.File) error {
			bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
			return errors.Join(err, f.SetCellStyle("Return", "A3", "A3", bold))
		}},
		{"merged cells", "the merged cells of Return", func(f *excelize.File) error { return f.UnmergeCell("Return", "A1", "C1") }},
		{"a drop-down", "the data validation of Return", func(f *excelize.File) error { return f.DeleteDataValidation("Return") }},
		{"a conditional format", "the conditional formats of Return", func(f *excelize.File) error { return f.UnsetConditionalFormat("Return", "B3:C4") }},
		{"a defined name", "the defined names", func(f *excelize.File) error {
			return f.DeleteDefinedName(&excelize.DefinedName{Name: "police"})
		}},
		{"protection", "the protection of Return", func(f *excelize.File) error { return f.UnprotectSheet("Return") }},
		{"a picture", "xl/media/image1.png: has changed", func(f *excelize.File) error {
			f.Pkg.Store("xl/media/image1.png", []byte("another"))
			return nil
		}},
		{"a hidden sheet", "the sheets, their order and whether they are shown", func(f *excelize.File) error { return f.SetSheetVisible("Lists", true) }},
		{"a new sheet", "the order of the sheets", func(f *excelize.File) error { _, err := f.NewSheet("More"); return err }},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := opened(t, blank)
			filled := map[string]string{}
			if v, _ := f.GetCellValue("Return", "B3"); v == "" && strings.Contains(c.name, "mapped") {
				filled["Return!B3"] = "1012"
			}
			if err := c.change(f); err != nil {
				t.Fatal(err)
			}
			var out bytes.Buffer
			if err := f.Write(&out); err != nil {
				t.Fatal(err)
			}
			err := returns.Prove(blank, out.Bytes(), filled)
			if c.want == "" && err != nil {
				t.Errorf("nothing outside the map changed, yet: %v", err)
			}
			if c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want it to say %q", err, c.want)
			}
		})
	}
}
