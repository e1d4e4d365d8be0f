package pipeline

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/table"
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
func (p *Pipeline) explain(ctx context.Context, conn *sql.Conn, s staged) (columns []ColumnUse, values []ValueUse, err error) {
	faults := map[string]int64{}
	found, err := table.Query(ctx, conn, "SELECT f.column_name, count(*)::VARCHAR FROM (SELECT unnest(faults) AS f FROM typed."+s.Feed+" WHERE delivery = $1) GROUP BY ALL ORDER BY ALL", s.Order)
	if err != nil {
		return nil, nil, err
	}
	for _, row := range found.Rows {
		faults[text(row[0])], _ = whole(text(row[1]))
	}
	for _, u := range s.Contract.Uses(s.Mapping, s.Table.Header) {
		columns = append(columns, ColumnUse{Use: u, Faults: faults[u.Column]})
	}
	query := s.Contract.Untranslated(p.source(s), p.lists)
	if query == "" {
		return columns, nil, nil
	}
	found, err = table.Query(ctx, conn, fmt.Sprintf(`SELECT column_name, CASE WHEN %s THEN '(withheld)' ELSE value END AS value, sum("rows")::VARCHAR, min(first_row)::VARCHAR, taken_as
		FROM (%s) GROUP BY ALL ORDER BY column_name, sum("rows") DESC, value`, p.looksPersonal(s.Contract, "value"), query))
	if err != nil {
		return nil, nil, fmt.Errorf("cannot list what is not translated in %q: %w", s.Name, err)
	}
	for _, row := range found.Rows {
		v := ValueUse{Column: text(row[0]), Value: text(row[1]), TakenAs: text(row[4])}
		v.Rows, _ = whole(text(row[2]))
		v.FirstRow, _ = whole(text(row[3]))
		values = append(values, v)
	}
	return columns, values, nil
}

// looksPersonal is the SQL for a value of a feed about people that looks like
// personal data.
func (p *Pipeline) looksPersonal(c contract.Contract, value string) string {
	any := []string{"false"}
	for _, r := range p.personal {
		if c.People && !r.header {
			any = append(any, r.matches(value))
		}
	}
	return strings.Join(any, " OR ")
}

// FaultyValues counts the values that broke a rule of their column, the most
// frequent first: what could not be translated, and what is no date or number.
func (p *Pipeline) FaultyValues(ctx context.Context, feed, provider string) (table.Table, error) {
	reader, err := p.reader(ctx)
	if err != nil {
		return table.Table{}, err
	}
	defer reader.Close()
	return table.Query(ctx, reader.DB, `SELECT provider, feed, column_name, value, count(*) AS "rows", min(place).file AS first_file, min(place)."row" AS first_row, severity, rule, min(message) AS message
		FROM (SELECT *, {'file': file, 'row': "row"} AS place FROM fault)
		WHERE ($1 = '' OR feed = $1) AND ($2 = '' OR provider = $2) AND rule NOT IN ('fields', 'duplicate key', 'personal data')
		GROUP BY provider, feed, column_name, value, severity, rule
		ORDER BY provider, feed, column_name, count(*) DESC, value, rule`, feed, provider)
}
