package published

import (
	"context"
	"strconv"
	"strings"

	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// Quality is the build's account of each column of the feeds in the period's
// financial year, by feed and column, and the suspected duplicates. Of providers
// of services only those of the return's count; the ledger always does.
func (v *View) Quality(ctx context.Context, r workspace.Return) (map[string]returns.FieldQuality, error) {
	ws, out := v.Workspace, map[string]returns.FieldQuality{}
	number := func(text string) int64 { n, _ := strconv.ParseInt(text, 10, 64); return n }
	err := table.Each(ctx, v.Conn, `SELECT feed || '.' || column_name, provider, "rows"::VARCHAR, blank::VARCHAR, coalesce(not_known, -1)::VARCHAR, faulty::VARCHAR
		FROM warehouse.main.field_account WHERE financial_year = $1 ORDER BY ALL`, v.Period.Year.String(), func(row []string) {
		if !ws.ReportsOn(r, row[1]) {
			return
		}
		q := out[row[0]]
		q.People = row[0][:strings.IndexByte(row[0], '.')] == "referrals" || strings.HasPrefix(row[0], "referral_") || ws.Disclosure.Delegates && strings.HasPrefix(row[0], "training_delegates")
		q.Rows, q.Blank, q.Faulty = q.Rows+number(row[2]), q.Blank+number(row[3]), q.Faulty+number(row[5])
		if unknown := number(row[4]); unknown < 0 {
			q.NotKnown = unknown
		} else {
			q.NotKnown += unknown
		}
		out[row[0]] = q
	})
	if err != nil {
		return nil, err
	}
	duplicates := returns.FieldQuality{People: true}
	err = table.Each(ctx, v.Conn, "SELECT DISTINCT subject, found::VARCHAR FROM warehouse.main.finding WHERE code = $1", "K14", func(row []string) {
		if provider, _, _ := strings.Cut(row[0], " "); ws.ReportsOn(r, provider) {
			duplicates.Rows += number(row[1])
		}
	})
	out["duplicates"] = duplicates
	return out, err
}
