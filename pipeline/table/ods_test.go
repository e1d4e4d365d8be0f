package table_test

import (
	"archive/zip"
	"encoding/xml"
	"io"
	"strings"
	"testing"

	"mojreturns/pipeline/table"
)

// odsCells are the values of a sheet as its file has them: kind, value and text.
func odsCells(t *testing.T, path string) (rows [][]string, parts map[string]string) {
	t.Helper()
	z, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if first := z.File[0]; first.Name != "mimetype" || first.Method != zip.Store {
		t.Errorf("the file begins with %s, and programs know it by its mimetype", first.Name)
	}
	parts = map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		parts[f.Name] = string(text)
	}
	var doc struct {
		Rows []struct {
			Cells []struct {
				Kind  string `xml:"value-type,attr"`
				Value string `xml:"value,attr"`
				Date  string `xml:"date-value,attr"`
				Bool  string `xml:"boolean-value,attr"`
				Text  []struct {
					Inner string `xml:",innerxml"`
				} `xml:"p"`
			} `xml:"table-cell"`
		} `xml:"body>spreadsheet>table>table-row"`
	}
	if err := xml.Unmarshal([]byte(parts["content.xml"]), &doc); err != nil {
		t.Fatal(err)
	}
	for _, r := range doc.Rows {
		var row []string
		for _, c := range r.Cells {
			var lines []string
			for _, p := range c.Text {
				lines = append(lines, p.Inner)
			}
			row = append(row, strings.Trim(c.Kind+" "+c.Value+c.Date+c.Bool, " ")+"|"+strings.Join(lines, "/"))
		}
		rows = append(rows, row)
	}
	return rows, parts
}

// A value is what it is: a number that no cell keeps digit for digit is text, as is a date
// that spreadsheets do not know; nothing is empty; a formula is text.
func TestSaveODS(t *testing.T) {
	rows, _ := odsCells(t, saved(t, spend(), "rows.ods"))
	want := []string{
		`string|Print, &#34;Ltd&#34; ; float 3|3 ; float 12.30|12.30 ; float 2.5|2.5 ; float 0.1|0.1 ; boolean true|true ; date 2024-03-31|2024-03-31 ; date 2024-04-02T09:30:00|2024-04-02T09:30:00Z ; string|[&#34;A&#34;,1]`,
		`string|=HYPERLINK(&#34;x&#34;) ; string|9223372036854775808 ; float -4.00|-4.00 ; string|1234567890123456.78 ; float 1e+21|1e+21 ; boolean false|false ; string|1815-06-18 ; date 2024-04-02T09:30:00.000125|2024-04-02T09:30:00.000125Z ; string|{&#34;a&#34;:null,&#34;b&#34;:1.50}`,
		`| ; | ; | ; | ; | ; | ; | ; | ; |`,
	}
	for i, row := range rows {
		if got := strings.Join(row, " ; "); i < len(want) && got != want[i] {
			t.Errorf("row %d is\n%s\nand not\n%s", i+1, got, want[i])
		}
	}
	if len(rows) != len(want) {
		t.Errorf("%d rows", len(rows))
	}
	odd := table.Table{Columns: []table.Column{{Name: "a"}}, Rows: [][]any{{" two  blanks\tand\na line\x01 "}}, Marking: "OFFICIAL & more"}
	rows, parts := odsCells(t, saved(t, odd, "odd.ods"))
	if got, want := rows[0][0], "string|<text:s/>two <text:s/>blanks<text:tab/>and/a line\uFFFD<text:s/>"; got != want {
		t.Errorf("blanks are kept as %q, not %q", got, want)
	}
	if !strings.Contains(parts["styles.xml"], "<style:header><text:p>OFFICIAL &amp; more</text:p></style:header>") {
		t.Errorf("the marking is not on the page: %s", parts["styles.xml"])
	}
	if err := (table.Table{Columns: odd.Columns, Rows: [][]any{{strings.Repeat("x", 32768)}}}).Save(t.TempDir() + "/long.ods"); err == nil || !strings.Contains(err.Error(), "32768 characters") {
		t.Errorf("a text longer than a cell holds: %v", err)
	}
}
