package extract_test

import (
	"fmt"
	"html"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/extract"
)

// formatCases are cells as Excel and LibreOffice write them: in both they are what
// somebody who looks at the sheet sees. code is Excel's format, style OpenDocument's.
var formatCases = []struct{ name, code, excel, style, open, want string }{
	{"number", "General", `<c s="%d"><v>1234.5</v></c>`, ``, `office:value-type="float" office:value="1234.5"><text:p>1234.5</text:p>`, "1234.5"},
	{"noise", "0.0", `<c s="%d"><v>0.30000000000000004</v></c>`, `<number:number-style><number:number number:decimal-places="1" number:min-integer-digits="1"/></number:number-style>`,
		`office:value-type="float" office:value="0.30000000000000004"><text:p>0.3</text:p>`, "0.3"},
	{"zeros", "00000", `<c s="%d"><v>123</v></c>`, `<number:number-style><number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>`,
		`office:value-type="float" office:value="123"><text:p>00123</text:p>`, "00123"},
	{"hash before", `"#"0`, `<c s="%d"><v>12</v></c>`, `<number:number-style><number:text>#</number:text><number:number number:decimal-places="0" number:min-integer-digits="1"/></number:number-style>`,
		`office:value-type="float" office:value="12"><text:p>#12</text:p>`, "12"},
	{"hash and zeros", `"#"000`, `<c s="%d"><v>7</v></c>`, `<number:number-style><number:text>#</number:text><number:number number:decimal-places="0" number:min-integer-digits="3"/></number:number-style>`,
		`office:value-type="float" office:value="7"><text:p>#007</text:p>`, "#007"},
	{"text and zeros", `"SLT-"00000`, `<c s="%d"><v>12345</v></c>`, `<number:number-style><number:text>SLT-</number:text><number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>`,
		`office:value-type="float" office:value="12345"><text:p>SLT-12345</text:p>`, "SLT-12345"},
	{"thousands", "#,##0.00", `<c s="%d"><v>1234567.5</v></c>`, `<number:number-style><number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>`,
		`office:value-type="float" office:value="1234567.5"><text:p>1,234,567.50</text:p>`, "1234567.5"},
	{"hashes alone", "###", `<c s="%d"><v>0</v></c>`, `<number:number-style><number:number number:decimal-places="0" number:min-integer-digits="0"/></number:number-style>`,
		`office:value-type="float" office:value="0"><text:p></text:p>`, "0"},
	{"pounds", `"£"00`, `<c s="%d"><v>7</v></c>`, `<number:currency-style><number:currency-symbol>£</number:currency-symbol><number:number number:decimal-places="0" number:min-integer-digits="2"/></number:currency-style>`,
		`office:value-type="currency" office:currency="GBP" office:value="7"><text:p>£07</text:p>`, "7"},
	{"negative apart", "00000;[RED]-0", `<c s="%d"><v>123</v></c>`, `<number:number-style><number:number number:decimal-places="0" number:min-integer-digits="1"/><style:map style:condition="value()&gt;=0" style:apply-style-name="P0"/></number:number-style>`,
		`office:value-type="float" office:value="123"><text:p>00123</text:p>`, "00123"},
	{"percent", "0%", `<c s="%d"><v>0.455</v></c>`, `<number:percentage-style><number:number number:decimal-places="0" number:min-integer-digits="1"/><number:text>%</number:text></number:percentage-style>`,
		`office:value-type="percentage" office:value="0.455"><text:p>46%</text:p>`, "45.5%"},
	{"date", "dd/mm/yyyy", `<c s="%d"><v>45382</v></c>`, `<number:date-style><number:day/><number:text>/</number:text><number:month/><number:text>/</number:text><number:year/></number:date-style>`,
		`office:value-type="date" office:date-value="2024-03-31"><text:p>31/03/2024</text:p>`, "2024-03-31"},
	{"date whose time is not shown", "dd/mm/yyyy", `<c s="%d"><v>45382.395833333336</v></c>`, `<number:date-style><number:day/><number:month/><number:year/></number:date-style>`,
		`office:value-type="date" office:date-value="2024-03-31T09:30:00"><text:p>31/03/2024</text:p>`, "2024-03-31"},
	{"date and time", "dd/mm/yyyy hh:mm", `<c s="%d"><v>45382.395833333336</v></c>`, `<number:date-style><number:day/><number:month/><number:year/><number:text> </number:text><number:hours/><number:minutes/></number:date-style>`,
		`office:value-type="date" office:date-value="2024-03-31T09:30:00.000000256"><text:p>31/03/2024 09:30</text:p>`, "2024-03-31T09:30:00"},
	{"midnight", "dd/mm/yyyy hh:mm", `<c s="%d"><v>45382</v></c>`, `<number:date-style><number:day/><number:month/><number:year/><number:hours/><number:minutes/></number:date-style>`,
		`office:value-type="date" office:date-value="2024-03-31"><text:p>31/03/2024 00:00</text:p>`, "2024-03-31"},
	{"time", "hh:mm", `<c s="%d"><v>0.395833333333333</v></c>`, `<number:time-style><number:hours/><number:text>:</number:text><number:minutes/></number:time-style>`,
		`office:value-type="time" office:time-value="PT09H30M00S"><text:p>09:30</text:p>`, "09:30"},
	{"time of a later day", "hh:mm", `<c s="%d"><v>1.5</v></c>`, `<number:time-style><number:hours/><number:minutes/></number:time-style>`,
		`office:value-type="time" office:time-value="PT36H00M00S"><text:p>12:00</text:p>`, "12:00"},
	{"duration", "[hh]:mm", `<c s="%d"><v>1.5</v></c>`, `<number:time-style number:truncate-on-overflow="false"><number:hours/><number:minutes/></number:time-style>`,
		`office:value-type="time" office:time-value="PT36H00M00S"><text:p>36:00</text:p>`, "36:00"},
	{"twenty-four hours", "[hh]:mm", `<c s="%d"><v>1</v></c>`, `<number:time-style number:truncate-on-overflow="false"><number:hours/><number:minutes/></number:time-style>`,
		`office:value-type="time" office:time-value="PT24H00M00S"><text:p>24:00</text:p>`, "24:00"},
	{"truth", "General", `<c s="%d" t="b"><v>1</v></c>`, ``, `office:value-type="boolean" office:boolean-value="true"><text:p>WAHR</text:p>`, "TRUE"},
	{"untruth", "General", `<c s="%d" t="b"><v>0</v></c>`, ``, `office:value-type="boolean" office:boolean-value="false"><text:p>FALSE</text:p>`, "FALSE"},
	{"text of digits", "@", `<c s="%d" t="str"><v>0940</v></c>`, ``, `office:value-type="string"><text:p>0940</text:p>`, "0940"},
	{"text like an error", "@", `<c s="%d" t="str"><v>#1 priority</v></c>`, ``, `office:value-type="string"><text:p>#1 priority</text:p>`, "#1 priority"},
	{"error", "General", `<c s="%d" t="e"><f>1/0</f><v>#DIV/0!</v></c>`, ``, `table:formula="of:=1/0" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>`, "#DIV/0!"},
	{"older error", "General", `<c s="%d" t="e"><f>Z9</f><v>#REF!</v></c>`, ``, `table:formula="of:=Z9" office:value-type="float" office:value="0"><text:p>#REF!</text:p>`, "#REF!"},
	{"formula without a result", "General", `<c s="%d"><f>1+1</f></c>`, ``, `table:formula="of:=1+1">`, ""},
}

// TestBothFormatsAlike: every case gives the same value in both, and the same notes.
func TestBothFormatsAlike(t *testing.T) {
	var formats, xfs, excelRows, styles, openRows strings.Builder
	styles.WriteString(`<number:number-style style:name="P0"><number:number number:decimal-places="0" number:min-integer-digits="5"/></number:number-style>`)
	for i, c := range formatCases {
		fmt.Fprintf(&formats, `<numFmt numFmtId="%d" formatCode="%s"/>`, 200+i, html.EscapeString(c.code))
		fmt.Fprintf(&xfs, `<xf numFmtId="%d"/>`, 200+i)
		cell := c.excel
		if strings.Contains(cell, "%d") {
			cell = fmt.Sprintf(cell, i+1)
		}
		fmt.Fprintf(&excelRows, `<row><c t="inlineStr"><is><t>%s</t></is></c>%s</row>`, c.name, cell)
		style, named := "", ""
		if c.style != "" {
			style, named = fmt.Sprintf(` table:style-name="ce%d"`, i), fmt.Sprintf(`<style:style style:name="ce%d" style:family="table-cell" style:data-style-name="N%[1]d"/>`, i)
			first := strings.IndexAny(c.style, " >")
			fmt.Fprintf(&styles, `%s style:name="N%d"%s`, c.style[:first], i, c.style[first:])
		}
		styles.WriteString(named)
		fmt.Fprintf(&openRows, `<table:table-row><table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell><table:table-cell%s %s</table:table-cell></table:table-row>`, c.name, style, c.open)
	}
	merged := `<row><c t="inlineStr"><is><t>merged</t></is></c><c><v>1</v></c></row><row><c t="inlineStr"><is><t>under</t></is></c><c><v>2</v></c></row>`
	last := len(formatCases) + 2
	excel := append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: worksheet + headerCell + excelRows.String() + merged +
		fmt.Sprintf(`</sheetData><mergeCells><mergeCell ref="B%d:B%d"/></mergeCells></worksheet>`, last, last+1)},
		entry{name: "xl/styles.xml", content: `<styleSheet><numFmts>` + formats.String() + `</numFmts><cellXfs><xf/>` + xfs.String() + `</cellXfs></styleSheet>`})
	open := openDocument(t, `<table:table table:name="Sheet1">`+odsHeader+openRows.String()+
		`<table:table-row><table:table-cell office:value-type="string"><text:p>merged</text:p></table:table-cell><table:table-cell table:number-rows-spanned="2" office:value-type="float" office:value="1"/></table:table-row>`+
		`<table:table-row><table:table-cell office:value-type="string"><text:p>under</text:p></table:table-cell><table:covered-table-cell office:value-type="float" office:value="2"/></table:table-row></table:table>`, styles.String())
	var want [][]string
	for i, c := range formatCases {
		want = append(want, []string{fmt.Sprint(i + 2), c.name, c.want})
	}
	want = append(want, []string{fmt.Sprint(last), "merged", "1"}, []string{fmt.Sprint(last + 1), "under", ""})
	var tables []extract.Table
	for _, f := range []struct {
		name    string
		content []byte
	}{{"extract.xlsx", archived(t, excel)}, {"extract.ods", open}} {
		table, got := stage(t, written(t, f.content), f.name, extract.Options{})
		if diff := cmp.Diff(want, rowsOf(got)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.name, diff)
		}
		if _, got := stage(t, written(t, f.content), f.name, extract.Options{Buried: true}); got[last][4] != "2" {
			t.Errorf("%s: asked for, the value under merged cells is %q", f.name, got[last][4])
		}
		tables = append(tables, table)
	}
	if diff := cmp.Diff(tables[0], tables[1]); diff != "" || tables[0].Buried != 1 {
		t.Errorf("one is told of otherwise than the other (-excel +open):\n%s", diff)
	}
}
