package extract_test

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"mojreturns/pipeline/extract"
)

// localNames are those that mean something in their own place.
var localNames = []string{"workbookPr", "sheets", "sheet", "worksheet", "sheetData", "row", "c", "v", "is", "f", "t", "r", "rPh", "si", "sst", "mergeCells", "mergeCell",
	"autoFilter", "filterColumn", "col", "numFmts", "numFmt", "cellXfs", "xf", "Relationship", "Override", "Default", "calculation-settings", "null-date", "table", "table-row",
	"table-cell", "covered-table-cell", "p", "s", "tab", "style", "table-properties", "body", "spreadsheet", "encryption-data", "number", "text"}

// otherPlaces are where a name means nothing: in an extension list, in a comment, in
// a space of another, in a part of the sheet that nobody knows.
var otherPlaces = []string{
	`<extLst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><ext uri="{x}">%s</ext></extLst>`,
	`<!-- %s -->`,
	`<q:%[2]s xmlns:q="urn:q" r="A9" t="s" date1904="1" hidden="1"><q:%[2]s>9</q:%[2]s>%[1]s</q:%[2]s>`,
	`<%[2]s xmlns="urn:q">%[1]s</%[2]s>`,
	`<nobodyKnows xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</nobodyKnows>`,
	`<nobodyKnows xmlns="urn:oasis:names:tc:opendocument:xmlns:office:1.0">%s</nobodyKnows>`,
}

const spacesOfAll = ` xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"` +
	` xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:style="urn:oasis:names:tc:opendocument:xmlns:style:1.0"`

// inserted puts a name where it means nothing, somewhere between the tags of a part.
func inserted(t *rapid.T, part string) string {
	name := rapid.SampledFrom(localNames).Draw(t, "name")
	prefix := rapid.SampledFrom([]string{"", "table:", "text:", "office:", "style:"}).Draw(t, "prefix")
	element := fmt.Sprintf(`<%[1]s%[2]s%[3]s r="A2" ref="A1:B3" name="S" date1904="1" hidden="1" numFmtId="14" table:name="S" table:visibility="collapse" office:value-type="float" office:value="9"><%[1]sv>77</%[1]sv>78</%[1]s%[2]s>`,
		prefix, name, spacesOfAll)
	place := rapid.SampledFrom(otherPlaces).Draw(t, "place")
	if strings.HasPrefix(place, "<!--") { // nothing more goes into a comment
		element = strings.ReplaceAll(element, "><", "> <")
	}
	element = fmt.Sprintf(place+"%.0[2]s", element, name)
	places := betweenTags.FindAllStringIndex(part, -1)
	at := rapid.SampledFrom(places).Draw(t, "at")[0] + 1
	return part[:at] + element + part[at:]
}

// betweenTags finds where a tag ends and another begins, within the root.
var betweenTags = regexp.MustCompile(`>(<[A-Za-z/])`)

// TestNamesInTheirPlace: whatever is put where it means nothing changes nothing
// that is staged, and nothing that is said of it. Two hundred workbooks take a second.
func TestNamesInTheirPlace(t *testing.T) {
	excel := append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: `<worksheet><cols><col min="1" max="1"/></cols><sheetData>` + headerCell +
		`<row r="2"><c r="A2" s="1"><v>45382</v></c><c r="B2" t="s"><v>0</v><extLst/></c></row><row r="3"><c r="A3" t="b"><v>1</v></c><c r="B3" t="inlineStr"><is><r><rPr><b/></rPr><t>x</t></r></is></c></row>` +
		`</sheetData><autoFilter ref="A1:B3"><extLst/></autoFilter><mergeCells count="1"><mergeCell ref="A9:B9"/></mergeCells><pageMargins/></worksheet>`},
		entry{name: "xl/sharedStrings.xml", content: `<sst><si><t>shared</t><phoneticPr/></si><si><r><t>a</t></r></si></sst>`},
		entry{name: "xl/styles.xml", content: `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf/><xf numFmtId="14"><alignment/></xf></cellXfs><dxfs><dxf/></dxfs></styleSheet>`})
	excel[2].content = `<workbook><workbookPr/><sheets><sheet name="Sheet1" r:id="r1"/></sheets></workbook>`
	open := []entry{{name: "mimetype", content: odsMime}, {name: "META-INF/manifest.xml", content: `<manifest:manifest><manifest:file-entry></manifest:file-entry></manifest:manifest>`},
		{name: "content.xml", content: `<office:document-content><office:automatic-styles><style:style style:name="ta2" style:family="table"><style:table-properties/></style:style></office:automatic-styles>` +
			`<office:body><office:spreadsheet><table:calculation-settings></table:calculation-settings><table:table table:name="A"><table:table-column/>` + odsHeader +
			`<table:table-row><table:table-cell office:value-type="float" office:value="5"><text:p>5</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>x <text:span>y</text:span></text:p></table:table-cell></table:table-row>` +
			`</table:table></office:spreadsheet></office:body></office:document-content>`}}
	for name, whole := range map[string][]entry{"extract.xlsx": excel, "extract.ods": open} {
		t.Run(filepath.Ext(name), func(t *testing.T) {
			table, rows := stage(t, written(t, archived(t, whole)), name, extract.Options{})
			rapid.Check(t, func(rt *rapid.T) {
				changed := append([]entry{{name: "customXml/item1.xml", content: `<worksheet><sheetData><row r="1"><c><v>9</v></c></row></sheetData></worksheet>`}}, whole...)
				for range rapid.IntRange(1, 4).Draw(rt, "times") {
					at := rapid.IntRange(1, len(changed)-1).Filter(func(n int) bool { return strings.Contains(changed[n].content, "><") }).Draw(rt, "part")
					changed[at].content = inserted(rt, declared(changed[at].content))
				}
				gotTable, got := stage(t, written(t, archived(t, changed)), name, extract.Options{})
				if diff := cmp.Diff(rows, got) + cmp.Diff(table, gotTable); diff != "" {
					rt.Fatalf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestOwnSpacesOnly: a workbook in the strict form is read, one without the
// declarations of its names is none.
func TestOwnSpacesOnly(t *testing.T) {
	sheet := entry{name: "xl/worksheets/sheet1.xml", content: worksheet + headerCell + `<row r="2"><c r="A2"><v>5</v></c></row></sheetData></worksheet>`}
	workbook := func(change func(string) string) string {
		var all []entry
		for _, e := range append(parts(), sheet) {
			all = append(all, entry{name: e.name, content: change(declared(e.content))})
		}
		return written(t, archived(t, all))
	}
	strict := workbook(strings.NewReplacer("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
		"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships").Replace)
	_, got := stage(t, strict, "extract.xlsx", extract.Options{})
	if diff := cmp.Diff([][]string{{"2", "5", ""}}, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none := workbook(strings.NewReplacer("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "urn:other").Replace)
	refusedWith(t, none, extract.Options{}, "the workbook is damaged and cannot be read: open it in Excel, save it again as an Excel workbook (.xlsx) and send that")
}
