package typed

import (
	"context"
	"database/sql"
	"fmt"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// controlTotals keeps the totals that files state of themselves beside what
// their rows add up to.
func controlTotals(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, sources []Staged) error {
	if err := warehouse.Exec(ctx, conn, contract.ControlTotals); err != nil {
		return err
	}
	for _, s := range sources {
		last := int64(0)
		for _, t := range s.Table.Totals {
			if !s.Current {
				break
			}
			if insert := s.Contract.ControlTotal(Source(ws, s), t.Row, last, t.Values); insert != "" {
				if err := warehouse.Exec(ctx, conn, insert); err != nil {
					return fmt.Errorf("cannot hold the totals of %q against its rows: %w", s.Name, err)
				}
			}
			last = t.Row
		}
	}
	return nil
}

// TotalsHeld says of each total that a source states whether its rows add up to it.
func TotalsHeld(ctx context.Context, conn *sql.Conn, s Staged) ([]string, error) {
	found, err := table.Query(ctx, conn, `SELECT "row"::VARCHAR, column_name, value, stated IN (added, since), added::DECIMAL(38,2)::VARCHAR
		FROM control_total WHERE delivery = $1 ORDER BY "row", column_name`, s.Order)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, row := range found.Rows {
		said := fmt.Sprintf("the total in row %s of %s is %s, ", table.AsText(row[0]), table.AsText(row[1]), table.AsText(row[2]))
		if row[3] == true {
			out = append(out, said+"and the rows above it add up to that")
		} else {
			out = append(out, said+"but the rows above it add up to "+table.AsText(row[4])+": rows are missing, or their amounts are wrong")
		}
	}
	return out, nil
}
