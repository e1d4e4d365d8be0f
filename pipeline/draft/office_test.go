package draft_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/warehouse"
)

// A return of three funds and two services: every eligible pound and every referral of
// the year stands in it, fund by fund and service by service, as counted in their rows.
// It takes seconds: a return three times as large is guarded and filled.
func TestAReturnOfSeveralFundsAndServices(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	ws := example.Built(t)
	ws.Returns[0].Scopes = map[string]string{"money": "fund:CORE", "money_2": "fund:CORE-UPL-2324", "money_3": "fund:GEN-ISVAIDVA",
		"activity": "service:STK-ADV", "activity_2": "service:VCAS", "activity_3": "all"}
	if made, err := draft.Forms(ws); err != nil || len(made) != 1 {
		t.Fatal(made, err)
	}
	if made, err := draft.Forms(ws); err != nil || len(made) != 0 {
		t.Fatalf("made again for the same office: %v, %v", made, err)
	}
	v := example.View(t, ws, example.Quarter(t, "2023-24-Q4"))
	out, err := draft.Return(ctx, v, "", filepath.Join(t.TempDir(), "draft.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenFile(out.Path)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	// shows is what stands in the row of two labels, in the column of a header.
	shows := func(sheet, first, second, header string) string {
		rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows[6:] {
			for i, h := range rows[5] {
				if r[0] == first && r[1] == second && h == header && i < len(r) {
					return r[i]
				}
			}
		}
		return "no such row"
	}
	type counted struct{ Sheet, Who, Row, Want string }
	want, err := warehouse.Select[counted](ctx, v.Conn, `
		SELECT 'T02_Spend' AS sheet, f.name AS who, 'Total' AS row, coalesce(sum(l.claimable), 0)::DOUBLE::VARCHAR AS want
		FROM register.fund f LEFT JOIN eligible_line l ON l.fund_code = f.code AND l.ledger_date BETWEEN '2023-04-01' AND '2024-03-31'
		WHERE NOT f.match GROUP BY ALL
		UNION ALL
		SELECT 'T05_Outcome', s.name, 'Total', count(r.received_date)::VARCHAR
		FROM register.service s LEFT JOIN referral r ON r.service_code = s.code AND r.received_date BETWEEN '2023-04-01' AND '2024-03-31' GROUP BY ALL
		UNION ALL
		SELECT 'T05_Outcome', 'All services', 'Total', count(*)::VARCHAR FROM referral WHERE received_date BETWEEN '2023-04-01' AND '2024-03-31'
		ORDER BY ALL`)
	if err != nil || len(want) != 6 {
		t.Fatalf("%d rows: %v", len(want), err)
	}
	for _, w := range want {
		header := map[string]string{"T02_Spend": "Actual year to date", "T05_Outcome": "Year to date"}[w.Sheet]
		if got := shows(w.Sheet, w.Who, w.Row, header); got != w.Want && got != strings.TrimSuffix(w.Want, ".0") && got != "[c]" {
			t.Errorf("%s of %s shows %q, want %s", w.Sheet, w.Who, got, w.Want)
		}
	}
}
