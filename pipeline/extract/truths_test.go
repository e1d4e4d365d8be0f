package extract_test

import (
	"archive/zip"
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/extract"
)

// TestSpreadsheetTruths: what spreadsheet programs do to data is read as it is
// shown, or told; nothing is silently wrong. Each case is a column of a workbook.
func TestSpreadsheetTruths(t *testing.T) {
	type cell struct {
		value  any
		format int
		code   string
	}
	tests := []struct {
		name  string
		cells []cell
		want  []string
		notes []string
	}{
		{"dates as serials", []cell{{45382, 14, ""}, {45382, 0, "dd/mm/yyyy"}}, []string{"2024-03-31", "2024-03-31"}, nil},
		{"dates as text", []cell{{"01/04/2025", 0, ""}, {"31/03/2024", 14, ""}}, []string{"01/04/2025", "31/03/2024"}, nil},
		{"dates of both kinds", []cell{{45382, 14, ""}, {"31/03/2024", 14, ""}, {"13.4.24", 0, ""}}, []string{"2024-03-31", "31/03/2024", "13.4.24"},
			[]string{`has 2 dates as text, the first in row 3, among dates: the spreadsheet did not take it for one; check which is the day and which the month`}},
		{"ages", []cell{{"18-24", 0, ""}, {45636, 16, ""}, {"25-34", 0, ""}}, []string{"18-24", "2024-12-10", "25-34"},
			[]string{`has a date without year or day in row 3, among values that are no dates: if 10-12 or the like was typed, the spreadsheet has turned it into a date; ask for the column as text`}},
		{"ages as text", []cell{{"18-24", 0, ""}, {"10-Dec", 0, ""}}, []string{"18-24", "10-Dec"},
			[]string{`has a date without year or day in row 3, among values that are no dates: if 10-12 or the like was typed, the spreadsheet has turned it into a date; ask for the column as text`}},
		{"months", []cell{{45383, 17, ""}, {45413, 17, ""}}, []string{"2024-04-01", "2024-05-01"}, nil},
		{"identifiers by format", []cell{{123, 0, "00000"}, {98765, 0, "00000"}}, []string{"00123", "98765"}, nil},
		{"identifiers as text", []cell{{"00123", 0, ""}, {"1e5", 0, ""}, {"1234567890123456789", 0, ""}}, []string{"00123", "1e5", "1234567890123456789"}, nil},
		{"identifiers as numbers", []cell{{int64(1234567890123456000), 0, ""}}, []string{"1234567890123456000"},
			[]string{`has a number of more than 15 digits in row 2: a spreadsheet keeps no more, so the last ones may be wrong; ask for the column as text`}},
		{"identifiers shortened", []cell{{"1.23457E+18", 0, ""}}, []string{"1.23457E+18"},
			[]string{`has a long number that a spreadsheet has shortened (1.23457E+18) in row 2: its digits are lost; ask for the column as text`}},
		{"percentages", []cell{{0.45, 9, ""}, {1, 10, ""}, {"45%", 0, ""}, {45, 0, ""}}, []string{"45%", "100%", "45%", "45"}, nil},
		{"spaces and quotes", []cell{{"\u00a0x\u00a0", 0, ""}, {"“it’s”", 0, ""}}, []string{"\u00a0x\u00a0", "“it’s”"}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			book := excelize.NewFile()
			set(t, book, "Sheet1", "A1", test.name, "mark")
			for i, c := range test.cells {
				at, _ := excelize.CoordinatesToCellName(1, i+2)
				set(t, book, "Sheet1", at, c.value, "x")
				style := &excelize.Style{NumFmt: c.format}
				if c.code != "" {
					style.CustomNumFmt = &c.code
				}
				id, err := book.NewStyle(style)
				if err != nil {
					t.Fatal(err)
				}
				if err := book.SetCellStyle("Sheet1", at, at, id); err != nil {
					t.Fatal(err)
				}
			}
			table, got := stage(t, saved(t, book), "extract.xlsx", extract.Options{})
			var read, notes []string
			for _, r := range got[1:] {
				read = append(read, r[3])
			}
			for _, n := range test.notes {
				notes = append(notes, `the column "`+test.name+`" `+n)
			}
			if diff := cmp.Diff(test.want, read); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(notes, table.Notes); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestDatesFrom1904: the same number is another day in a workbook that counts from 1904.
func TestDatesFrom1904(t *testing.T) {
	book := excelize.NewFile()
	from1904 := true
	if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
		t.Fatal(err)
	}
	set(t, book, "Sheet1", "A1", "date", "time")
	style, err := book.NewStyle(&excelize.Style{NumFmt: 22})
	if err != nil {
		t.Fatal(err)
	}
	set(t, book, "Sheet1", "A2", 43920, 43920.5)
	if err := book.SetCellStyle("Sheet1", "A2", "B2", style); err != nil {
		t.Fatal(err)
	}
	_, got := stage(t, saved(t, book), "extract.xlsx", extract.Options{})
	if diff := cmp.Diff([][]string{{"2", "2024-03-31", "2024-03-31T12:00:00"}}, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTableFilter: a filter of a table laid out on the sheet is noticed too.
func TestTableFilter(t *testing.T) {
	src := written(t, archived(t, append(parts(), entry{name: "xl/worksheets/sheet1.xml", content: worksheet + headerCell + `<row r="2" hidden="1"><c><v>1</v></c></row></sheetData></worksheet>`},
		entry{name: "xl/worksheets/_rels/sheet1.xml.rels", content: `<Relationships><Relationship Id="r1" Type="x/table" Target="../tables/table1.xml"/></Relationships>`},
		entry{name: "xl/tables/table1.xml", content: `<table><autoFilter ref="A1:B2"><filterColumn colId="0"/></autoFilter></table>`})))
	table, _ := stage(t, src, "extract.xlsx", extract.Options{})
	if want := []string{"1 row is hidden in the workbook and was read", "the sheet has a filter on; rows that it hides were read"}; !cmp.Equal(want, table.Notes) || !table.Filtered || table.HiddenRows != 1 {
		t.Errorf("got %+v", table)
	}
}

// TestMergedNames: a name merged over columns leaves all but the first without one.
func TestMergedNames(t *testing.T) {
	book := excelize.NewFile()
	set(t, book, "Sheet1", "A1", "Return of the quarter")
	set(t, book, "Sheet1", "A2", "Referral", "Address", nil, nil, "Sex")
	set(t, book, "Sheet1", "A3", "R-1", "1 High Street", "Town", "TS1", "F")
	for _, to := range [][2]string{{"A1", "E1"}, {"B2", "D2"}} {
		if err := book.MergeCell("Sheet1", to[0], to[1]); err != nil {
			t.Fatal(err)
		}
	}
	table, got := stage(t, saved(t, book), "extract.xlsx", extract.Options{})
	want := extract.Table{Sheet: "Sheet1", Place: 1, HeaderRow: 2, Header: []string{"Referral", "Address", "", "", "Sex"}, Rows: 1,
		Notes: []string{`the name "Address" in row 2 is merged over the columns B to D: only the first of them has it`}}
	if diff := cmp.Diff(want, table); diff != "" || len(got) != 2 {
		t.Errorf("%d rows (-want +got):\n%s", len(got)-1, diff)
	}
}

// TestFormulas: what a formula came to when the workbook was saved, or nothing
// and a note; an error is told.
func TestFormulas(t *testing.T) {
	src := withPart(t, "xl/worksheets/sheet1.xml", worksheet+headerCell+
		`<row r="2"><c r="A2"><f>1+1</f><v>2</v></c><c r="B2" t="str"><f>"x"</f><v>x</v></c></row>`+
		`<row r="3"><c r="A3"><f>1+1</f></c><c r="B3" t="e"><f>Z1/0</f><v>#REF!</v></c></row>`+
		`<row r="4"><c r="A4" t="str"><f>""</f><v></v></c><c r="B4" t="e"><v>#N/A</v></c></row></sheetData></worksheet>`)
	table, got := stage(t, src, "extract.xlsx", extract.Options{})
	if diff := cmp.Diff([][]string{{"2", "2", "x"}, {"3", "", "#REF!"}, {"4", "", "#N/A"}}, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	notes := []string{"1 formula has no saved result and reads as blank: open the workbook in Excel and save it",
		`the column "b" has 2 errors of formulas, the first in row 3: mend the formula, or type the value, and send the file again`}
	if diff := cmp.Diff(notes, table.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestTextTruths: what is left of a spreadsheet's doings in text saved from it.
func TestTextTruths(t *testing.T) {
	text := "id;age;month;share;note;paid\r\n1.23457E+18;10-Dec;Apr-24;45%;\u00a0“x”;00:00:00\n" + "00123;18-24;May-24;0.45;;\r1E+05;Nov-16;Jun-24;;caf\u00e9;00:00:00\r\n\u00a0;;;;;\r\n"
	table, got := stage(t, written(t, []byte(text)), "extract.csv", extract.Options{})
	want := [][]string{{"2", "1.23457E+18", "10-Dec", "Apr-24", "45%", "\u00a0“x”", "00:00:00"}, {"3", "00123", "18-24", "May-24", "0.45", "", ""}, {"4", "1E+05", "Nov-16", "Jun-24", "", "café", "00:00:00"}}
	if diff := cmp.Diff(want, rowsOf(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	notes := []string{`the column "id" has a long number that a spreadsheet has shortened (1.23457E+18) in row 2: its digits are lost; ask for the column as text`,
		`the column "age" has a date without year or day in row 2, among values that are no dates: if 10-12 or the like was typed, the spreadsheet has turned it into a date; ask for the column as text`,
		`the column "paid" has nothing but 00:00:00: if these were dates, a spreadsheet has saved only the time of day, and they are lost; ask for the file again with its dates`}
	if diff := cmp.Diff(notes, table.Notes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestLateTruth: the row told is the first, also when it comes in a later batch
// and the column keeps each text once.
func TestLateTruth(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b\n")
	for i := range 250_000 {
		switch {
		case i == 130_000 || i == 200_000:
			text.WriteString("9.9E+17,x\n")
		default:
			text.WriteString("A,x\n")
		}
	}
	table, _ := stage(t, written(t, []byte(text.String())), "extract.csv", extract.Options{})
	if want := `the column "a" has a long number that a spreadsheet has shortened (9.9E+17) in row 130002: its digits are lost; ask for the column as text`; len(table.Notes) != 1 || table.Notes[0] != want {
		t.Errorf("got %q", table.Notes)
	}
}

// TestSameInBothFormats: LibreOffice's own two forms of a workbook are staged alike.
func TestSameInBothFormats(t *testing.T) {
	_, excel := stage(t, examples+"/sessions.xlsx", "sessions.xlsx", extract.Options{})
	_, open := stage(t, examples+"/libreoffice.ods", "libreoffice.ods", extract.Options{})
	for i, row := range excel {
		for j, v := range row {
			// LibreOffice keeps a truth it read from Excel as the number it stands for
			if v = strings.NewReplacer("TRUE", "1", "FALSE", "0").Replace(v); open[i][j] != v {
				t.Errorf("row %d, value %d: %q in one, %q in the other", i, j, v, open[i][j])
			}
		}
	}
}

// TestUnusualArchives: parts named or packed in ways that other programs have.
func TestUnusualArchives(t *testing.T) {
	content, err := os.ReadFile(examples + "/sessions.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	_, want := stage(t, written(t, content), "sessions.xlsx", extract.Options{})
	from, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		w, err := to.CreateHeader(&zip.FileHeader{Name: strings.ReplaceAll(strings.Replace(f.Name, "sharedStrings", "SharedStrings", 1), "/", "\\"), Method: zip.Store})
		if err != nil {
			t.Fatal(err)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text := new(bytes.Buffer)
		if _, err := text.ReadFrom(r); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(encodedPart(t, f.Name, text.String())); err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	_, got := stage(t, written(t, out.Bytes()), "sessions.xlsx", extract.Options{})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// encodedPart writes a sheet in UTF-16, which XML allows.
func encodedPart(t *testing.T, name, text string) []byte {
	if strings.HasSuffix(name, "sheet1.xml") {
		return encoded(t, text, "utf-16")
	}
	return []byte(text)
}
