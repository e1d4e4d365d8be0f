package extract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/extract"
)

// TestPartsByRelations: parts lie where the workbook says, whatever the folders are called.
func TestPartsByRelations(t *testing.T) {
	moved := []entry{
		{name: "[Content_Types].xml", content: `<Types><Override PartName="/Book/a.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`},
		{name: "_rels/.rels", content: `<Relationships><Relationship Id="r" Type="x/officeDocument" Target="/Book/a.xml"/></Relationships>`},
		{name: "Book/a.xml", content: mainPart},
		{name: "Book/_rels/a.xml.rels", content: `<Relationships><Relationship Id="r1" Type="x/worksheet" Target="../Sheets/b.xml"/><Relationship Id="r3" Type="x/sharedStrings" Target="c.xml"/></Relationships>`},
		{name: "Sheets/b.xml", content: worksheet + headerCell + `<row r="2"><c r="A2" t="s"><v>0</v></c></row></sheetData></worksheet>`},
		{name: "Book/c.xml", content: `<sst><si><t>shared</t></si></sst>`},
		{name: "word/document.xml", content: `<nothing/>`},
		{name: "xl/sharedStrings.xml", content: `<sst><si><t>another's</t></si></sst>`},
	}
	_, got := stage(t, written(t, archived(t, moved)), "extract.xlsx", extract.Options{})
	if diff := cmp.Diff([][]string{{"2", "shared", ""}}, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestOtherKinds: what is no spreadsheet is called what it is.
func TestOtherKinds(t *testing.T) {
	office := func(is string) []byte {
		all := parts()
		all[0].content = `<Types><Override PartName="/xl/workbook.xml" ContentType="` + is + `"/></Types>`
		return archived(t, all)
	}
	empty := func(names ...string) []byte {
		var all []entry
		for _, name := range names {
			all = append(all, entry{name: name})
		}
		return archived(t, all)
	}
	google := func(url string) []byte {
		return []byte(`{"url": "` + url + `", "doc_id": "1a2b", "email": "synthetic@example.org"}`)
	}
	const instead = ": send the table as an Excel workbook (.xlsx) or as CSV"
	const download = " and holds no rows: open that, choose File, Download, Microsoft Excel (.xlsx), and send what that gives"
	const export = ", which only Apple's programs read: in Numbers, choose File, Export To, Excel, and send that"
	twice := append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: worksheet}, entry{name: "XL/Worksheets/sheet1.xml", content: worksheet})
	tests := []struct {
		name     string
		content  []byte
		sentence string
	}{
		{"spend.xlsx", office("application/vnd.ms-excel.sheet.binary.macroEnabled.main"), "the file is a binary Excel workbook (.xlsb): save it as an Excel workbook (.xlsx) and send that"},
		{"spend.docx", office("application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"), "the file is a Word document, not a spreadsheet" + instead},
		{"spend.pptx", office("application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"), "the file is a PowerPoint presentation, not a spreadsheet" + instead},
		{"spend.vsdx", office("application/vnd.ms-visio.drawing.main+xml"), "the file is an Office document of another kind, not a spreadsheet" + instead},
		{"spend.numbers", empty("Index/Document.iwa", "Index/Tables/DataList.iwa", "Metadata/Properties.plist"), "the file is an Apple Numbers document" + export},
		{"spend.pages", empty("Index/Document.iwa", "Metadata/Properties.plist"), "the file is an Apple Pages document, not a spreadsheet" + instead},
		{"spend.xlsx", empty("Index/Document.iwa", "Metadata/Properties.plist"), "the file is a document of Apple's Numbers, Pages or Keynote" + export},
		{"spend.numbers", empty("preview.jpg"), "the file is an Apple Numbers document" + export},
		{"spend.zip", empty("Index/Tables/DataList.iwa"), "the file is a document of Apple's Numbers, Pages or Keynote" + export},
		{"spend.key", empty("a.csv"), "the file is a zip archive, not a spreadsheet: take the table out of it and send that, as an Excel workbook (.xlsx) or as CSV"},
		{"spend.zip", empty("index/a.csv", "xl/workbook.xml"), "the file is a zip archive, not a spreadsheet: take the table out of it and send that, as an Excel workbook (.xlsx) or as CSV"},
		{"spend.gsheet", google("https://docs.google.com/spreadsheets/d/1a2b/edit"), "the file is only a shortcut to a Google Sheet" + download},
		{"spend.csv", google("https://docs.google.com/open?id=1a2b"), "the file is only a shortcut to a Google Sheet" + download},
		{"spend.gdoc", google("https://docs.google.com/document/d/1a2b/edit"), "the file is only a shortcut to a document of Google's" + download},
		{"spend.url", []byte("[InternetShortcut]\r\nURL=https://example.org/\r\n"), "the file is only a shortcut to a page on the web" + download},
		{"spend.json", []byte(`{"rows": []}`), "the file is JSON, not a spreadsheet: open it in Excel, save it as an Excel workbook (.xlsx) or as \"CSV UTF-8\", and send that"},
		{"spend.xlsx", archived(t, twice), `the file holds a part twice, so nobody can say which counts: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`},
	}
	for _, test := range tests {
		t.Run(strings.Fields(test.sentence)[4]+test.name, func(t *testing.T) {
			refusedAs(t, written(t, test.content), test.name, extract.Options{}, test.sentence)
		})
	}
}
