package published

import (
	"context"
	"strings"

	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Quality is the build's account of each column of the feeds in the period's
// financial year, by feed and column, and the suspected duplicates. Of providers
// of services only those of the return's count; the ledger always does.
func (v *View) Quality(ctx context.Context, r workspace.Return) (map[string]returns.FieldQuality, error) {
	ws, out := v.Workspace, map[string]returns.FieldQuality{}
	type account struct {
		Feed, ColumnName, Provider string
		Rows, Blank, Faulty        int64
		NotKnown                   *int64 // nil where the column has no such code
	}
	accounts, err := warehouse.Select[account](ctx, v.Conn, `SELECT feed, column_name, provider, rows, blank, not_known, faulty
		FROM warehouse.main.field_account WHERE financial_year = ? ORDER BY ALL`, v.Period.Year.String())
	if err != nil {
		return nil, err
	}
	for _, a := range accounts {
		if !ws.ReportsOn(r, a.Provider) {
			continue
		}
		column := a.Feed + "." + a.ColumnName
		q := out[column]
		q.People = ws.Guards(a.Feed, ws.Disclosure.Delegates)
		q.Rows, q.Blank, q.Faulty = q.Rows+a.Rows, q.Blank+a.Blank, q.Faulty+a.Faulty
		if a.NotKnown == nil {
			q.NotKnown = -1
		} else {
			q.NotKnown += *a.NotKnown
		}
		out[column] = q
	}
	type found struct {
		Subject string
		Found   int64
	}
	duplicates := returns.FieldQuality{People: true}
	findings, err := warehouse.Select[found](ctx, v.Conn, "SELECT DISTINCT subject, found FROM warehouse.main.finding WHERE code = 'K14'")
	for _, f := range findings {
		if provider, _, _ := strings.Cut(f.Subject, " "); ws.ReportsOn(r, provider) {
			duplicates.Rows += f.Found
		}
	}
	out["duplicates"] = duplicates
	return out, err
}
