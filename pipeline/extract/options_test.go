package extract_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// rowsOf drops line and fields: the row's number and its values.
func rowsOf(got [][]string) [][]string {
	var out [][]string
	for _, r := range got[1:] {
		out = append(out, append([]string{r[0]}, r[3:]...))
	}
	return out
}

var names = []string{"Referral ID", "Received", "Age", "Sex"}

// TestFindHeader: the row that has most of the expected names, under titles,
// notes and key figures, in each format.
func TestFindHeader(t *testing.T) {
	rows := [][]string{{"Quarterly return", "", ""}, {"Sex", "see the notes", ""}, {"Total", "12", ""}, {"REFERRAL_ID", "received ", "Sex "}, {"R-1", "2024-01-08", "F"}, {"Referral ID", "Received", "M"}}
	want := [][]string{{"5", "R-1", "2024-01-08", "F"}, {"6", "Referral ID", "Received", "M"}}
	header := []string{"REFERRAL_ID", "received ", "Sex "}
	for name, src := range everyFormat(t, rows) {
		t.Run(name, func(t *testing.T) {
			table, got := stage(t, src, name, extract.Options{Names: names})
			if diff := cmp.Diff(want, rowsOf(got)); diff != "" || table.HeaderRow != 4 {
				t.Errorf("header row %d (-want +got):\n%s", table.HeaderRow, diff)
			}
			if diff := cmp.Diff(header, table.Header); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			// one name is not enough to go by, and the row asked for wins
			if table, _ := stage(t, src, name, extract.Options{Names: []string{"Sex", "Gender"}}); table.HeaderRow == 4 {
				t.Error("one name of two made a header")
			}
			if table, _ := stage(t, src, name, extract.Options{Names: names, HeaderRow: 2}); table.HeaderRow != 2 {
				t.Errorf("the header row asked for is not taken but %d", table.HeaderRow)
			}
		})
	}
}

// everyFormat is a table as CSV, XLSX and ODS.
func everyFormat(t *testing.T, rows [][]string) map[string]string {
	t.Helper()
	book := excelize.NewFile()
	var text, document strings.Builder
	for i, row := range rows {
		values := make([]any, len(row))
		document.WriteString("<table:table-row>")
		for j, v := range row {
			if v != "" {
				values[j] = v
			}
			document.WriteString(`<table:table-cell office:value-type="string"><text:p>` + v + `</text:p></table:table-cell>`)
		}
		document.WriteString("</table:table-row>")
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		set(t, book, "Sheet1", cell, values...)
		text.WriteString(strings.Join(row, ";") + "\r\n")
	}
	return map[string]string{"a.csv": written(t, []byte(text.String())), "a.xlsx": saved(t, book),
		"a.ods": written(t, openDocument(t, `<table:table table:name="A">`+document.String()+`</table:table>`))}
}

// TestFindSheet: of several sheets, the one whose header has most of the names.
func TestFindSheet(t *testing.T) {
	book := excelize.NewFile()
	for _, name := range []string{"Read me", "Referrals Q1", "Referrals Q1 old"} {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
	}
	set(t, book, "Sheet1", "A1", "Sex", "Code")
	set(t, book, "Read me", "A1", "Referral ID", "is the number of the referral")
	set(t, book, "Referrals Q1", "A3", "Referral ID", "Received", "Age")
	set(t, book, "Referrals Q1 old", "A1", "Referral ID", "Received", "Sex", "Age")
	book.SetActiveSheet(1) // the one in front cannot be hidden
	if err := book.SetSheetVisible("Sheet1", false); err != nil {
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
		{"MostNames", extract.Options{Names: names}, "Referrals Q1 old", 1, ""},
		{"Number", extract.Options{Names: names, SheetNumber: 2}, "Referrals Q1", 3, ""},
		{"NumberBeyond", extract.Options{SheetNumber: 4}, "", 0, `the workbook has no visible sheet number 4; it has "Sheet1", "Read me", "Referrals Q1", "Referrals Q1 old": send the sheets as agreed, or change the mapping`},
		{"Pattern", extract.Options{SheetPattern: `^referrals q\d$`}, "Referrals Q1", 3, ""},
		{"PatternOfMany", extract.Options{SheetPattern: `referrals`}, "", 0, `2 sheets of the workbook have names that meet "referrals": "Referrals Q1", "Referrals Q1 old"; leave one of them, or have the provider's mapping say which`},
		{"PatternOfNone", extract.Options{SheetPattern: `sessions`}, "", 0, `the workbook has no visible sheet whose name meets "sessions"; it has "Sheet1", "Read me", "Referrals Q1", "Referrals Q1 old": name the sheet as agreed, or change it in the provider's mapping`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.sentence != "" {
				refusedWith(t, src, test.options, test.sentence)
				return
			}
			if table, _ := stage(t, src, "extract.xlsx", test.options); table.Sheet != test.sheet || table.HeaderRow != test.row {
				t.Errorf("got sheet %q, header row %d", table.Sheet, table.HeaderRow)
			}
		})
	}
}

// TestJoinedHeader: groups over names make one header, by the cells merged or,
// where there are none, over the names that follow.
func TestJoinedHeader(t *testing.T) {
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "Return")
	set(t, book, "Sheet1", "A2", "Referral", "Victim", nil, nil, "Outcome", "Notes")
	set(t, book, "Sheet1", "A3", nil, "Age", "Sex", "Other", "Outcome", "Extra")
	set(t, book, "Sheet1", "A4", "R-1", 34, "F", "x", "closed")
	for _, cells := range []string{"A2:A3", "B2:C2"} {
		first, last, _ := strings.Cut(cells, ":")
		if err := book.MergeCell("Sheet1", first, last); err != nil {
			t.Fatal(err)
		}
	}
	csv := "Return,,,,\nReferral,Victim,,,Outcome,Notes\n,Age,Sex,Other,Outcome,Extra\nR-1,34,F,x,closed\n"
	ods := openDocument(t, `<table:table table:name="A"><table:table-row><table:table-cell office:value-type="string"><text:p>Return</text:p></table:table-cell></table:table-row>`+
		`<table:table-row>`+words("Referral")+`<table:table-cell table:number-columns-spanned="2" office:value-type="string"><text:p>Victim</text:p></table:table-cell><table:covered-table-cell/><table:table-cell/>`+words("Outcome", "Notes")+`</table:table-row>`+
		`<table:table-row><table:table-cell/>`+words("Age", "Sex", "Other", "Outcome", "Extra")+`</table:table-row><table:table-row>`+words("R-1", "34", "F", "x", "closed")+`</table:table-row></table:table>`)
	merged := []string{"Referral", "Victim Age", "Victim Sex", "Other", "Outcome", "Notes Extra"}
	spread := []string{"Referral", "Victim Age", "Victim Sex", "Victim Other", "Outcome", "Notes Extra"}
	for name, test := range map[string]struct {
		src  string
		want []string
	}{"a.xlsx": {saved(t, book), merged}, "a.ods": {written(t, ods), merged}, "a.csv": {written(t, []byte(csv)), spread}} {
		for _, o := range []extract.Options{{HeaderRow: 2, HeaderRows: 2}, {Names: []string{"Victim Age", "Victim Sex", "Outcome"}, HeaderRows: 2}} {
			table, got := stage(t, test.src, name, o)
			if diff := cmp.Diff(test.want, table.Header); diff != "" || table.HeaderRow != 3 {
				t.Errorf("%s: header row %d (-want +got):\n%s", name, table.HeaderRow, diff)
			}
			if diff := cmp.Diff([][]string{{"4", "R-1", "34", "F", "x", "closed", ""}}, rowsOf(got)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", name, diff)
			}
			if len(table.Notes) > 0 {
				t.Errorf("%s notes %q", name, table.Notes)
			}
		}
	}
}

func words(texts ...string) string {
	var out strings.Builder
	for _, s := range texts {
		out.WriteString(`<table:table-cell office:value-type="string"><text:p>` + s + `</text:p></table:table-cell>`)
	}
	return out.String()
}

// TestRowsLeftOut: rows under the header, subtotals, totals and what stands below.
func TestRowsLeftOut(t *testing.T) {
	rows := [][]string{{"Trans No", "Fee", "Supplier"}, {"(number)", "(pounds)", ""}, {"T-1", "10.50", "Hall"}, {"Subtotal", "10.50", ""}, {"T-2", "1", "total care"},
		{"", "11.50", ""}, {"Grand total", "11.50", ""}, {"", "", ""}, {"Notes", "", ""}, {"all in pounds", "", ""}, {"Grand total", "11.50", "again"}}
	o := extract.Options{SkipRows: 1,
		Skip:   []extract.RowRule{{Pattern: "^subtotal"}},
		Totals: []extract.RowRule{{Columns: []string{"Transaction", "trans_no"}, Pattern: "^$"}, {Pattern: `^(grand )?total\b`}},
		End:    []extract.RowRule{{Pattern: "^notes$"}}}
	for name, src := range everyFormat(t, rows) {
		t.Run(name, func(t *testing.T) {
			table, got := stage(t, src, name, o)
			if diff := cmp.Diff([][]string{{"3", "T-1", "10.50", "Hall"}, {"5", "T-2", "1", "total care"}}, rowsOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			totals := []extract.TotalRow{{Row: 6, Line: 6, Values: []string{"", "11.50", ""}}, {Row: 7, Line: 7, Values: []string{"Grand total", "11.50", ""}}, {Row: 11, Line: 11, Values: []string{"Grand total", "11.50", "again"}}}
			if diff := cmp.Diff(totals, table.Totals); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			notes := []string{"4 rows were left out, as the provider's mapping says (rows 2, 4, 9, 10)", "3 rows of totals were set apart"}
			if diff := cmp.Diff(notes, table.Notes); diff != "" || table.LeftOut != 4 {
				t.Errorf("%d left out (-want +got):\n%s", table.LeftOut, diff)
			}
			refusedAs(t, src, name, extract.Options{Skip: []extract.RowRule{{Columns: []string{"Ref", "Reference"}, Pattern: "^$"}}},
				`the header has no column "Ref" or "Reference", by which the provider's mapping leaves out rows: name the column as agreed, or change the mapping`)
		})
	}
}

// TestEncodings: one way of reading for files of which some are UTF-8.
func TestEncodings(t *testing.T) {
	detect := extract.Options{Encoding: "detect"}
	for encoding, text := range map[string]string{"utf-8": "a,b\ncaf\xc3\xa9,\xe2\x82\xac5\n", "windows-1252": "a,b\ncaf\xe9,\x805\n", "utf-16": "\xff\xfea\x00,\x00b\x00\n\x00c\x00a\x00f\x00\xe9\x00,\x00\xac\x205\x00\n\x00"} {
		table, got := stage(t, written(t, []byte(text)), "a.csv", detect)
		if diff := cmp.Diff([][]string{{"2", "café", "€5"}}, rowsOf(got)); diff != "" || table.Encoding != encoding {
			t.Errorf("%s is read as %s (-want +got):\n%s", encoding, table.Encoding, diff)
		}
	}
	// the character that decides lies over the edge of what is read at once, or is cut off
	long := "a,b\n1," + strings.Repeat("x", 1<<20-7)
	if table, _ := stage(t, written(t, []byte(long+"é\n")), "a.csv", detect); table.Encoding != "utf-8" {
		t.Errorf("a long text is read as %s", table.Encoding)
	}
	if table, got := stage(t, written(t, []byte("a,b\n1,\xc3")), "a.csv", detect); table.Encoding != "windows-1252" || got[1][4] != "Ã" {
		t.Errorf("a text cut off is read as %s: %q", table.Encoding, got)
	}
}

// TestDelimiters: the one that divides the header best, or that the file names.
func TestDelimiters(t *testing.T) {
	tests := []struct {
		name, text string
		options    extract.Options
		delimiter  string
		want       [][]string
	}{
		{"Pipe", "a|b|c, d\n1|2|3\n", extract.Options{}, "pipe", [][]string{{"2", "1", "2", "3"}}},
		{"Named", "sep=;\r\na,x;b\r\n1;2\r\n", extract.Options{}, "semicolon", [][]string{{"3", "1", "2"}}},
		{"NamedButAsked", "sep=;\na;x,b\n1,2\n", extract.Options{Delimiter: "comma"}, "comma", [][]string{{"3", "1", "2"}}},
		{"ByNames", "one, two, three, four\nsex;age\nF;34\n", extract.Options{Names: names}, "semicolon", [][]string{{"3", "F", "34"}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			table, got := stage(t, written(t, []byte(test.text)), "a.csv", test.options)
			if diff := cmp.Diff(test.want, rowsOf(got)); diff != "" || table.Delimiter != test.delimiter {
				t.Errorf("%s (-want +got):\n%s", table.Delimiter, diff)
			}
		})
	}
}

func TestKey(t *testing.T) {
	if got, want := (extract.Options{Sheet: "A", Totals: []extract.RowRule{{Pattern: "^$"}}}).Key(), `4 {"sheet":"A","totals":[{"pattern":"^$"}]}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
