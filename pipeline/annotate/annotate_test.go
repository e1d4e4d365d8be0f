package annotate_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/workbook"
)

// sent is a workbook as a provider may send it: a title merged over the header, days
// counted from 1904, a hidden row, formulas, comments, a filter, rules for entries,
// coloured cells, a macro, a sheet called Faults, and the second sheet open.
func sent(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	do := func(errs ...error) {
		t.Helper()
		for _, err := range errs {
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	from1904 := true
	do(f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}), f.SetSheetName("Sheet1", "Faults"))
	second, err := f.NewSheet("Sessions")
	do(err)
	_, err = f.NewSheet("It's more")
	do(err)
	date, colour := "dd/mm/yyyy", excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"C6EFCE"}}
	dated, err := f.NewStyle(&excelize.Style{CustomNumFmt: &date, Fill: colour})
	do(err)
	rows := [][]any{{"Sessions of the year"}, {"Session ID", "Date", "Places", "Status", "Twice"},
		{"T-1", 43896, 20, "DEL"}, {"T-2", 43897, nil, "DONE"}, {"T-2", 43898, 5000, "DEL"}, {}, {"T-3", 43900, 12, "DEL"}}
	for i, row := range rows {
		do(f.SetSheetRow("Sessions", fmt.Sprintf("A%d", i+1), &row))
	}
	for _, row := range []int{3, 4, 5, 7} {
		do(f.SetCellFormula("Sessions", fmt.Sprintf("E%d", row), fmt.Sprintf("C%d*2", row)))
	}
	do(f.MergeCell("Sessions", "A1", "E1"), f.SetCellStyle("Sessions", "B3", "B7", dated), f.SetRowVisible("Sessions", 5, false), f.SetCellStr("Sessions", "H9", "a note far off"), f.SetSheetDimension("Sessions", "A1:E9"))
	do(f.AddComment("Sessions", excelize.Comment{Cell: "D4", Author: "the sender", Text: "ask the trainer"}), f.AddComment("Sessions", excelize.Comment{Cell: "A3", Author: "the sender", Text: "first of the year"}))
	rule := excelize.NewDataValidation(true)
	rule.SetSqref("D3:D100")
	do(rule.SetDropList([]string{"DEL", "CAN"}), f.AddDataValidation("Sessions", rule), f.AutoFilter("Sessions", "A2:E7", nil))
	format, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	do(err, f.SetConditionalFormat("Sessions", "C3:C7", []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: ">", Value: "15", Format: &format}}))
	do(f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Area", RefersTo: "Sessions!$A$1:$E$7", Scope: "Sessions"}))
	do(f.SetCellStr("It's more", "A1", "Name"), f.SetCellStr("It's more", "A2", "x & y"), f.SetCellStr("Faults", "A1", "our own list"))
	f.SetActiveSheet(second)
	var out bytes.Buffer
	do(f.Write(&out))
	return withPart(t, out.Bytes(), "xl/vbaProject.bin", "not looked at")
}

// withPart adds a part to a workbook.
func withPart(t *testing.T, content []byte, name, part string) []byte {
	t.Helper()
	b, err := workbook.Open(content)
	if err != nil {
		t.Fatal(err)
	}
	b.Set(name, []byte(part))
	if content, err = b.Pack(); err != nil {
		t.Fatal(err)
	}
	return content
}

var report = annotate.Report{
	File:   "sessions.xlsx",
	Tables: []annotate.Table{{Sheet: "Sessions", HeaderRow: 2, Columns: 5}, {Sheet: "It's more", HeaderRow: 1, Columns: 1}},
	Faults: []annotate.Fault{
		{Sheet: "It's more", Row: 2, Columns: []int{1}, Name: "Name", Value: "(withheld)", Rule: "personal data", Rejects: true, Message: "Name holds what looks like personal data of somebody (withheld); take it out and send the row again"},
		{Sheet: "Sessions", Row: 4, Columns: []int{3}, Name: "Places", Rule: "required", Rejects: true, Message: "Places is blank; every row needs one"},
		{Sheet: "Sessions", Row: 4, Columns: []int{4}, Name: "Status", Value: "DONE", Rule: "form", Rejects: true, Message: `Status is "DONE", which is not a code we know; use DEL or CAN`},
		{Sheet: "Sessions", Row: 4, Columns: []int{1}, Name: "Session ID", Value: "T-2", Rule: "duplicate key", Rejects: true, Message: `Session ID is "T-2", which is in this file more than once; send each once`},
		{Sheet: "Sessions", Row: 5, Columns: []int{3}, Name: "Places", Value: "5000", Rule: "range", Message: `Places is "5000", which is not between 1 and 500; correct it`},
		{Sheet: "Sessions", Row: 5, Columns: []int{2}, Name: "Date", Value: "2024-03-09", Rule: "calendar", Message: "Date is <odd> & \"2024-03-09\"; check it"},
	},
}

func annotated(t *testing.T, content []byte) []byte {
	t.Helper()
	out, err := annotate.Workbook(content, report)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func parts(t *testing.T, content []byte) map[string]string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[file.Name]; twice {
			t.Errorf("the part %s is there twice", file.Name)
		}
		out[file.Name] = string(text)
	}
	return out
}

// Part by part, only what must change has changed: macros, themes, texts and sheets
// without faults are the provider's own bytes.
func TestEverythingElseIsUntouched(t *testing.T) {
	content := sent(t)
	before, after := parts(t, content), parts(t, annotated(t, content))
	var changed, added []string
	for _, name := range slices.Sorted(maps.Keys(after)) {
		was, there := before[name]
		switch {
		case !there:
			added = append(added, name)
		case was != after[name]:
			changed = append(changed, name)
		}
	}
	for name := range before {
		if _, kept := after[name]; !kept {
			t.Errorf("%s is lost", name)
		}
	}
	wantChanged := []string{"[Content_Types].xml", "xl/_rels/workbook.xml.rels", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml", "xl/styles.xml", "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/worksheets/sheet3.xml"}
	wantAdded := []string{"xl/commentsFaults1.xml", "xl/drawings/vmlDrawingFaults1.vml", "xl/worksheets/_rels/sheet3.xml.rels", "xl/worksheets/sheetFaults1.xml"}
	if d := cmp.Diff(wantChanged, changed); d != "" {
		t.Errorf("changed: %s", d)
	}
	if d := cmp.Diff(wantAdded, added); d != "" {
		t.Errorf("added: %s", d)
	}
	if again := annotated(t, content); !maps.Equal(after, parts(t, again)) {
		t.Error("annotated again, the workbook is another")
	}
}

// What changed in the parts that changed: marked cells have another style and
// nothing else; words stand in the free column; the rest of the sheet, from its
// filter to its rules, reads as it did.
func TestMarkedSheet(t *testing.T) {
	content := sent(t)
	before, after := parts(t, content)["xl/worksheets/sheet2.xml"], parts(t, annotated(t, content))["xl/worksheets/sheet2.xml"]
	marks := []string{"A4", "C4", "D4", "B5", "C5"}
	undone := after
	for _, cell := range elements(t, after, "c") {
		at := cell.Attr("r")
		switch {
		case strings.HasPrefix(at, "F"):
			end := strings.Index(undone[strings.Index(undone, cell.String()):], "</c>") + len("</c>")
			from := strings.Index(undone, cell.String())
			undone = undone[:from] + undone[from+end:]
		case slices.Contains(marks, at) && !strings.Contains(before, `r="`+at+`"`):
			undone = strings.Replace(undone, cell.String(), "", 1)
		case slices.Contains(marks, at):
			for _, was := range elements(t, before, "c") {
				if was.Attr("r") == at {
					undone = strings.Replace(undone, cell.String(), was.String(), 1)
				}
			}
		}
	}
	undone = strings.Replace(undone, `<dimension ref="A1:F9"`, `<dimension ref="A1:E9"`, 1)
	before = strings.Replace(before, ` tabSelected="true"`, "", 1)
	before = strings.Replace(before, ` tabSelected="1"`, "", 1)
	if d := cmp.Diff(before, undone); d != "" {
		t.Errorf("with the marks taken away, the sheet is not what it was: %s", d)
	}
}

func elements(t *testing.T, part, name string) []workbook.Tag {
	t.Helper()
	var out []workbook.Tag
	if err := workbook.Scan([]byte(part), func(tag workbook.Tag) error {
		if tag.Name == name && !tag.End {
			out = append(out, tag)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

// Another reader finds the marks where they belong, and what people had written.
func TestMarksAreFound(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(annotated(t, sent(t))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if d := cmp.Diff([]string{"Faults (2)", "Faults", "Sessions", "It's more"}, f.GetSheetList()); d != "" {
		t.Error(d)
	}
	if f.GetActiveSheetIndex() != 0 {
		t.Error("the list of faults is not the sheet that is open")
	}
	comments := map[string]string{}
	for _, sheet := range f.GetSheetList() {
		found, err := f.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			comments[sheet+"!"+c.Cell] = c.Text
			for _, run := range c.Paragraph {
				comments[sheet+"!"+c.Cell] += run.Text
			}
		}
	}
	want := map[string]string{
		"Sessions!A3":  "first of the year",
		"Sessions!D4":  "ask the trainer\nFAULT: Status is \"DONE\", which is not a code we know; use DEL or CAN. This row is rejected until it is mended.",
		"Sessions!A4":  `FAULT: Session ID is "T-2", which is in this file more than once; send each once. This row is rejected until it is mended.`,
		"Sessions!C4":  "FAULT: Places is blank; every row needs one. This row is rejected until it is mended.",
		"Sessions!C5":  `FAULT: Places is "5000", which is not between 1 and 500; correct it. This value is left out; the row counts without it.`,
		"Sessions!B5":  "FAULT: Date is <odd> & \"2024-03-09\"; check it. This value is left out; the row counts without it.",
		"It's more!A2": "FAULT: Name holds what looks like personal data of somebody (withheld); take it out and send the row again. This row is rejected until it is mended.",
	}
	if d := cmp.Diff(want, comments); d != "" {
		t.Errorf("comments: %s", d)
	}
	for cell, words := range map[string]string{"F2": "Faults found", "F3": "", "F4": "ROW REJECTED: Session ID, Places, Status", "F5": "VALUE LEFT OUT: Date, Places", "A1": "Sessions of the year", "E4": "", "H9": "a note far off"} {
		if got, err := f.GetCellValue("Sessions", cell); err != nil || got != words {
			t.Errorf("%s is %q, want %q (%v)", cell, got, words, err)
		}
	}
	if formula, err := f.GetCellFormula("Sessions", "E4"); err != nil || formula != "C4*2" {
		t.Errorf("the formula of E4 is %q, %v", formula, err)
	}
	for _, name := range f.GetDefinedName() {
		if name.Name == "_xlnm.Print_Area" && name.Scope != "Sessions" {
			t.Errorf("the print area belongs to %s now", name.Scope)
		}
	}
	for cell, want := range map[string]string{"B5": "dd/mm/yyyy FFD58A", "B4": "dd/mm/yyyy C6EFCE", "C4": " FFD58A"} {
		number, err := f.GetCellStyle("Sessions", cell)
		if err != nil {
			t.Fatal(err)
		}
		style, err := f.GetStyle(number)
		if err != nil {
			t.Fatal(err)
		}
		format := ""
		if style.CustomNumFmt != nil {
			format = *style.CustomNumFmt
		}
		if got := format + " " + strings.TrimPrefix(strings.Join(style.Fill.Color, ""), "FF"); got != want && format+" "+strings.Join(style.Fill.Color, "") != want {
			t.Errorf("%s looks like %q, want %q", cell, got, want)
		}
	}
}

// The list says each fault with its place, and counts them.
func TestList(t *testing.T) {
	f, err := excelize.OpenReader(bytes.NewReader(annotated(t, sent(t))))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("Faults (2)")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for _, row := range rows[4:] {
		got.WriteString(strings.Join(row, "|") + "\n")
	}
	want := `
Rule|Faults
calendar|1
duplicate key|1
form|1
personal data|1
range|1
required|1

Sheet|Column|Faults
Sessions|Places|2
It's more|Name|1
Sessions|Date|1
Sessions|Session ID|1
Sessions|Status|1

Sheet|Column|Row|Cell|Value|Rule|Effect|What is wrong and what to do
Sessions|Session ID|4|A4|T-2|duplicate key|row rejected|Session ID is "T-2", which is in this file more than once; send each once
Sessions|Places|4|C4|(blank)|required|row rejected|Places is blank; every row needs one
Sessions|Status|4|D4|DONE|form|row rejected|Status is "DONE", which is not a code we know; use DEL or CAN
Sessions|Date|5|B5|2024-03-09|calendar|value left out, row counts|Date is <odd> & "2024-03-09"; check it (the row is hidden in the workbook)
Sessions|Places|5|C5|5000|range|value left out, row counts|Places is "5000", which is not between 1 and 500; correct it (the row is hidden in the workbook)
It's more|Name|2|A2|(withheld)|personal data|row rejected|Name holds what looks like personal data of somebody (withheld); take it out and send the row again
`
	if d := cmp.Diff(strings.TrimPrefix(want, "\n"), strings.TrimPrefix(got.String(), "\n")); d != "" {
		t.Error(d)
	}
	if linked, to, err := f.GetCellHyperLink("Faults (2)", "D27"); err != nil || !linked || to != "'It''s more'!A2" {
		t.Errorf("the last link leads to %q, %v", to, err)
	}
}
