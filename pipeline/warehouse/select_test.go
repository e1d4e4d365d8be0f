package warehouse_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/warehouse"
)

func TestSelect(t *testing.T) {
	type kind string
	type place struct{ SHA256, Sheet string }
	type row struct {
		place
		Kind     kind `sql:"what kind"`
		Rows     int64
		Blank    *int64
		SpendBy  *time.Time
		Complete bool
	}
	ctx := context.Background()
	conn := conn(t)
	got, err := warehouse.Select[row](ctx, conn, `SELECT * FROM (VALUES
		('a1', NULL, 'x'::ENUM('x', 'y'), 3::BIGINT, NULL::BIGINT, DATE '2024-03-31', TRUE),
		('b2', 'Q1', NULL, 0, 4, NULL, FALSE)) v(sha256, sheet, "what kind", rows, blank, spend_by, complete) WHERE rows <= $1`, 5)
	if err != nil {
		t.Fatal(err)
	}
	four, day := int64(4), time.Date(2024, 3, 31, 0, 0, 0, 0, time.UTC)
	want := []row{{place: place{"a1", ""}, Kind: "x", Rows: 3, SpendBy: &day, Complete: true}, {place: place{"b2", "Q1"}, Blank: &four}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(row{})); diff != "" {
		t.Error(diff)
	}
	for query, said := range map[string]string{
		"SELECT 'a' AS sha256":              `has a field for the column "sheet", which the query does not have`,
		"SELECT 'a' AS sha256, 'b' AS tab":  `the query has a column "tab", for which warehouse_test.place has no field`,
		"SELECT 1 AS sha256, 'b' AS sheet":  "a int32 is no text: cast it to VARCHAR in the query",
		"SELECT gone AS sha256, 1 AS sheet": "gone",
	} {
		if _, err := warehouse.Select[place](ctx, conn, query); err == nil || !strings.Contains(err.Error(), said) {
			t.Errorf("%s: said %v, want %q", query, err, said)
		}
	}
	if _, err := warehouse.Select[struct{ Rows int64 }](ctx, conn, "SELECT NULL::BIGINT AS rows"); err == nil {
		t.Error("a count that is absent was taken as 0")
	}
}
