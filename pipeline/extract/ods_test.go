package extract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/extract"
)

const (
	odsMime   = "application/vnd.oasis.opendocument.spreadsheet"
	odsHeader = `<table:table-row><table:table-cell office:value-type="string"><text:p>a</text:p></table:table-cell><table:table-cell office:value-type="string"><text:p>b</text:p></table:table-cell></table:table-row>`
)

// openDocument is an OpenDocument spreadsheet with tables, and styles, as given.
func openDocument(t testing.TB, tables string, styles ...string) []byte {
	t.Helper()
	return archived(t, []entry{{name: "mimetype", content: odsMime}, {name: "META-INF/manifest.xml", content: `<manifest:manifest/>`},
		{name: "content.xml", content: `<?xml version="1.0" encoding="UTF-8"?><office:document-content><office:automatic-styles>` +
			`<style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style>` + strings.Join(styles, "") + `</office:automatic-styles>` +
			`<office:body><office:spreadsheet>` + tables + `</office:spreadsheet></office:body></office:document-content>`}})
}

// TestOpenDocumentCells: each kind of value, as an Excel workbook would give it.
func TestOpenDocumentCells(t *testing.T) {
	tests := []struct{ name, cell, want string }{
		{"Text", `<table:table-cell office:value-type="string"><text:p>caf&#233; &amp; bar</text:p></table:table-cell>`, "café & bar"},
		{"Paragraphs", `<table:table-cell office:value-type="string"><text:p>one</text:p><text:p/><text:p>two</text:p></table:table-cell>`, "one\n\ntwo"},
		{"Spaces", `<table:table-cell office:value-type="string"><text:p>  a  <text:s text:c="2"/>b<text:tab/>c<text:line-break/>d <text:span>e</text:span>` + "\n f</text:p></table:table-cell>", "a   b\tc\nd e f"},
		{"Link", `<table:table-cell office:value-type="string"><text:p>see <text:a>this</text:a></text:p></table:table-cell>`, "see this"},
		{"StringValue", `<table:table-cell office:value-type="string" office:string-value="kept"/>`, "kept"},
		{"NonBreaking", "<table:table-cell office:value-type=\"string\"><text:p>\u00a0“x”\u00a0</text:p></table:table-cell>", "\u00a0“x”\u00a0"},
		{"Untyped", `<table:table-cell><text:p>x</text:p></table:table-cell>`, "x"},
		{"Remark", `<table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation><text:p>x</text:p></table:table-cell>`, "x"},
		{"Number", `<table:table-cell office:value-type="float" office:value="1234.5"><text:p>1,234.50</text:p></table:table-cell>`, "1234.5"},
		{"Noise", `<table:table-cell office:value-type="float" office:value="0.30000000000000004"><text:p>0.3</text:p></table:table-cell>`, "0.3"},
		{"Zeros", `<table:table-cell office:value-type="float" office:value="123"><text:p>00123</text:p></table:table-cell>`, "00123"},
		{"LostDigits", `<table:table-cell office:value-type="float" office:value="1.23456789012346E+018"><text:p>1.23456789012346E+018</text:p></table:table-cell>`, "1.23456789012346E+18"},
		{"Currency", `<table:table-cell office:value-type="currency" office:currency="GBP" office:value="-1500"><text:p>-£1,500.00</text:p></table:table-cell>`, "-1500"},
		{"Percentage", `<table:table-cell office:value-type="percentage" office:value="0.455"><text:p>46%</text:p></table:table-cell>`, "45.5%"},
		{"Date", `<table:table-cell office:value-type="date" office:date-value="2024-03-31"><text:p>31/03/24</text:p></table:table-cell>`, "2024-03-31"},
		{"Midnight", `<table:table-cell office:value-type="date" office:date-value="2024-03-31T00:00:00"><text:p>31/03/24</text:p></table:table-cell>`, "2024-03-31"},
		{"DateAndTime", `<table:table-cell office:value-type="date" office:date-value="2024-03-31T09:30:00"><text:p>31/03/24 09:30</text:p></table:table-cell>`, "2024-03-31T09:30:00"},
		{"Time", `<table:table-cell office:value-type="time" office:time-value="PT09H30M00S"><text:p>09:30</text:p></table:table-cell>`, "09:30"},
		{"Seconds", `<table:table-cell office:value-type="time" office:time-value="PT09H30M03S"><text:p>09:30</text:p></table:table-cell>`, "09:30:03"},
		{"Duration", `<table:table-cell office:value-type="time" office:time-value="PT36H00M00S"><text:p>36:00</text:p></table:table-cell>`, "36:00"},
		{"NoTime", `<table:table-cell office:value-type="time" office:time-value="soon"><text:p>soon</text:p></table:table-cell>`, "soon"},
		{"Truth", `<table:table-cell office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p></table:table-cell>`, "TRUE"},
		{"Formula", `<table:table-cell table:formula="of:=1/3" office:value-type="float" office:value="0.333333333333333"><text:p>0.33</text:p></table:table-cell>`, "0.333333333333333"},
		{"Error", `<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>`, "#DIV/0!"},
		{"OldError", `<table:table-cell table:formula="of:=1/0" office:value-type="float" office:value="0"><text:p>Err:502</text:p></table:table-cell>`, "Err:502"},
		{"Covered", `<table:covered-table-cell office:value-type="string"><text:p>under</text:p></table:covered-table-cell>`, ""},
	}
	var rows strings.Builder
	for _, test := range tests {
		rows.WriteString(`<table:table-row><table:table-cell office:value-type="string"><text:p>` + test.name + `</text:p></table:table-cell>` + test.cell + `</table:table-row>`)
	}
	_, got := stage(t, written(t, openDocument(t, `<table:table table:name="A">`+odsHeader+rows.String()+`</table:table>`)), "extract.ods", extract.Options{})
	for i, test := range tests {
		if got[i+1][3] != test.name || got[i+1][4] != test.want {
			t.Errorf("%s is staged as %q, want %q", test.name, got[i+1][4], test.want)
		}
	}
}

// TestOpenDocumentRows: repeated, hidden and grouped rows, each with its number.
func TestOpenDocumentRows(t *testing.T) {
	number := func(n string) string { return `<table:table-cell office:value-type="float" office:value="` + n + `"/>` }
	tables := `<table:tracked-changes><table:table-cell/></table:tracked-changes><table:table table:name="Notes" table:style-name="ta2">` + odsHeader + `</table:table>` +
		`<table:table table:name="Fees"><office:forms/><table:table-column table:number-columns-repeated="3"/><table:table-column table:visibility="collapse"/>` +
		`<table:shapes><draw:frame><table:table><table:table-row>` + number("9") + number("9") + `</table:table-row></table:table></draw:frame></table:shapes>` +
		`<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>` +
		`<table:table-header-rows>` + odsHeader + `</table:table-header-rows>` +
		`<table:table-row>` + number("1") + `<table:table-cell table:number-columns-repeated="3"/>` + number("4") + `</table:table-row>` +
		`<table:table-row-group><table:table-row table:number-rows-repeated="2" table:visibility="filter">` + number("2") + `<table:table-cell table:number-columns-repeated="16383"/></table:table-row></table:table-row-group>` +
		`<table:table-row table:visibility="collapse"><table:table-cell table:number-columns-repeated="2" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>` +
		`<table:table-row table:number-rows-repeated="100"><table:table-cell/></table:table-row>` +
		`<table:table-row><table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>y</text:p></table:table-cell><table:covered-table-cell/></table:table-row>` +
		`<table:table-row><table:table-cell table:formula="of:=A1"/></table:table-row>` +
		`<table:table-row table:number-rows-repeated="1048466"><table:table-cell table:number-columns-repeated="16384"/></table:table-row></table:table>`
	src := written(t, openDocument(t, tables))
	table, got := stage(t, src, "extract.ods", extract.Options{})
	want := [][]string{{"row", "line", "fields", "a", "b"}, {"4", "4", "", "1", ""}, {"5", "5", "", "2", ""}, {"6", "6", "", "2", ""}, {"7", "7", "", "x", "x"}, {"108", "108", "", "y", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantTable := extract.Table{Sheet: "Fees", Place: 2, HeaderRow: 3, Header: []string{"a", "b"}, Rows: 5, Widest: 5, HiddenRows: 3, Filtered: true, Notes: []string{
		"3 rows are hidden in the workbook and were read",
		"the sheet has a filter on; rows that it hides were read",
		"columns are hidden in the workbook and were read",
		"1 group of cells is merged; only its first cell has the value",
		"1 row has values to the right of the last column named; they were left out",
		"1 formula has no saved result and reads as blank: open the workbook in Excel and save it"}}
	if diff := cmp.Diff(wantTable, table); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	sheets, err := extract.Sheets(src, "extract.ods", extract.Options{})
	if diff := cmp.Diff([]string{"Notes", "Fees"}, sheets); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if table, _ := stage(t, src, "extract.ods", extract.Options{Sheet: "notes"}); table.Sheet != "Notes" || len(table.Notes) != 1 {
		t.Errorf("the hidden sheet gives %+v", table)
	}
}

func TestOpenDocumentRefused(t *testing.T) {
	content := entry{name: "content.xml", content: "<a/>"}
	manifest := entry{name: "META-INF/manifest.xml", content: "<manifest:manifest/>"}
	lockedManifest := entry{name: "META-INF/manifest.xml", content: `<manifest:manifest><manifest:file-entry><manifest:encryption-data/></manifest:file-entry></manifest:manifest>`}
	mime := func(kind string) entry { return entry{name: "mimetype", content: kind} }
	const locked = "the OpenDocument file is locked with a password: save it without one (in LibreOffice: File, Save As, without \"Save with password\") and send it by the agreed secure route"
	const lacking = "the OpenDocument file is damaged, since a part that each has is missing: save it again as a spreadsheet (.ods or .xlsx) and send that"
	tests := []struct {
		name     string
		content  []byte
		sentence string
	}{
		{"Locked", archived(t, []entry{mime(odsMime), content, lockedManifest}), locked},
		{"LockedWhole", archived(t, []entry{mime(odsMime), {name: "encrypted-package"}, lockedManifest}), locked},
		{"Text", archived(t, []entry{mime("application/vnd.oasis.opendocument.text"), content, manifest}), "the file is an OpenDocument file of another kind, not a spreadsheet: send the table as a spreadsheet (.xlsx or .ods) or as CSV"},
		{"NoContent", archived(t, []entry{mime(odsMime), manifest}), lacking},
		{"NoManifest", archived(t, []entry{mime(odsMime), content}), lacking},
		{"NoSheet", openDocument(t, ""), "the OpenDocument file has no sheet: is it the right file?"},
		{"CutOff", openDocument(t, `<table:table table:name="A">`+odsHeader+`<table:table-row><`), "the workbook is damaged and cannot be read: open it in Excel, save it again as an Excel workbook (.xlsx) and send that"},
		{"NoSuchSheet", openDocument(t, `<table:table table:name="A"/>`), `the sheet "A" has no row that names the columns, within its first 30: name the columns in one row, or have the provider's mapping say the header row`},
		{"TooWide", openDocument(t, `<table:table table:name="A">`+odsHeader+`<table:table-row><table:table-cell table:number-columns-repeated="16385" office:value-type="float" office:value="1"/></table:table-row></table:table>`),
			`the sheet "A" of the workbook is damaged after row 2: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { refusedWith(t, written(t, test.content), extract.Options{}, test.sentence) })
	}
}
