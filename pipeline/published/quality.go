package published

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"mojreturns/pipeline/figure"
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
		if c, ok := ws.Contract(a.Feed); ok && c.People {
			q.Scope = accountOf(r)
		}
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
	duplicates := returns.FieldQuality{NotKnown: -1, Scope: accountOf(r)}
	findings, err := warehouse.Select[found](ctx, v.Conn, "SELECT DISTINCT subject, found FROM warehouse.main.finding WHERE code = 'K14'")
	for _, f := range findings {
		if provider, _, _ := strings.Cut(f.Subject, " "); ws.ReportsOn(r, provider) {
			duplicates.Rows += f.Found
		}
	}
	out[returns.Duplicates] = duplicates
	return out, err
}

// accountOf is the scope of what a return says of the quality of its data.
func accountOf(r workspace.Return) string { return "return:" + r.Name }

// Accounts puts beside the figures what outputs say of rows of people: how each column
// is filled, by return, and how many rows of each provider's feed were accepted. They are
// of no period: each output says how they stand.
func (v *View) Accounts(ctx context.Context, f Figures) error {
	for _, r := range v.Workspace.Returns {
		quality, err := v.Quality(ctx, r)
		if err != nil {
			return err
		}
		for column, q := range quality {
			if q.Scope != "" {
				maps.Copy(f.Values, q.Accounts(column))
			}
		}
	}
	type delivered struct {
		Feed, Provider           string
		Rows, Accepted, Rejected int64
	}
	all, err := warehouse.Select[delivered](ctx, v.Conn, `SELECT feed, provider, sum(rows)::BIGINT AS rows, sum(accepted)::BIGINT AS accepted,
			sum(rejected)::BIGINT AS rejected
		FROM warehouse.main.delivery WHERE current GROUP BY ALL ORDER BY ALL`)
	for _, d := range all {
		if c, ok := v.Workspace.Contract(d.Feed); !ok || !c.People {
			continue
		}
		at := figure.Place{Code: d.Feed, Scope: "provider:" + d.Provider}
		for category, n := range map[string]int64{"": d.Rows, "accepted": d.Accepted, "rejected": d.Rejected} {
			if at.Dimension = ""; category != "" {
				at.Dimension = returns.Standing
			}
			at.Category = category
			f.Values[at] = returns.Value{Value: fmt.Sprint(n), N: fmt.Sprint(n)}
		}
	}
	return err
}
