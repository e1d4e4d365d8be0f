package intake_test

import (
	"context"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// councilFeed is a mapping of a published list of payments to the contract spend,
// as a data officer writes it.
const councilFeed = `
feed: spend
files: "payments-over-500-*.csv"
delivered: increment
dates: day-first
columns:
  txn_id: [Trans No, Transaction number]
  gl_code: Expenditure code
  net_amount: [Amount, "Amount (£)"]
  supplier_name: Supplier name
  capital: [Type, Type of expenditure]
derive:
  gross_amount: {from: [Amount, "Amount (£)"]}
  invoice_no: {from: [Trans No, Transaction number], part: "^([0-9]+)"}
  service_from: {from: Paid date}
  service_to: {from: Paid date}
  posting_date: {from: Paid date}
  financial_year: {from: Paid date, as: financial year}
  period: {from: Paid date, as: ledger period}
constants: {line_no: "1", txn_type: INV, fund_code: CORE, budget_line_code: OTH, vat_amount: "0.00", vat_recoverable: "N"}
codes:
  capital: {Revenue: "N", Capital: "Y"}
`

// Files that name their columns otherwise from quarter to quarter, and one whose
// dates a spreadsheet destroyed: one mapping reads them all, every row is accepted
// or rejected, and the amounts of both tie to the file.
func TestOneMappingForEveryQuarter(t *testing.T) {
	ctx := context.Background()
	ws := example.Cleveland(t)
	var feed register.Feed
	if err := strict.Read("mapping", []byte(councilFeed), &feed).Err(); err != nil {
		t.Fatal(err)
	}
	ws.Register.Providers = append(ws.Register.Providers, register.Provider{Code: "COUNCIL", Name: "A council", Feeds: []register.Feed{feed}})
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"payments-over-500-apr-jun-2023.csv": "Body,Expenditure code,Paid date,Trans No,Amount,Type,Supplier name\r\n" +
			"Council,K9534,30/06/2023,46281108_1,1500,Revenue,\"Round Table, The\"\r\n" +
			"Council,D3701,01/04/2023,46281256_1,\"£1,137.16\",Capital,Amusements\r\n" +
			"Council,D3701,02/04/2023,46281257_1,-88.3,Revenue,Amusements\r\n",
		"payments-over-500-jan-mar-2024.csv": "Client,Expenditure Code,Paid Date,Transaction Number,Amount (£),Type of Expenditure,Supplier Name\n" +
			"OCC,Z750101,31/03/2024,46296351 - 1,5000.00,Revenue,General\n" +
			"OCC,Z750101,09/01/2024,46296354 - 0,2745.94,Mixed,General\n" + // no such code
			"OCC,Z750101,31/02/2024,46296355 - 1,12.50,Revenue,General\n", // no such date
		"payments-over-500-oct-dec-2023.csv": "Body,Expenditure code,Paid date,Trans No,Amount,Type,Supplier name\n" +
			"Council,K9534,00:00:00,46281500_1,653,Revenue,Grants\n" +
			"Council,K9534,00:00:00,46281501_1,(847.10),Revenue,Grants\n",
	}
	var paths []string
	for name, text := range files {
		path := filepath.Join(ws.Dir, name)
		if err := os.WriteFile(path, []byte(text), 0o660); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	if _, err := intake.Land(ctx, ws, paths, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	ask := func(sql string) [][]any {
		t.Helper()
		found, _, err := published.Query(ctx, ws, warehouse.Question{SQL: sql, MaxRows: 100})
		if err != nil {
			t.Fatal(err)
		}
		return found.Rows
	}
	want := map[string][2]string{ // accepted and rejected, and the accepted amounts
		"payments-over-500-apr-jun-2023.csv": {"3 0", "2548.86"},
		"payments-over-500-jan-mar-2024.csv": {"1 2", "5000.00"},
		"payments-over-500-oct-dec-2023.csv": {"0 2", "0"},
	}
	for _, row := range ask(`SELECT d.file, d.accepted, d.rejected, coalesce(sum(s.net_amount) FILTER (s.standing <> 'rejected'), 0)::VARCHAR
		FROM delivery d LEFT JOIN typed.spend s USING (delivery) WHERE d.provider = 'COUNCIL' GROUP BY ALL ORDER BY 1`) {
		got := [2]string{table.AsText(row[1]) + " " + table.AsText(row[2]), table.AsText(row[3])}
		if w := want[table.AsText(row[0])]; got[0] != w[0] || pounds(t, got[1]).Cmp(pounds(t, w[1])) != 0 {
			t.Errorf("%s: %v, want %v", row[0], got, w)
		}
	}
	derived := ask(`SELECT txn_id || ' ' || invoice_no || ' ' || financial_year || ' ' || period || ' ' || capital || ' ' || gross_amount || ' ' || service_to
		FROM typed.spend WHERE sender = 'COUNCIL' AND standing = 'counted' ORDER BY 1`)
	var got []string
	for _, row := range derived {
		got = append(got, table.AsText(row[0]))
	}
	if diff := strings.Join(got, "\n"); diff != strings.Join([]string{
		"46281108_1 46281108 2023-24 3 N 1500.00 2023-06-30",
		"46281256_1 46281256 2023-24 1 Y 1137.16 2023-04-01",
		"46281257_1 46281257 2023-24 1 N -88.30 2023-04-02",
		"46296351 - 1 46296351 2023-24 12 N 5000.00 2024-03-31",
	}, "\n") {
		t.Errorf("derived:\n%s", diff)
	}
	faults := map[string]bool{}
	for _, row := range ask(`SELECT file || ' ' || "row" || ' ' || column_name || ' ' || value FROM fault WHERE provider = 'COUNCIL'`) {
		faults[table.AsText(row[0])] = true
	}
	for _, fault := range []string{"payments-over-500-jan-mar-2024.csv 3 capital (5 letters)", "payments-over-500-jan-mar-2024.csv 4 financial_year 31/02/2024", "payments-over-500-oct-dec-2023.csv 2 posting_date 00:00:00"} {
		if !faults[fault] {
			t.Errorf("no fault tells %q", fault)
		}
	}
}

func pounds(t *testing.T, text string) *big.Rat {
	t.Helper()
	n, ok := new(big.Rat).SetString(text)
	if !ok {
		t.Fatalf("%q is not a number", text)
	}
	return n
}

// Mistakes in what is derived are told when the file is read.
func TestMistakesInWhatIsDerived(t *testing.T) {
	ws := example.Cleveland(t)
	spend, _ := ws.Contract("spend")
	header := []string{"Paid date", "Paid Date", "Trans No", "Amount"}
	_, err := spend.MatchFeed(header, register.Feed{Derive: map[string]register.Derived{
		"service_from": {From: register.Names{"Paid date"}}, "service_to": {From: register.Names{"Date paid"}}, "colour": {From: register.Names{"Amount"}},
		"period": {From: register.Names{"Trans No"}, As: "month"}, "txn_id": {From: register.Names{"Trans No"}, Part: "([0-9]"},
	}}, nil)
	for _, want := range []string{`"Paid date" (column 1) and "Paid Date" (column 2) each mean the column service_from`, `service_to is made from "Date paid", and no header is that`,
		`derives the column "colour", which the contract spend does not have`, `period is derived as "month"; it can be "financial year" or "ledger period"`, `txn_id is derived by the part "([0-9]"`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
}
