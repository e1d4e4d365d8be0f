package extract_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// TestNumberFormats: a number is staged as what its format shows it to be.
func TestNumberFormats(t *testing.T) {
	tests := []struct {
		number any
		format string // custom code
		style  int    // or the number of one of Excel's own
		want   string
	}{
		{45382, "", 14, "2024-03-31"},
		{45382, "", 15, "2024-03-31"},
		{45382, "", 17, "2024-03-31"},
		{45382, "dd/mm/yyyy", 0, "2024-03-31"},
		{45382, "[$-809]dd mmmm yyyy;@", 0, "2024-03-31"},
		{45382, "mmm-yy", 0, "2024-03-31"},
		{45382, "mmmm", 0, "2024-03-31"},
		{45382, `"day" d`, 0, "2024-03-31"},
		{45382.4, "dd/mm/yyyy", 0, "2024-03-31"},
		{45382.395833333336, "", 22, "2024-03-31T09:30:00"},
		{45382.395833333336, "dd/mm/yyyy hh:mm", 0, "2024-03-31T09:30:00"},
		{45382.3958680556, "yyyy-mm-dd hh:mm:ss", 0, "2024-03-31T09:30:03"},
		{45382, "", 22, "2024-03-31"},
		{0.395833333333333, "", 22, "09:30"},
		{0.395833333333333, "", 20, "09:30"},
		{0.395833333333333, "h:mm AM/PM", 0, "09:30"},
		{0.3958680556, "", 21, "09:30:03"},
		{0.02, "", 45, "00:28:48"},
		{1.5, "", 46, "36:00"},
		{1.5, "[hh]:mm", 0, "36:00"},
		{0.395833333333333, "[h]:mm", 0, "09:30"},
		{59, "", 14, "1900-02-28"},
		{60, "", 14, "60"}, // the day that never was
		{61, "", 14, "1900-03-01"},
		{0, "", 14, "0"},
		{-1, "", 14, "-1"},
		{3000000, "", 14, "3000000"},
		{45382, "", 0, "45382"},
		{45382, "", 1, "45382"},
		{45382, "0.00", 0, "45382"},
		{45382, "@", 0, "45382"},
		{45382, `"d"0`, 0, "45382"},
		{45382, `\d0`, 0, "45382"},
		{45382, `0_d`, 0, "45382"},
		{45382, "[Red]0", 0, "45382"},
		{45382, `0;"to be paid"`, 0, "45382"},
		{45382, `_-"£"* #,##0.00_-;-"£"* #,##0.00_-`, 0, "45382"},
		{1234.5, "", 4, "1234.5"},
		{0.45, "", 9, "45%"},
		{0.455, "", 10, "45.5%"},
		{1, "0%", 0, "100%"},
		{0.07, `0.0"%"`, 0, "0.07"},
		{123, "00000", 0, "00123"},
		{1234567, "00000", 0, "1234567"},
		{123, `"SLT-"00000`, 0, "SLT-00123"},
		{123, `\R\-0000;-0`, 0, "R-0123"},
		{7, `"£"00`, 0, "7"},
		{1.5, "000", 0, "1.5"},
		{-7, "000", 0, "-7"},
		{1500.0000000000002, "", 0, "1500"},
		{0.30000000000000004, "", 0, "0.3"},
		{0.0000001, "", 0, "0.0000001"},
		{-45.5, "", 0, "-45.5"},
		{int64(1234567890123456789), "", 0, "1234567890123456789"},
		{"00123", "", 14, "00123"},
		{"45382", "", 14, "45382"},
		{"1500.0000000000002", "", 0, "1500.0000000000002"},
		{true, "", 0, "TRUE"},
		{false, "", 14, "FALSE"},
	}
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "number", "format")
	for i, test := range tests {
		style := &excelize.Style{NumFmt: test.style}
		if test.format != "" {
			style.CustomNumFmt = &test.format
		}
		id, err := book.NewStyle(style)
		if err != nil {
			t.Fatal(err)
		}
		cell, _ := excelize.CoordinatesToCellName(1, i+2)
		set(t, book, "Sheet1", cell, test.number, "x")
		if err := book.SetCellStyle("Sheet1", cell, cell, id); err != nil {
			t.Fatal(err)
		}
	}
	_, got := stage(t, saved(t, book), "extract.xlsx", extract.Options{})
	for i, test := range tests {
		if got[i+1][3] != test.want {
			t.Errorf("%v as %q (%d) is staged as %q, want %q", test.number, test.format, test.style, got[i+1][3], test.want)
		}
	}
}

// TestSheetChoice: the sheet asked for, the only visible one, or the first with a header.
func TestSheetChoice(t *testing.T) {
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "Read me first")
	for _, name := range []string{"Figures", "Delegates", "Lists"} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	set(t, book, "Figures", "A1", 1, 2)
	set(t, book, "Delegates", "A3", "Delegate", "Date")
	set(t, book, "Delegates", "A4", "D-1", "2024-01-08")
	set(t, book, "Lists", "A1", "code", "label")
	set(t, book, "Lists", "A2", "F", "Female")
	if err := book.SetSheetVisible("Lists", false); err != nil {
		t.Fatal(err)
	}
	src := saved(t, book)
	tests := []struct {
		name     string
		options  extract.Options
		sheet    string
		row      int
		sentence string
	}{
		{"First", extract.Options{}, "Delegates", 3, ""},
		{"Asked", extract.Options{Sheet: " delegates "}, "Delegates", 3, ""},
		{"Hidden", extract.Options{Sheet: "Lists"}, "Lists", 1, ""},
		{"HeaderRow", extract.Options{HeaderRow: 4}, "Delegates", 4, ""},
		{"Missing", extract.Options{Sheet: "Sessions"}, "", 0, `the workbook has no sheet "Sessions"; it has "Sheet1", "Figures", "Delegates", "Lists": name the sheet as agreed, or change it in the provider's mapping`},
		{"NoHeader", extract.Options{Sheet: "Figures"}, "", 0, `the sheet "Figures" has no row that names the columns, within its first 30: name the columns in one row, or have the provider's mapping say the header row`},
		{"BlankHeaderRow", extract.Options{Sheet: "Delegates", HeaderRow: 2}, "", 0, `row 2 of the sheet "Delegates", where the header is agreed to be, is blank: name the columns there, or change the header row in the provider's mapping`},
		{"HeaderRowNowhere", extract.Options{HeaderRow: 9}, "", 0, `no visible sheet of the workbook ("Sheet1", "Figures", "Delegates", "Lists") has a row that names the columns, within its first 30: name the columns in one row, or have the provider's mapping say the sheet and header row`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.sentence != "" {
				refusedWith(t, src, test.options, test.sentence)
				return
			}
			table, _ := stage(t, src, "extract.xlsx", test.options)
			if table.Sheet != test.sheet || table.HeaderRow != test.row {
				t.Errorf("got sheet %q, header row %d", table.Sheet, table.HeaderRow)
			}
		})
	}
}

// TestNotes: what somebody who looks at the sheet would not expect is noted.
func TestNotes(t *testing.T) {
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "name", "places", "fee")
	set(t, book, "Sheet1", "A2", "a", 1, 2, "a remark")
	set(t, book, "Sheet1", "A3", "b", 3, 4, nil, "another")
	set(t, book, "Sheet1", "A20002", "far below", 5)
	for _, do := range []error{
		book.SetRowVisible("Sheet1", 2, false),
		book.SetRowVisible("Sheet1", 3, false),
		book.SetColVisible("Sheet1", "B", false),
		book.MergeCell("Sheet1", "A5", "B6"),
		book.SetCellFormula("Sheet1", "C20002", "SUM(B2:B3)"),
		book.AutoFilter("Sheet1", "A1:C4", []excelize.AutoFilterOptions{{Column: "A", Expression: "x == a"}}),
	} {
		if do != nil {
			t.Fatal(do)
		}
	}
	table, got := stage(t, saved(t, book), "extract.xlsx", extract.Options{})
	want := [][]string{{"row", "line", "fields", "name", "places", "fee"}, {"2", "2", "", "a", "1", "2"}, {"3", "3", "", "b", "3", "4"}, {"20002", "20002", "", "far below", "5", ""}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	notes := []string{
		"2 rows are hidden in the workbook and were read",
		"the sheet has a filter on; rows that it hides were read",
		"columns are hidden in the workbook and were read",
		"1 group of cells is merged; only its first cell has the value",
		"2 rows have values to the right of the last column named; they were left out",
		"1 formula has no saved result and reads as blank: open the workbook in Excel and save it",
	}
	if diff := cmp.Diff(notes, table.Notes); diff != "" || table.HiddenRows != 2 || !table.Filtered {
		t.Errorf("%d hidden, filter %t (-want +got):\n%s", table.HiddenRows, table.Filtered, diff)
	}
}

// TestSheetXML: what other programs write, and what a damaged file holds.
func TestSheetXML(t *testing.T) {
	const damaged = `the sheet "Sheet1" of the workbook is damaged after row 1: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`
	header := `<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>`
	sheet := func(rows string) string {
		return `<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>` + header + rows + `</sheetData></worksheet>`
	}
	tests := []struct {
		name, xml string
		want      [][]string // a refusal where there are none
		sentence  string     // where it is not that of damage
	}{
		{"NoReferences", sheet(`<row><c><v>1</v></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>`), [][]string{{"2", "2", "", "1", "2"}, {"4", "4", "", "3", ""}}, ""},
		{"Gaps", sheet(`<row r="5"><c r="B5"><v>2</v></c></row>`), [][]string{{"5", "5", "", "", "2"}}, ""},
		{"Prefixed", strings.NewReplacer("</", "</x:", "<?", "<?", "<", "<x:", "xmlns=", "xmlns:x=").Replace(sheet(`<row r="2"><c r="A2"><v>1</v></c></row>`)), [][]string{{"2", "2", "", "1", ""}}, ""},
		{"Runs", sheet(`<row r="2"><c r="A2" t="inlineStr"><is><r><t>ca</t></r><r><rPr><b/></rPr><t xml:space="preserve">fé </t></r><rPh sb="0" eb="1"><t>no</t></rPh></is></c></row>`), [][]string{{"2", "2", "", "café ", ""}}, ""},
		{"Escapes", sheet(`<row r="2"><c r="A2" t="str"><f>x</f><v>a_x000D_b &amp; c &#8364; _x41_</v></c></row>`), [][]string{{"2", "2", "", "a\rb & c € _x41_", ""}}, ""},
		{"IsoDates", sheet(`<row r="2"><c r="A2" t="d"><v>2024-03-31T00:00:00</v></c><c r="B2" t="d"><v>2024-03-31T09:30:00</v></c></row>`), [][]string{{"2", "2", "", "2024-03-31", "2024-03-31T09:30:00"}}, ""},
		{"Errors", sheet(`<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2"><f>1/3</f><v>0.33333333333333331</v></c></row>`), [][]string{{"2", "2", "", "#REF!", "0.333333333333333"}}, ""},
		{"LostDigits", sheet(`<row r="2"><c r="A2"><v>1.2345678901234501E+18</v></c><c r="B2"><v>1E+20</v></c></row><row r="3"><c r="A3"><v>1.5E+3</v></c><c r="B3"><v>-2.5E-3</v></c></row>`),
			[][]string{{"2", "2", "", "1.23456789012345E+18", "1E+20"}, {"3", "3", "", "1500", "-0.0025"}}, ""},
		{"StyledButEmpty", sheet(`<row r="2" s="1" customFormat="1"/><row r="3"><c r="A3" s="0"/><c r="B3" s="0"/></row><row r="4"><c r="A4" t="inlineStr"><is><t> </t></is></c></row>`), [][]string{}, ""},
		{"NoRows", sheet(""), [][]string{}, ""},
		{"Truths", sheet(`<row r="2"><c r="A2" t="b"><v>true</v></c><c r="B2" t="b"><v> 1 </v></c></row><row r="3"><c t="b"><v>false</v></c><c t="b"><v>0</v></c></row>` +
			`<row r="4"><c r="A4" t="b"><v>TRUE</v></c><c r="B4" t="b"><v>2</v></c></row>`), [][]string{{"2", "2", "", "TRUE", "TRUE"}, {"3", "3", "", "FALSE", "FALSE"}, {"4", "4", "", "TRUE", "2"}}, ""},
		{"TypeDecides", sheet(`<row r="2"><c r="A2" t="inlineStr"><v>12</v><is><t>1200.00</t></is></c><c r="B2"><is><t>12</t></is><v>5</v></c></row>`), [][]string{{"2", "2", "", "1200.00", "5"}}, ""},
		{"Extension", sheet(`<row r="2"><c r="A2"><v>5</v><extLst><ext uri="x"><x:v xmlns:x="urn:x">77</x:v><v>78</v></ext></extLst></c></row>`), [][]string{{"2", "2", "", "5", ""}}, ""},
		{"HiddenTrue", sheet(`<row r="2" hidden=" true "><c r="A2"><v>5</v></c></row>`), [][]string{{"2", "2", "", "5", ""}}, ""},
		{"BackToAnEarlierRow", sheet(`<row r="1"><c><v>1</v></c></row>`), nil, misnumbered},
		{"RowWithoutNumber", sheet(`<row r=""><c r="A"><v>5</v></c></row>`), nil, misnumbered},
		{"RowOfLetters", sheet(`<row r="A2"><c><v>5</v></c></row>`), nil, misnumbered},
		{"TwoValues", sheet(`<row r="2"><c r="A2"><v>12</v><v>001200</v></c></row>`), nil, ""},
		{"TwoCells", sheet(`<row r="2"><c r="A2"><v>12</v></c><c r="A2"><v>1200</v></c></row>`), nil, ""},
		{"CellOfAnotherRow", sheet(`<row r="2"><c r="A3"><v>12</v></c></row>`), nil, ""},
		{"TwoTables", sheet(`</sheetData><sheetData><row r="2"><c><v>1</v></c></row>`), nil, damaged},
		{"RowTooFar", sheet(`<row r="1048577"><c><v>1</v></c></row>`), nil, ""},
		{"ColumnTooFar", sheet(`<row r="2"><c r="XFE2"><v>1</v></c></row>`), nil, ""},
		{"NoSuchText", sheet(`<row r="2"><c r="A2" t="s"><v>7</v></c></row>`), nil, ""},
		{"CutOff", strings.TrimSuffix(sheet(""), "</sheetData></worksheet>"), nil, ""},
		{"NotXML", strings.TrimSuffix(sheet("<row r=2>"), "</sheetData></worksheet>"), nil, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			src := withPart(t, "xl/worksheets/sheet1.xml", test.xml)
			if test.want == nil {
				sentence := damaged
				if test.sentence != "" {
					sentence = test.sentence
				} else if strings.Contains(test.xml, `r="2"`) {
					sentence = strings.Replace(damaged, "row 1", "row 2", 1)
				}
				refusedWith(t, src, extract.Options{}, sentence)
				return
			}
			_, got := stage(t, src, "extract.xlsx", extract.Options{})
			if diff := cmp.Diff(test.want, got[1:]); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

const misnumbered = `the sheet "Sheet1" of the workbook is damaged: what should be row 2, or one below it, says that it is another: open it in Excel, save it again as an Excel workbook (.xlsx) and send that`

func TestWorkbookDamaged(t *testing.T) {
	const sentence = "the workbook is damaged and cannot be read: open it in Excel, save it again as an Excel workbook (.xlsx) and send that"
	for _, part := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/sharedStrings.xml"} {
		refusedWith(t, withPart(t, part, "<a"), extract.Options{}, sentence)
	}
}

func refusedWith(t *testing.T, src string, o extract.Options, sentence string) {
	t.Helper()
	refusedAs(t, src, "extract.xlsx", o, sentence)
}

func refusedAs(t *testing.T, src, name string, o extract.Options, sentence string) {
	t.Helper()
	_, err := extract.Stage(context.Background(), src, name, filepath.Join(t.TempDir(), "staged.parquet"), o)
	var refused *extract.Refusal
	if !errors.As(err, &refused) {
		t.Errorf("got %v, want a refusal", err)
	} else if diff := cmp.Diff(sentence, refused.Sentence); diff != "" {
		t.Errorf("the sentence differs (-want +got):\n%s", diff)
	}
}

func set(t testing.TB, book *excelize.File, sheet, cell string, values ...any) {
	t.Helper()
	if err := book.SetSheetRow(sheet, cell, &values); err != nil {
		t.Fatal(err)
	}
}

func saved(t testing.TB, book *excelize.File) string {
	t.Helper()
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return written(t, b.Bytes())
}

// withPart is a workbook in which one part is another text.
func withPart(t testing.TB, part, content string) string {
	t.Helper()
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "a", "b")
	b, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	from, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	found := false
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			text, found = []byte(declared(content)), true
		}
		w, err := to.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil || !found {
		t.Fatalf("the workbook has no %s (%v)", part, err)
	}
	return written(t, out.Bytes())
}

// TestLongSheet: texts that lie over the edges of what is unpacked at once, with
// characters of several bytes, entities and line ends there.
func TestLongSheet(t *testing.T) {
	var rows strings.Builder
	var want [][]string
	rows.WriteString(worksheet + headerCell)
	for i := 2; i < 6000; i++ {
		n := strconv.Itoa(i)
		pad := strings.Repeat("x", i%61)
		rows.WriteString(`<row r="` + n + `"><c r="A` + n + `" t="inlineStr"><is><t>` + pad + "é&amp;&#x20AC;\r\n&lt;“”" + `</t></is></c><!-- é > --><c r="B` + n + `" t='str'><v><![CDATA[<` + pad + `&amp;]]></v></c></row>`)
		want = append(want, []string{n, pad + "é&€\n<“”", "<" + pad + "&amp;"})
	}
	rows.WriteString(`</sheetData></worksheet>`)
	_, got := stage(t, written(t, archived(t, append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: rows.String()}))), "extract.xlsx", extract.Options{})
	if diff := cmp.Diff(want, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
