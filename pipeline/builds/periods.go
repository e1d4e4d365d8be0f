package builds

import (
	"context"
	"database/sql"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// LoadPeriods keeps the periods computed, and which expected delivery covers each.
func LoadPeriods(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, periods []period.Period, sources []typed.Staged) error {
	var rows, expected [][]any
	for _, at := range periods {
		rows = append(rows, []any{at.Label, string(at.Kind), at.Start.Format("2006-01-02"), at.End.Format("2006-01-02")})
		expected = append(expected, typed.ExpectationRows(ws, at, sources)...)
	}
	if err := warehouse.Load(ctx, conn, "period(period VARCHAR, kind VARCHAR, period_start DATE, period_end DATE)", rows); err != nil {
		return err
	}
	return warehouse.Load(ctx, conn, typed.Expectations, expected)
}
