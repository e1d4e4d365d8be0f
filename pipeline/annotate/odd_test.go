package annotate_test

import (
	"archive/zip"
	"bytes"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/annotate"
	"mojreturns/pipeline/workbook"
)

// A cell in which people talk keeps its conversation; merged cells are marked in the
// cell that shows; a workbook without styles gets some.
func TestOddWorkbooks(t *testing.T) {
	one := annotate.Report{File: "x.xlsx", Tables: []annotate.Table{{Sheet: "S", HeaderRow: 1, Columns: 2}},
		Faults: []annotate.Fault{{Sheet: "S", Row: 3, Columns: []int{2}, Name: "B", Rule: "required", Rejects: true, Message: "B is blank; every row needs one"}}}
	bare := func(sheet string, more map[string]string) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		const types = "http://purl.oclc.org/ooxml/officeDocument/relationships"
		parts := map[string]string{
			"[Content_Types].xml": `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/></Types>`,
			"_rels/.rels":         `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="` + types + `/officeDocument" Target="book.xml"/></Relationships>`,
			"book.xml":            `<x:workbook xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main" xmlns:r="` + types + `"><x:sheets><x:sheet name="S" sheetId="7" r:id="s"/></x:sheets></x:workbook>`,
			"_rels/book.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="s" Type="` + types + `/worksheet" Target="/one.xml"/></Relationships>`,
			"one.xml":             `<x:worksheet xmlns:x="http://purl.oclc.org/ooxml/spreadsheetml/main">` + sheet + `<x:extLst/></x:worksheet>`,
		}
		maps.Copy(parts, more)
		for _, name := range slices.Sorted(maps.Keys(parts)) {
			f, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(f, parts[name])
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	const rows = `<x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>A</x:t></x:is></x:c></x:row><x:row/><x:row><x:c><x:v>1</x:v></x:c></x:row></x:sheetData>`
	out, err := annotate.Workbook(bare(rows, nil), one)
	if err != nil {
		t.Fatal(err)
	}
	after := parts(t, out)
	for part, want := range map[string]string{
		"one.xml":  `<x:row><x:c><x:v>1</x:v></x:c><x:c r="B3" s="7"/><x:c r="C3" s="1" t="inlineStr">`,
		"book.xml": `<x:sheets><x:sheet xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships" name="Faults" sheetId="8" r:id="mojreturns2"/><x:sheet name="S"`,
	} {
		if !strings.Contains(after[part], want) {
			t.Errorf("%s is %s, want in it %s", part, after[part], want)
		}
	}
	if !strings.Contains(after["one.xml"], `</x:sheetData><x:legacyDrawing xmlns:r="http://purl.oclc.org/ooxml/officeDocument/relationships" r:id="mojreturns2"/><x:extLst/>`) {
		t.Errorf("the drawing stands elsewhere: %s", after["one.xml"])
	}
	merged := strings.Replace(rows, "</x:sheetData>", `</x:sheetData><x:mergeCells><x:mergeCell ref="A2:B3"/></x:mergeCells>`, 1)
	if out, err = annotate.Workbook(bare(merged, nil), one); err != nil {
		t.Fatal(err)
	}
	after = parts(t, out)
	if c := after["xl/commentsFaults1.xml"]; !strings.Contains(c, `ref="A2"`) || !strings.Contains(c, "Row 3: FAULT: B is blank") {
		t.Errorf("the comment is not at the cell that shows: %s", c)
	}
	talk := map[string]string{
		"_rels/one.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="t" Type="http://schemas.microsoft.com/office/2017/10/relationships/threadedComment" Target="/talk.xml"/></Relationships>`,
		"talk.xml":           `<ThreadedComments><threadedComment ref="B3"><text>is this right?</text></threadedComment></ThreadedComments>`,
	}
	if out, err = annotate.Workbook(bare(rows, talk), one); err != nil {
		t.Fatal(err)
	}
	after = parts(t, out)
	if after["talk.xml"] != talk["talk.xml"] || after["xl/commentsFaults1.xml"] != "" || !strings.Contains(after["one.xml"], `r="B3" s="7"`) {
		t.Errorf("the conversation was not left as it was: %v", after)
	}
	missing := one
	missing.Faults = []annotate.Fault{{Sheet: "T", Row: 3, Columns: []int{1}, Message: "m"}}
	if _, err := annotate.Workbook(bare(rows, nil), missing); err == nil || !strings.Contains(err.Error(), "row 3 of a sheet is not in the workbook") || strings.Contains(err.Error(), `"T"`) {
		t.Errorf("a fault of a sheet that is not there: %v", err)
	}
}

// Of very many faults all are marked, as many as a program can bear get a comment,
// and the list says so.
func TestManyFaults(t *testing.T) {
	plain, err := annotate.NewPlain("", "")
	if err != nil {
		t.Fatal(err)
	}
	if err := plain.Begin("a sheet: with [a] long/name\\ and more"); err != nil {
		t.Fatal(err)
	}
	name := plain.Sheet("a sheet: with [a] long/name\\ and more")
	many := annotate.Report{File: "many.csv", Made: true, Tables: []annotate.Table{{Sheet: name, HeaderRow: 1, Columns: 1}}}
	const faults = 20_001
	for row := int64(1); row <= faults+1; row++ {
		if err := plain.Row(row, [][]byte{[]byte("=x & y\x00")}); err != nil {
			t.Fatal(err)
		}
		if row > 1 {
			many.Faults = append(many.Faults, annotate.Fault{Sheet: name, Row: int(row), Columns: []int{1}, Name: "X", Value: "=x", Rule: "form", Message: "X is wrong; mend it"})
		}
	}
	content, err := plain.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	out, err := annotate.Workbook(content, many)
	if err != nil {
		t.Fatal(err)
	}
	after := parts(t, out)
	if n := strings.Count(after["xl/commentsFaults1.xml"], "<comment "); n != 2000 {
		t.Errorf("%d comments, want 2000", n)
	}
	if n := strings.Count(after["xl/worksheets/sheet1.xml"], "VALUE LEFT OUT: X"); n != faults {
		t.Errorf("%d rows say what is wrong, want %d", n, faults)
	}
	for _, sentence := range []string{"20001 faults.", "Only the first 20000 faults are listed here; all are marked.", "Of a sheet only the first 2000 faulty cells have a comment; all are marked."} {
		if !strings.Contains(after["xl/worksheets/sheetFaults1.xml"], sentence) {
			t.Errorf("the list does not say %q", sentence)
		}
	}
	f, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if value, err := f.GetCellValue(name, "A2"); err != nil || value != "=x & y " {
		t.Errorf("A2 of %q is %q, %v", name, value, err)
	}
	if formula, err := f.GetCellFormula(name, "A2"); err != nil || formula != "" {
		t.Errorf("what was sent has become the formula %q, %v", formula, err)
	}
}

// The header of the list of faults is repeated on its pages, whatever names the
// workbook has defined, and theirs stay.
func TestListRepeatsItsHeader(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	for at, text := range map[string]string{"A1": "id", "A2": "x"} {
		if err := f.SetCellStr("Sheet1", at, text); err != nil {
			t.Fatal(err)
		}
	}
	named := &excelize.DefinedName{Name: "ids", RefersTo: "Sheet1!$A$2", Scope: "Sheet1"}
	if err := f.SetDefinedName(named); err != nil {
		t.Fatal(err)
	}
	with, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	b, err := workbook.Open(with.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	main, err := b.Part(b.Main)
	if err != nil {
		t.Fatal(err)
	}
	between := regexp.MustCompile(`<definedNames>.*</definedNames>`)
	if !between.Match(main) {
		t.Fatalf("the workbook has no names: %s", main)
	}
	for _, names := range []string{"$0", "", "<definedNames/>"} {
		b.Set(b.Main, between.ReplaceAll(main, []byte(names)))
		content, err := b.Pack()
		if err != nil {
			t.Fatal(err)
		}
		marked, err := annotate.Workbook(content, annotate.Report{File: "x.xlsx", Tables: []annotate.Table{{Sheet: "Sheet1", HeaderRow: 1, Columns: 1}},
			Faults: []annotate.Fault{{Sheet: "Sheet1", Row: 2, Columns: []int{1}, Name: "id", Value: "x", Rule: "form", Message: "it is wrong"}}})
		if err != nil {
			t.Fatal(err)
		}
		is, err := excelize.OpenReader(bytes.NewReader(marked))
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, n := range is.GetDefinedName() {
			got[n.Scope+" "+n.Name] = n.RefersTo
		}
		want := map[string]string{"Faults _xlnm.Print_Titles": "'Faults'!$12:$12"}
		if names == "$0" {
			want["Sheet1 ids"] = "Sheet1!$A$2"
		}
		if header, _ := is.GetCellValue("Faults", "A12"); !maps.Equal(got, want) || header != "Sheet" {
			t.Errorf("with %q the names are %v, and row 12 begins with %q", names, got, header)
		}
		is.Close()
	}
}
