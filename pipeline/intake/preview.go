package intake

import (
	"context"
	"database/sql"
	"fmt"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
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
	Column         string `sql:"column_name"`
	Value, TakenAs string
	Rows, FirstRow int64
}

// FaultUse is a rule that values of a column break: what it is, in how many rows, and
// its sentence for the first of them.
type FaultUse struct {
	Column         string `sql:"column_name"`
	Rule, Severity string
	Rows, FirstRow int64
	Message        string
}

// broken lists the rules that a source, judged on conn, breaks, the gravest first.
func broken(ctx context.Context, conn *sql.Conn, s typed.Staged) ([]FaultUse, error) {
	found, err := warehouse.Select[FaultUse](ctx, conn, `SELECT column_name, rule, severity, count(*) AS "rows", min("row") AS first_row,
			min_by(message, "row") AS message
		FROM fault WHERE (file, sha256, provider, feed, sheet) = (SELECT (file, sha256, provider, feed, sheet) FROM delivery WHERE delivery = $1)
		GROUP BY column_name, rule, severity ORDER BY severity DESC, "rows" DESC, column_name, rule`, s.Order)
	if err != nil {
		return nil, fmt.Errorf("cannot list the faults of %q: %w", s.Name, err)
	}
	return found, nil
}

// explain says of a source, judged on conn, what comes from where and what could
// not be translated.
func explain(ctx context.Context, ws *workspace.Workspace, conn *sql.Conn, s typed.Staged) (columns []ColumnUse, values []ValueUse, err error) {
	type counted struct {
		ColumnName string
		Faults     int64
	}
	found, err := warehouse.Select[counted](ctx, conn, `SELECT f.column_name, count(*) AS faults
		FROM (SELECT unnest(faults) AS f FROM typed.`+s.Feed+` WHERE delivery = $1) GROUP BY ALL ORDER BY ALL`, s.Order)
	if err != nil {
		return nil, nil, err
	}
	faults := map[string]int64{}
	for _, f := range found {
		faults[f.ColumnName] = f.Faults
	}
	for _, u := range s.Contract.Uses(s.Mapping, s.Table.Header) {
		u.Header = ws.Safe.Name(u.Header)
		columns = append(columns, ColumnUse{Use: u, Faults: faults[u.Column]})
	}
	query := s.Contract.Untranslated(typed.Source(ws, s), ws.Lists)
	if query == "" {
		return columns, nil, nil
	}
	values, err = warehouse.Select[ValueUse](ctx, conn, fmt.Sprintf(`SELECT column_name,
		CASE WHEN %s THEN '(withheld)' ELSE value END AS value, taken_as, sum("rows")::BIGINT AS "rows", min(first_row)::BIGINT AS first_row FROM (%s) GROUP BY ALL ORDER BY column_name, "rows" DESC, value`,
		typed.LooksPersonal(ws, s.Contract, "value"), query))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list what is not translated in %q: %w", s.Name, err)
	}
	for i, v := range values {
		values[i].Value = ws.Safe.Value(v.Value)
	}
	return columns, values, nil
}
