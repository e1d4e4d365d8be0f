package extract_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"unicode/utf8"

	"mojreturns/pipeline/extract"
)

// FuzzCSV, FuzzWorkbook, FuzzSheet and FuzzODS: whatever the bytes are, they are read or refused
// with a sentence; what is read has rows in order, and text that is UTF-8.

func FuzzCSV(f *testing.F) {
	seed(f, "*.csv")
	f.Fuzz(func(t *testing.T, content []byte) { readOrRefuse(t, content, "extract.csv") })
}

func FuzzWorkbook(f *testing.F) {
	seed(f, "*.xls*")
	seed(f, "*.ods")
	f.Fuzz(func(t *testing.T, content []byte) { readOrRefuse(t, content, "extract.xlsx") })
}

// FuzzSheet changes the cells of a workbook that is otherwise sound, which
// changes to the bytes of an archive seldom reach.
func FuzzSheet(f *testing.F) {
	const cells = `<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c t="str"><v>b</v></c></row>`
	f.Add(cells + `<row r="3" hidden="1"><c r="A3" t="s"><v>0</v></c><c r="B3" s="1"><f>1</f><v>45382.5</v></c><c r="D3" t="b"><v>1</v></c></row></sheetData></worksheet>`)
	f.Add(cells + `<row><c t="inlineStr"><is><r><t>_x000D_</t></r><rPh><t>no</t></rPh></is></c><c t="e"><v>#REF!</v></c></row></sheetData><mergeCells><mergeCell/></mergeCells></worksheet>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		readOrRefuse(t, archived(t, append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: sheet},
			entry{name: "xl/sharedStrings.xml", content: `<sst><si><t>a</t></si><si><r><t xml:space="preserve"> b</t></r><rPh><t>no</t></rPh></si></sst>`},
			entry{name: "xl/styles.xml", content: `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="00000"/></numFmts><cellXfs><xf/><xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="9"/><xf numFmtId="16"/></cellXfs></styleSheet>`})), "extract.xlsx")
	})
}

// FuzzODS changes the tables of an OpenDocument spreadsheet in the same way.
func FuzzODS(f *testing.F) {
	f.Add(`<table:table table:name="A"><table:table-column table:visibility="collapse"/>` + odsHeader + `<table:table-row table:number-rows-repeated="3" table:visibility="filter">` +
		`<table:table-cell table:number-columns-repeated="2" office:value-type="float" office:value="12"><text:p>0012</text:p></table:table-cell></table:table-row></table:table>`)
	f.Add(`<table:table table:name="A"/><table:table table:name="B">` + odsHeader + `<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="16384"/></table:table-row><table:table-row>` +
		`<table:table-cell office:value-type="date" office:date-value="2024-03-31T09:30:00"/><table:covered-table-cell/><table:table-cell table:formula="of:=1" calcext:value-type="error"><text:p>a<text:s text:c="3"/>&#65;</text:p></table:table-cell></table:table-row></table:table>`)
	f.Add(`<table:table table:name="A">` + odsHeader + `<table:table-row-group><table:table-row><table:table-cell office:value-type="time" office:time-value="PT36H00M01S"/>` +
		`<table:table-cell office:value-type="percentage" office:value="0.5"/><table:table-cell office:value-type="boolean" office:boolean-value="true" table:number-columns-spanned="2"/></table:table-row></table:table-row-group></table:table>`)
	f.Fuzz(func(t *testing.T, tables string) { readOrRefuse(t, openDocument(t, tables), "extract.ods") })
}

func seed(f *testing.F, pattern string) {
	paths, err := filepath.Glob(filepath.Join(examples, pattern))
	if err != nil {
		f.Fatal(err)
	}
	if len(paths) == 0 {
		f.Fatalf("no examples are named %s", pattern)
	}
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
}

var everyOption = extract.Options{Names: []string{"a", "b", "Referral ID", "Date"}, HeaderRows: 2, SheetNumber: 1, SkipRows: 1, Encoding: "detect",
	Skip: []extract.RowRule{{Pattern: "^sub"}}, Totals: []extract.RowRule{{Pattern: "^total"}}, End: []extract.RowRule{{Pattern: "^notes"}}}

func readOrRefuse(t *testing.T, content []byte, name string) {
	src := written(t, content)
	for _, o := range []extract.Options{{}, {HeaderRow: 2, Encoding: "windows-1252", Delimiter: "semicolon"}, everyOption} {
		dst := filepath.Join(t.TempDir(), "staged.parquet")
		table, err := extract.Stage(context.Background(), src, name, dst, o)
		var refused *extract.Refusal
		if errors.As(err, &refused) {
			if refused.Sentence == "" || refused.Name != name || refused.Line < 0 {
				t.Errorf("the refusal is incomplete: %+v", refused)
			}
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		inOrder(t, table, staged(t, dst))
	}
}

func inOrder(t *testing.T, table extract.Table, rows [][]string) {
	t.Helper()
	if int64(len(rows)) != table.Rows || len(table.Header) == 0 || table.HeaderRow < 1 {
		t.Errorf("%d rows are staged of %+v", len(rows), table)
	}
	lastRow, lastLine := int64(table.HeaderRow), int64(table.HeaderRow)
	for _, record := range rows {
		row, _ := strconv.ParseInt(record[0], 10, 64)
		line, _ := strconv.ParseInt(record[1], 10, 64)
		if row <= lastRow || line <= lastLine || line < row {
			t.Fatalf("row %d, line %d comes after row %d, line %d", row, line, lastRow, lastLine)
		}
		lastRow, lastLine = row, line
		for _, text := range record[3:] {
			if !utf8.ValidString(text) {
				t.Fatalf("%q is not UTF-8", text)
			}
		}
	}
}
