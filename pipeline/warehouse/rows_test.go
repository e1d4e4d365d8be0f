package warehouse_test

import (
	"context"
	"encoding/json"
	"math/big"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/warehouse"
)

func TestRowValues(t *testing.T) {
	ctx := context.Background()
	c := conn(t)
	huge, _ := new(big.Int).SetString("-170141183460469231731687303715884105727", 10)
	for _, test := range []struct {
		sql, kind string
		want      any
	}{
		{"NULL::DECIMAL(18,2)", "DECIMAL(18,2)", nil},
		{"true", "BOOLEAN", true},
		{"5::TINYINT", "TINYINT", int64(5)},
		{"5::USMALLINT", "USMALLINT", int64(5)},
		{"-5", "INTEGER", int64(-5)},
		{"5::UINTEGER", "UINTEGER", int64(5)},
		{"9223372036854775807", "BIGINT", int64(9223372036854775807)},
		{"18446744073709551615::UBIGINT", "UBIGINT", new(big.Int).SetUint64(18446744073709551615)},
		{"sum(1::BIGINT)", "HUGEINT", big.NewInt(1)},
		{"-170141183460469231731687303715884105727::HUGEINT", "HUGEINT", huge},
		{"12.3::DECIMAL(18,2)", "DECIMAL(18,2)", "12.30"},
		{"-0.05::DECIMAL(4,2)", "DECIMAL(4,2)", "-0.05"},
		{"0::DECIMAL(4,2)", "DECIMAL(4,2)", "0.00"},
		{"7::DECIMAL(9,0)", "DECIMAL(9,0)", "7"},
		{"1234567890123456789012345678.0123456789::DECIMAL(38,10)", "DECIMAL(38,10)", "1234567890123456789012345678.0123456789"},
		{"0.1::DOUBLE", "DOUBLE", 0.1},
		{"0.5::FLOAT", "FLOAT", 0.5},
		{"'it''s'", "VARCHAR", "it's"},
		{"'b'::ENUM('a', 'b')", "ENUM", "b"},
		{"DATE '2024-03-31'", "DATE", "2024-03-31"},
		{"DATE 'infinity'", "DATE", "infinity"},
		{"TIMESTAMP '2024-03-31 09:30:00'", "TIMESTAMP", "2024-03-31T09:30:00"},
		{"TIMESTAMP '2024-03-31 00:00:00.000125'", "TIMESTAMP", "2024-03-31T00:00:00.000125"},
		{"TIMESTAMPTZ '2024-03-31 09:30:00+01'", "TIMESTAMPTZ", "2024-03-31T08:30:00Z"},
		{"TIME '09:30:00'", "TIME", "09:30:00"},
		{"'ab'::BLOB", "BLOB", "6162"},
		{"'6ccd780c-baba-1026-9564-5b8c656024db'::UUID", "UUID", "6ccd780c-baba-1026-9564-5b8c656024db"},
		{"[1, NULL, 3]", "INTEGER[]", []any{int64(1), nil, int64(3)}},
		{"[DATE '2024-03-31']", "DATE[]", []any{"2024-03-31"}},
		{"[TIMESTAMP '2024-03-31 00:00:00']", "TIMESTAMP[]", []any{"2024-03-31T00:00:00"}},
		{"{'t': TIMESTAMP '2024-03-31 09:30:00'}", `STRUCT("t" TIMESTAMP)`, map[string]any{"t": "2024-03-31T09:30:00"}},
		{"{'t': TIMESTAMPTZ '2024-03-31 09:30:00+00'}", `STRUCT("t" TIMESTAMPTZ)`, map[string]any{"t": "2024-03-31T09:30:00Z"}},
		{"[[1.50::DECIMAL(4,2)]]", "DECIMAL(4,2)[][]", []any{[]any{json.Number("1.50")}}},
		{"{'a': 1, 'b': [2.5::DECIMAL(2,1)]}", `STRUCT("a" INTEGER, "b" DECIMAL(2,1)[])`, map[string]any{"a": int64(1), "b": []any{json.Number("2.5")}}},
		{"MAP {'x': 1}", "MAP(VARCHAR, INTEGER)", map[string]any{"x": int64(1)}},
	} {
		t.Run(test.sql, func(t *testing.T) {
			rows, err := warehouse.Query(ctx, c, "SELECT "+test.sql+" AS v")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]warehouse.Column{{Name: "v", Type: test.kind}}, rows.Columns()); diff != "" {
				t.Error(diff)
			}
			got, more, err := rows.Collect(0)
			if err != nil || more {
				t.Fatal(more, err)
			}
			if diff := cmp.Diff([][]any{{test.want}}, got, cmp.Comparer(func(a, b *big.Int) bool { return a.Cmp(b) == 0 })); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRowsCollect(t *testing.T) {
	ctx := context.Background()
	c := conn(t)
	for limit, want := range map[int]struct {
		rows int
		more bool
	}{0: {3, false}, 2: {2, true}, 3: {3, false}, 4: {3, false}} {
		rows, err := warehouse.Query(ctx, c, "FROM range(3)")
		if err != nil {
			t.Fatal(err)
		}
		got, more, err := rows.Collect(limit)
		if err != nil || len(got) != want.rows || more != want.more {
			t.Errorf("at most %d: %d rows, more %v, %v", limit, len(got), more, err)
		}
	}
	rows, err := warehouse.Query(ctx, c, "SELECT ?::INTEGER + 1 AS n", 41)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	if !rows.Next() || rows.Row()[0] != int64(42) || rows.Next() || rows.Err() != nil {
		t.Errorf("got %v, %v", rows.Row(), rows.Err())
	}
}

func TestLoad(t *testing.T) {
	ctx := context.Background()
	type code string
	c := conn(t)
	london := time.FixedZone("BST", 3600)
	err := warehouse.Load(ctx, c, `fund(code VARCHAR, "row" BIGINT, match BOOLEAN, amount DECIMAL(18,2), from_date DATE, received TIMESTAMPTZ, seconds DOUBLE)`, [][]any{
		{code("F1"), 2, true, "12.30", "2024-04-01", time.Date(2024, 4, 2, 9, 30, 0, 500_000_000, london), 1.5},
		{"it's; a \"fund\"", uint8(3), false, "-1234567890123456.78", nil, time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), nil},
		{"", nil, nil, nil, nil, nil, nil},
	})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := warehouse.Query(ctx, c, "FROM fund")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := rows.Collect(0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{
		{"F1", int64(2), true, "12.30", "2024-04-01", "2024-04-02T08:30:00.5Z", 1.5},
		{"it's; a \"fund\"", int64(3), false, "-1234567890123456.78", nil, "2024-01-02T00:00:00Z", nil},
		{"", nil, nil, nil, nil, nil, nil},
	}, got); diff != "" {
		t.Error(diff)
	}
	if err := warehouse.Load(ctx, c, "nothing(a VARCHAR)", nil); err != nil {
		t.Error(err)
	}
	for _, test := range []struct {
		table string
		rows  [][]any
		want  string
	}{
		{"fund(a VARCHAR)", nil, `cannot make the table fund: Catalog Error: Table with name "fund" already exists`},
		{"x1(a DATE)", [][]any{{"2024-02-30"}}, "cannot fill the table x1: database/sql/driver: could not close appender: Failed to append: date field value out of range"},
		{"x2(a VARCHAR, b VARCHAR)", [][]any{{"1", "2"}, {"1"}}, "cannot fill the table x2: row 2 has 1 values and the first has 2"},
		{"x3(a VARCHAR)", [][]any{{[]string{"1"}}}, "cannot fill the table x3: row 1, value 1: a []string cannot be loaded"},
		{"x4(a VARCHAR)", [][]any{{"1", "2"}}, "cannot fill the table x4: database/sql/driver: could not close appender: Failed to append: table x4 has 1 columns but 2 values were supplied"},
	} {
		if err := warehouse.Load(ctx, c, test.table, test.rows); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s: %v", test.table, err)
		}
	}
	if got := one(t, c, "SELECT count(*) FROM duckdb_tables() WHERE temporary"); got != "0" {
		t.Errorf("%s temporary tables stay", got)
	}
}

func TestLoadCSV(t *testing.T) {
	ctx := context.Background()
	c := conn(t)
	if _, err := c.ExecContext(ctx, "CREATE SCHEMA reference"); err != nil {
		t.Fatal(err)
	}
	files := fstest.MapFS{
		"reference/sex.csv":   {Data: []byte("\ufeffcode,label,group,rank\r\n001,\"Fe, male\",=1+1,1\r\n002,,\"two\nlines\",\r\n")},
		"reference/bad.csv":   {Data: []byte("code,label\na,b\nc,d,e\n")},
		"reference/twice.csv": {Data: []byte("code,code\na,b\n")},
		"reference/blank.csv": {Data: []byte("code, \na,b\n")},
		"reference/none.csv":  {Data: nil},
	}
	if err := warehouse.LoadCSV(ctx, c, "reference", "sex", files, "reference/sex.csv", map[string]string{"rank": "INTEGER"}); err != nil {
		t.Fatal(err)
	}
	rows, err := warehouse.Query(ctx, c, "FROM reference.sex")
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := rows.Collect(0)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"001", "Fe, male", "=1+1", int64(1)}, {"002", nil, "two\nlines", nil}}, got); diff != "" {
		t.Error(diff)
	}
	for file, want := range map[string]string{
		"reference/bad.csv":   "reference/bad.csv:3: the row has 3 fields and the header names 2 columns; is a comma not in quotation marks?",
		"reference/twice.csv": `reference/twice.csv:1: two columns are called "code"`,
		"reference/blank.csv": "reference/blank.csv:1: column 2 has no name",
		"reference/none.csv":  "reference/none.csv:1: the file is empty; it needs a line that names its columns",
		"reference/gone.csv":  "open reference/gone.csv: file does not exist",
	} {
		if err := warehouse.LoadCSV(ctx, c, "reference", "other", files, file, nil); err == nil || err.Error() != want {
			t.Errorf("%v\nnot\n%s", err, want)
		}
	}
	err = warehouse.LoadCSV(ctx, c, "reference", "other", files, "reference/sex.csv", map[string]string{"order": "INTEGER"})
	if err == nil || err.Error() != `reference/sex.csv: there is no column "order", which should be INTEGER` {
		t.Errorf("got %v", err)
	}
}
