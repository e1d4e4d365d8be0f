package intake

import (
	"context"
	"database/sql"
	"fmt"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// ColumnUse says where a contract column comes from in a file and how many faults
// its values have; or, with no column, names a header that nobody claims.
type ColumnUse struct {
	contract.Use
	Faults int64
}

// ValueUse is a value that is no code of ours and that the mapping does not
// translate, in how many rows, and what takes it in, if anything does.
type ValueUse struct {
	Column, Value, TakenAs string
	Rows, FirstRow         int64
}

// explain says of a source, judged on conn, what comes from where and what could
// not be translated.
func explain(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, s typed.Staged) (columns []ColumnUse, values []ValueUse, err error) {
	faults := map[string]int64{}
	found, err := table.Query(ctx, conn, "SELECT f.column_name, count(*)::VARCHAR FROM (SELECT unnest(faults) AS f FROM typed."+s.Feed+" WHERE delivery = $1) GROUP BY ALL ORDER BY ALL", s.Order)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range found.Rows {
		faults[table.AsText(row[0])], _ = typed.Whole(table.AsText(row[1]))
	}
	for _, u := range s.Contract.Uses(s.Mapping, s.Table.Header) {
		columns = append(columns, ColumnUse{Use: u, Faults: faults[u.Column]})
	}
	query := s.Contract.Untranslated(typed.Source(ws, s), ws.Lists)
	if query == "" {
		return columns, nil, nil
	}
	found, err = table.Query(ctx, conn, fmt.Sprintf(`SELECT column_name, CASE WHEN %s THEN '(withheld)' ELSE value END AS value, sum("rows")::VARCHAR, min(first_row)::VARCHAR, taken_as
		FROM (%s) GROUP BY ALL ORDER BY column_name, sum("rows") DESC, value`, typed.LooksPersonal(ws, s.Contract, "value"), query))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list what is not translated in %q: %w", s.Name, err)
	}
	for _, row := range found.Rows {
		v := ValueUse{Column: table.AsText(row[0]), Value: table.AsText(row[1]), TakenAs: table.AsText(row[4])}
		v.Rows, _ = typed.Whole(table.AsText(row[2]))
		v.FirstRow, _ = typed.Whole(table.AsText(row[3]))
		values = append(values, v)
	}
	return columns, values, nil
}
