package intake_test

import (
	"context"
	"encoding/csv"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// realSpend gives the published files that are not ours to keep here. They lie
// beside the checkout, or beside the folder of several.
func realSpend(t *testing.T) []string {
	t.Helper()
	for _, beside := range []string{example.File(t, ".."), example.File(t, "..", "..")} {
		paths, err := filepath.Glob(filepath.Join(beside, "shared/data/real-spend/*.csv"))
		if err != nil {
			t.Fatal(err)
		}
		if len(paths) > 0 {
			return paths
		}
	}
	t.Log("passed over: shared/data/real-spend is not beside this checkout")
	return nil
}

// publishedPipeline is a workspace whose one provider publishes its spending, with
// nothing but the mapping of testdata/extracts/published-spend.yaml.
func publishedPipeline(t *testing.T) *workspace.Workspace {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(extracts, "published-spend.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var feed register.Feed
	if err := strict.Read("mapping", text, &feed).Err(); err != nil {
		t.Fatal(err)
	}
	ws := judgePipeline(t)
	ws.Register.Providers = append(ws.Register.Providers, register.Provider{Code: "COUNCIL", Name: "A council", Feeds: []register.Feed{feed}})
	return ws
}

// Real files that nobody here wrote: every row is accepted or rejected, and the
// accepted amounts with the rejected rows' own text add up to the file's. The
// second file's quarter was destroyed by a spreadsheet (its dates are all
// 00:00:00), which is the file's fault and rejects it whole; of the others no row
// is faulty.
func TestRealSpend(t *testing.T) {
	t.Parallel()
	paths := realSpend(t)
	if len(paths) == 0 {
		return
	}
	ws := publishedPipeline(t)
	conn := judged(t, ws, paths)
	for _, path := range paths {
		name := filepath.Base(path)
		records := recordsOf(t, path)
		at := slices.Index(records[0], "Amount")
		sum := new(big.Rat)
		for _, r := range records[1:] {
			sum.Add(sum, pounds(t, r[at]))
		}
		found, err := table.Query(context.Background(), conn, `SELECT s.standing = 'rejected', s."row"::VARCHAR, s.net_amount::VARCHAR FROM typed.spend s JOIN delivery d USING (delivery) WHERE d.file = $1 ORDER BY s."row"`, name)
		if err != nil {
			t.Fatal(err)
		}
		got, rejected := new(big.Rat), 0
		for _, row := range found.Rows {
			amount := table.AsText(row[2])
			if row[0] == true {
				n, _ := typed.Whole(table.AsText(row[1]))
				amount, rejected = records[n-1][at], rejected+1
			}
			got.Add(got, pounds(t, amount))
		}
		if len(found.Rows) != len(records)-1 {
			t.Errorf("%s: %d rows are accepted or rejected, of %d", name, len(found.Rows), len(records)-1)
		}
		if got.Cmp(sum) != 0 {
			t.Errorf("%s: the rows add up to %s, the file to %s", name, got.FloatString(2), sum.FloatString(2))
		}
		destroyed := !slices.ContainsFunc(records[1:], func(r []string) bool { return r[slices.Index(records[0], "Paid Date")] != "00:00:00" })
		if want := map[bool]int{true: len(records) - 1}[destroyed]; rejected != want {
			t.Errorf("%s: %d rows are rejected, not %d", name, rejected, want)
		}
		t.Logf("%s: %d rows, %d rejected, %s pounds", name, len(found.Rows), rejected, sum.FloatString(2))
	}
}

func recordsOf(t *testing.T, path string) [][]string {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = -1
	records, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// Quarters as the same publisher might make them: other headers, orders, dates,
// amounts, encodings, titles, totals, formats. One mapping reads them all. It is slow
// since DuckDB plans that long mapping for each file and total.
func TestPublishedVariants(t *testing.T) {
	t.Parallel()
	ws := publishedPipeline(t)
	at := func(name string) string { return filepath.Join(ws.Dir, name) }
	// each holds the same payments: 1,500.00 on 5 April 2023, 1,137.16 on 30 June and a credit of 88.30 on 2 May
	texts := map[string]string{
		"spend-over-500-plain.csv":        "Body Name,Expenditure Code,Paid Date,Trans No,Amount,Type,Supplier Name\n" + "Council,K1,05/04/2023,1_1,1500,Revenue,A\n" + "Council,K2,30/06/2023,2_1,1137.16,Capital,B\n" + "Council,K2,02/05/2023,3_1,-88.3,Revenue,B\n",
		"spend-over-500-spellings.csv":    "Client,Service Area,Expenditure Catergory,Supplier Number,Payee,Date of Payment,Transaction Number,Net Amount (£),Capital/Revenue\n" + "OCC,X,Y,7,A,5 Apr 2023,1 - 1,\"£1,500.00\",REV\n" + "OCC,X,Y,8,B,30-Jun-23,2 - 1,\"1,137.16\",CAP\n" + "OCC,X,Y,8,B,2nd May 2023,3 - 0,(88.30),rev\n",
		"spend-over-500-title.csv":        "Payments over £500,,,,\n,,,,\nVoucher no.,Supplier,Date,Amount,Type\n" + "1,A,05.04.23,1500.00,Revenue\n" + "2,B,30.06.23,1137.16,Capital\n" + "3,B,02.05.23,88.30-,Revenue\n" + ",,Total,2548.86,\n\nNotes\nThis dataset is published under a licence,,,,\n",
		"spend-over-500-order.csv":        "Amount,Trans No,Paid Date,Directorate,Supplier Name,Fund,Type\n" + "1500,1,2023-04-05 00:00:00,D,A,F,Revenue\n" + "1137.16,2,2023-06-30 00:00:00,D,B,F,Capital\n" + "88.30 CR,2,2023-05-02 00:00:00,D,B,F,Revenue\n", // one number, two lines
		"spend-over-500-semicolons.csv":   "Trans No;Paid Date;Amount;Type;Supplier Name\r\n" + "1;05/04/2023;\" £ 1,500.00 \";Revenue;\"A;B\"\r\n" + "2;30/06/2023;£1,137.16;Capital;B\r\n" + "3;02/05/2023;£ (88.30);Revenue;B\r\n",
		"spend-over-500-tabs.csv":         "Trans No\tPaid Date\tAmount\tType\n" + "1\t45021\t1500\tRevenue\n" + "2\t45107\t1137.16\tCapital\n" + "3\t45048\t-88.3\tRevenue\n",
		"spend-over-500-windows-1252.csv": "Trans No,Paid Date,Amount (£),Type,Supplier Name\n" + "1,05/04/2023,\"£1,500.00\",Revenue,Café\n" + "2,30/06/2023,\"£1,137.16\",Capital,B\n" + "3,02/05/2023,-£88.30,Revenue,B\n",
		"spend-over-500-utf-16.csv":       "Trans No\tPaid Date\tAmount (£)\tType\n" + "1\t05/04/2023\t£1,500.00\tRevenue\n" + "2\t30/06/2023\t£1,137.16\tCapital\n" + "3\t02/05/2023\t-£88.30\tRevenue\n",
	}
	var paths []string
	for name, text := range texts {
		content, err := []byte(text), error(nil)
		switch {
		case strings.Contains(name, "windows-1252"):
			content, err = charmap.Windows1252.NewEncoder().Bytes(content)
		case strings.Contains(name, "utf-16"):
			content, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes(content)
		}
		if err == nil {
			err = os.WriteFile(at(name), content, 0o660)
		}
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, at(name))
	}
	paths = append(paths, publishedWorkbook(t, at("spend over 500 workbook.xlsx")))
	slices.Sort(paths)
	conn := judged(t, ws, paths)
	found, err := table.Query(context.Background(), conn, `SELECT d.file, any_value(d.rows || ' rows, ' || d.accepted || ' accepted: ' ORDER BY d.rows) || string_agg(concat_ws(' ', s.posting_date, s.financial_year, s.period, s.net_amount, s.gross_amount, s.capital), '; ' ORDER BY s."row")
		FROM delivery d LEFT JOIN typed.spend s ON s.delivery = d.delivery AND s.standing <> 'rejected' GROUP BY d.file ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Rows) != len(paths) {
		t.Errorf("%d files are judged, of %d", len(found.Rows), len(paths))
	}
	const want = "3 rows, 3 accepted: 2023-04-05 2023-24 1 1500.00 1500.00 N; 2023-06-30 2023-24 3 1137.16 1137.16 Y; 2023-05-02 2023-24 2 -88.30 -88.30 N"
	for _, row := range found.Rows {
		if got := table.AsText(row[1]); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", row[0], got, want)
		}
	}
	if t.Failed() {
		faults, err := table.Query(context.Background(), conn, `SELECT file, message FROM fault ORDER BY ALL`)
		t.Log(faults.Rows, err)
	}
}

// A total that a file states of itself is held against its rows: of all above it, or
// of those since the total before it. It is slow since DuckDB plans the long mapping
// for each total.
func TestControlTotals(t *testing.T) {
	ws := publishedPipeline(t)
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(ws.Dir, "spend-over-500-totals.csv")
	if err := os.WriteFile(path, []byte("Trans No,Supplier,Paid Date,Amount,Type\n1,A,05/04/2023,\"1,000.50\",Revenue\n2,A,06/04/2023,x,Revenue\nSub-total,,,1000.50,\n3,B,31/02/2023,20.25,Revenue\nSubtotal,,,£20.25,\nGrand total,,,1020.76,\n"), 0o660); err != nil {
		t.Fatal(err)
	}
	landed, err := intake.LandAndJudge(context.Background(), ws, []string{path}, landing.Given{}, true)
	if err != nil {
		t.Fatal(err)
	}
	// 1,000.50 counts; a row without an amount adds nothing; one rejected for its date has its amount
	for _, want := range []string{"the total in row 4 of net_amount is 1000.50, and the rows above it add up to that",
		"the total in row 6 of net_amount is £20.25, and the rows above it add up to that",
		"the total in row 7 of net_amount is 1020.76, but the rows above it add up to 1020.75: rows are missing, or their amounts are wrong"} {
		if !strings.Contains(landed[0].Message, want) {
			t.Errorf("it does not say %q:\n%s", want, landed[0].Message)
		}
	}
	if landed[0].Rows != 3 || landed[0].Accepted != 1 {
		t.Errorf("%d of %d rows are accepted", landed[0].Accepted, landed[0].Rows)
	}
}

// publishedWorkbook has a cover sheet, a title, dates as a spreadsheet keeps them
// and a row of totals.
func publishedWorkbook(t *testing.T, path string) string {
	t.Helper()
	book := excelize.NewFile()
	day, err := book.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.NewSheet("Payments"); err != nil {
		t.Fatal(err)
	}
	for cell, value := range map[string]any{"Sheet1!A1": "About this file", "Payments!A1": "Payments over £500, first quarter"} {
		sheet, at, _ := strings.Cut(cell, "!")
		if err := book.SetCellValue(sheet, at, value); err != nil {
			t.Fatal(err)
		}
	}
	for i, row := range [][]any{{"Supplier", "Trans. No.", "Payment Date", "Amount", "Type"}, {"A", "1 - 1", 45021, 1500, "Revenue"}, {"B", "2 - 1", 45107, 1137.16, "Capital"}, {"B", "3 - 1", 45048, -88.3, "Revenue"}, {"Grand total", nil, nil, 2548.86, nil}} {
		cell, _ := excelize.CoordinatesToCellName(1, i+3)
		if err := book.SetSheetRow("Payments", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellStyle("Payments", "C4", "C6", day); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// What a file has that the mapping cannot place is told, whatever else is wrong.
func TestPublishedThatCannotBePlaced(t *testing.T) {
	for header, want := range map[string]string{
		"Trans No,Paid Date,Type,Supplier Name":          `the column net_amount is missing, and no header is like it: add it`,
		"Trans No,Date paid,Date approved,Amount":        "", // the listed name is there, the other is nobody's
		"Trans No,Paid on date,Due date,Amount,Category": "", // the name with the narrower star decides
		"Trans No,Due date,Invoice date,Amount":          `the headers "Due date" (column 2) and "Invoice date" (column 3) each mean the column`,
		"Trans No,Paid Date,Amount,Amount,Type":          `the headers "Amount" (column 3) and "Amount" (column 4) each mean the column net_amount`,
	} {
		ws := publishedPipeline(t)
		if err := ws.Load(); err != nil {
			t.Fatal(err)
		}
		spend, _ := ws.Contract("spend")
		_, err := spend.MatchFeed(strings.Split(header, ","), ws.Register.Providers[1].Feeds[0], nil)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: it says %v, and must say %q", header, err, want)
		}
	}
}
