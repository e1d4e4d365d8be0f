package table_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// spend has a column of each kind, a row of ordinary values, a row of awkward
// ones, and a row of none.
func spend() table.Table {
	big1, _ := new(big.Int).SetString("9223372036854775808", 10)
	return table.Table{
		Columns: []table.Column{
			{Name: "supplier"}, {Name: "rows", Kind: table.Integer}, {Name: "amount", Kind: table.Decimal, Precision: 18, Scale: 2},
			{Name: "value", Kind: table.Decimal, Precision: 38, Scale: 10}, {Name: "ratio", Kind: table.Float}, {Name: "eligible", Kind: table.Bool},
			{Name: "from", Kind: table.Date}, {Name: "received", Kind: table.Timestamp, Zoned: true}, {Name: "codes", Kind: table.Nested},
		},
		Rows: [][]any{
			{"Print, \"Ltd\"", int64(3), "12.30", "2.5000000000", 0.1, true, "2024-03-31", "2024-04-02T09:30:00Z", []any{"A", int64(1)}},
			{"=HYPERLINK(\"x\")", big1, "-4.00", "1234567890123456.7800000000", 1e21, false, "1815-06-18", "2024-04-02T09:30:00.000125Z", map[string]any{"b": json.Number("1.50"), "a": nil}},
			{nil, nil, nil, nil, nil, nil, nil, nil, nil},
		},
	}
}

func written(t *testing.T, tab table.Table, format string) string {
	t.Helper()
	var out bytes.Buffer
	if err := tab.Write(&out, format); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func saved(t *testing.T, tab table.Table, name string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := tab.Save(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func equal(t *testing.T, got, want string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWriteTable(t *testing.T) {
	tab := table.Table{
		Columns: []table.Column{{Name: "supplier"}, {Name: "amount", Kind: table.Decimal, Scale: 2}, {Name: "value", Kind: table.Decimal, Scale: 10}, {Name: "counts", Kind: table.Bool}},
		Rows:    [][]any{{"Größe £", "1234.50", "10.0000000000", true}, {"a\x1b[31m\nb\tc\x00", "-4.00", "0.1250000000", nil}},
	}
	equal(t, written(t, tab, "table"), `
┌─────────────────────┬─────────┬───────┬────────┐
│ supplier            │  amount │ value │ counts │
├─────────────────────┼─────────┼───────┼────────┤
│ Größe £             │ 1234.50 │    10 │ true   │
│ a\x1b[31m\nb\tc\x00 │   -4.00 │ 0.125 │        │
└─────────────────────┴─────────┴───────┴────────┘
`[1:])
	equal(t, written(t, table.Table{Columns: tab.Columns}, "table"), `
┌──────────┬────────┬───────┬────────┐
│ supplier │ amount │ value │ counts │
├──────────┼────────┼───────┼────────┤
└──────────┴────────┴───────┴────────┘
`[1:])
}

func TestWriteCSV(t *testing.T) {
	equal(t, written(t, spend(), "csv"), strings.ReplaceAll(`
supplier,rows,amount,value,ratio,eligible,from,received,codes
"Print, ""Ltd""",3,12.30,2.5,0.1,true,2024-03-31,2024-04-02T09:30:00Z,"[""A"",1]"
"'=HYPERLINK(""x"")",9223372036854775808,-4.00,1234567890123456.78,1e+21,false,1815-06-18,2024-04-02T09:30:00.000125Z,"{""a"":null,""b"":1.50}"
,,,,,,,,
`[1:], "\n", "\r\n"))
}

// A spreadsheet runs a text that begins like a formula; a number is left alone.
func TestCSVGuardsFormulas(t *testing.T) {
	for value, want := range map[string]string{
		"=1+1": "'=1+1", "+44 1632 960000": "'+44 1632 960000", "-cmd|' /C calc'!A0": "'-cmd|' /C calc'!A0", "@SUM(A1)": "'@SUM(A1)",
		"\t=1+1": "'\t=1+1", "\r=1": "'=1", // the writer drops a lone \r
		"-1+1": "'-1+1", "-": "'-", "--1": "'--1",
		"-12.50": "-12.50", "+5": "+5", "-1,234.50": "-1,234.50", "a=1": "a=1", "": "", " =1": " =1", "'=1": "'=1",
	} {
		out := written(t, table.Table{Columns: []table.Column{{Name: "=a"}, {Name: "b"}}, Rows: [][]any{{value, "x"}}}, "csv")
		records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([][]string{{"'=a", "b"}, {want, "x"}}, records); diff != "" {
			t.Errorf("%q: %s", value, diff)
		}
	}
	number := table.Table{Columns: []table.Column{{Name: "n", Kind: table.Decimal, Scale: 2}, {Name: "i", Kind: table.Integer}, {Name: "f", Kind: table.Float}}, Rows: [][]any{{"-4.00", int64(-4), -4e-9}}}
	equal(t, written(t, number, "csv"), "n,i,f\r\n-4.00,-4,-4e-09\r\n")
}

func TestWriteJSON(t *testing.T) {
	equal(t, written(t, spend(), "json"), `
[
  {"supplier": "Print, \"Ltd\"", "rows": 3, "amount": 12.30, "value": 2.5, "ratio": 0.1, "eligible": true, "from": "2024-03-31", "received": "2024-04-02T09:30:00Z", "codes": ["A",1]},
  {"supplier": "=HYPERLINK(\"x\")", "rows": 9223372036854775808, "amount": -4.00, "value": 1234567890123456.78, "ratio": 1e+21, "eligible": false, "from": "1815-06-18", "received": "2024-04-02T09:30:00.000125Z", "codes": {"a":null,"b":1.50}},
  {"supplier": null, "rows": null, "amount": null, "value": null, "ratio": null, "eligible": null, "from": null, "received": null, "codes": null}
]
`[1:])
	equal(t, written(t, table.Table{Columns: spend().Columns}, "json"), "[]\n")
	odd := table.Table{Columns: []table.Column{{Name: "a<b & \"c\""}, {Name: "f", Kind: table.Float}}, Rows: [][]any{{"<&>\n", math.NaN()}, {"x", math.Inf(1)}}}
	equal(t, written(t, odd, "json"), "[\n  {\"a<b & \\\"c\\\"\": \"<&>\\n\", \"f\": null},\n  {\"a<b & \\\"c\\\"\": \"x\", \"f\": null}\n]\n")
}

func TestUnknownFormats(t *testing.T) {
	if err := spend().Write(&bytes.Buffer{}, "yaml"); err == nil || err.Error() != `format "yaml" is not known; it is table, csv or json` {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"rows.xls", "rows", "rows.csv.bak"} {
		path := filepath.Join(t.TempDir(), name)
		want := `the name must end in .csv, .xlsx, .ods, .json, .parquet or .arrows`
		if err := spend().Save(path); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s was written", name)
		}
	}
	for _, ending := range table.Endings() {
		if err := spend().Save(filepath.Join(t.TempDir(), "ROWS"+strings.ToUpper(ending))); err != nil {
			t.Error(err)
		}
	}
}

func TestSaveReplacesWhole(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "rows.csv")
	if err := os.WriteFile(path, []byte("older, and much longer than what comes next\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	tab := table.Table{Columns: []table.Column{{Name: "a"}}, Rows: [][]any{{"é"}}}
	if err := tab.Save(path); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, string(got), "\ufeffa\r\né\r\n")

	t.Run("A failure leaves the older file", func(t *testing.T) {
		path := filepath.Join(dir, "rows.xlsx")
		if err := os.WriteFile(path, []byte("older"), 0o666); err != nil {
			t.Fatal(err)
		}
		long := table.Table{Columns: []table.Column{{Name: "note"}}, Rows: [][]any{{"short"}, {strings.Repeat("é", 32768)}}}
		err := long.Save(path)
		if err == nil || !strings.Contains(err.Error(), `row 2, column "note": the text has 32768 characters and a cell holds 32767`) {
			t.Errorf("got %v", err)
		}
		if got, _ := os.ReadFile(path); string(got) != "older" {
			t.Errorf("the file now holds %q", got)
		}
		entries, _ := os.ReadDir(dir)
		if len(entries) != 2 {
			t.Errorf("the folder holds %v", entries)
		}
	})
	t.Run("A folder that does not exist", func(t *testing.T) {
		if err := tab.Save(filepath.Join(dir, "nosuch", "rows.csv")); err == nil || !strings.Contains(err.Error(), "cannot write") {
			t.Errorf("got %v", err)
		}
	})
}

func TestSaveXLSX(t *testing.T) {
	path := saved(t, spend(), "rows.xlsx")
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	shown, err := f.GetRows("rows")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]string{
		{"supplier", "rows", "amount", "value", "ratio", "eligible", "from", "received", "codes"},
		{"Print, \"Ltd\"", "3", "12.30", "2.5", "0.1", "TRUE", "2024-03-31", "2024-04-02 09:30:00", `["A",1]`},
		{"=HYPERLINK(\"x\")", "9223372036854775808", "-4.00", "1234567890123456.78", "1000000000000000000000", "FALSE", "1815-06-18", "2024-04-02 09:30:00", `{"a":null,"b":1.50}`},
	}, shown); diff != "" {
		t.Error(diff)
	}
	for cell, want := range map[string]excelize.CellType{
		"A2": excelize.CellTypeInlineString, "A3": excelize.CellTypeInlineString, // a text that looks like a formula is a text
		"B2": excelize.CellTypeUnset, "C2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset, // numbers
		"B3": excelize.CellTypeInlineString, "D3": excelize.CellTypeInlineString, // more digits than Excel keeps
		"F2": excelize.CellTypeBool, "G2": excelize.CellTypeUnset, "G3": excelize.CellTypeInlineString, // a day before Excel's first
	} {
		if got, err := f.GetCellType("rows", cell); err != nil || got != want {
			t.Errorf("%s has type %v, not %v; %v", cell, got, want, err)
		}
		if formula, _ := f.GetCellFormula("rows", cell); formula != "" {
			t.Errorf("%s has the formula %s", cell, formula)
		}
	}
	raw, err := f.GetCellValue("rows", "C2", excelize.Options{RawCellValue: true})
	if err != nil || raw != "12.3" {
		t.Errorf("12.30 is kept as %s, %v", raw, err)
	}
}

// The same rows give the same bytes, whenever they are written.
func TestSaveIsDeterministic(t *testing.T) {
	for _, name := range []string{"rows.csv", "rows.xlsx", "rows.ods", "rows.json", "rows.parquet", "rows.arrows"} {
		first, err := os.ReadFile(saved(t, spend(), name))
		if err != nil {
			t.Fatal(err)
		}
		for range 5 {
			again, err := os.ReadFile(saved(t, spend(), name))
			if err != nil || !bytes.Equal(first, again) {
				t.Errorf("%s differs the second time; %v", name, err)
			}
		}
	}
}

func database(t *testing.T) *warehouse.DB {
	t.Helper()
	db, err := warehouse.Create(context.Background(), filepath.Join(t.TempDir(), "w.duckdb"), warehouse.Settings{Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// DuckDB itself reads the Parquet back.
func TestSaveParquet(t *testing.T) {
	path := saved(t, spend(), "rows.parquet")
	db := database(t)
	from := "read_parquet('" + strings.ReplaceAll(path, "'", "''") + "')"
	types, err := table.Query(context.Background(), db.Pool(), "SELECT column_name, column_type FROM (DESCRIBE FROM "+from+")")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{
		{"supplier", "VARCHAR"}, {"rows", "DECIMAL(38,0)"}, {"amount", "DECIMAL(18,2)"}, {"value", "DECIMAL(38,10)"}, {"ratio", "DOUBLE"},
		{"eligible", "BOOLEAN"}, {"from", "DATE"}, {"received", "TIMESTAMP WITH TIME ZONE"}, {"codes", "VARCHAR"},
	}, types.Rows); diff != "" {
		t.Error(diff)
	}
	got, err := table.Query(context.Background(), db.Pool(), "FROM "+from)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{
		{"Print, \"Ltd\"", "3", "12.30", "2.5000000000", 0.1, true, "2024-03-31", "2024-04-02T09:30:00Z", `["A",1]`},
		{"=HYPERLINK(\"x\")", "9223372036854775808", "-4.00", "1234567890123456.7800000000", 1e21, false, "1815-06-18", "2024-04-02T09:30:00.000125Z", `{"a":null,"b":1.50}`},
		{nil, nil, nil, nil, nil, nil, nil, nil, nil},
	}, got.Rows); diff != "" {
		t.Error(diff)
	}

	t.Run("Small whole numbers are BIGINT, no rows are a file with columns", func(t *testing.T) {
		for name, rows := range map[string][][]any{"some.parquet": {{int64(-3)}, {nil}, {7}}, "none.parquet": nil} {
			path := saved(t, table.Table{Columns: []table.Column{{Name: "n", Kind: table.Integer}}, Rows: rows}, name)
			got, err := table.Query(context.Background(), db.Pool(), "FROM '"+strings.ReplaceAll(path, "'", "''")+"'")
			if err != nil || len(got.Rows) != len(rows) || !cmp.Equal(got.Columns[0], table.Column{Name: "n", Kind: table.Integer}) {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	})
	t.Run("What does not fit is an error", func(t *testing.T) {
		tab := table.Table{Columns: []table.Column{{Name: "amount", Kind: table.Decimal, Precision: 18, Scale: 2}}, Rows: [][]any{{"1.00"}, {"1.005"}}}
		err := tab.Save(filepath.Join(t.TempDir(), "x.parquet"))
		if err == nil || !strings.Contains(err.Error(), `row 2, column "amount": "1.005" has more than 2 decimals`) {
			t.Errorf("got %v", err)
		}
	})
}

// From a query to every format: the kinds come from DuckDB's types.
func TestQuery(t *testing.T) {
	tab, err := table.Query(context.Background(), database(t).Pool(), `SELECT 'R01' AS code, 1.50::DECIMAL(18,2) AS a, 2::DECIMAL(38,10) AS a, sum(3) AS n, 0.5::DOUBLE AS f, true AS b,
		DATE '2024-03-31' AS d, TIMESTAMP '2024-03-31 09:30:00' AS t, TIMESTAMPTZ '2024-03-31 09:30:00+01' AS z, [1] AS l, NULL AS nothing, TIME '09:30:00' AS at, {'x': 1} AS s, 5::UTINYINT AS u`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]table.Column{
		{Name: "code"}, {Name: "a", Kind: table.Decimal, Precision: 18, Scale: 2}, {Name: "a_2", Kind: table.Decimal, Precision: 38, Scale: 10}, {Name: "n", Kind: table.Integer, Wide: true},
		{Name: "f", Kind: table.Float}, {Name: "b", Kind: table.Bool}, {Name: "d", Kind: table.Date}, {Name: "t", Kind: table.Timestamp}, {Name: "z", Kind: table.Timestamp, Zoned: true}, {Name: "l", Kind: table.Nested},
		{Name: "nothing", Kind: table.Integer}, {Name: "at"}, {Name: "s", Kind: table.Nested}, {Name: "u", Kind: table.Integer},
	}, tab.Columns); diff != "" {
		t.Error(diff)
	}
	equal(t, written(t, tab, "json"), `
[
  {"code": "R01", "a": 1.50, "a_2": 2, "n": 3, "f": 0.5, "b": true, "d": "2024-03-31", "t": "2024-03-31T09:30:00", "z": "2024-03-31T08:30:00Z", "l": [1], "nothing": null, "at": "09:30:00", "s": {"x":1}, "u": 5}
]
`[1:])
	for _, name := range []string{"q.csv", "q.xlsx", "q.ods", "q.json", "q.parquet"} {
		saved(t, tab, name)
	}
	if _, err := table.Query(context.Background(), database(t).Pool(), "SELEC"); err == nil {
		t.Error("a mistake in the query was not reported")
	}
}
