package published

import (
	"cmp"
	"context"
	"database/sql"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Finding is one thing a data check found about a subject (a provider's feed, a
// scope, a fund), of Found in all. Period is empty where it belongs to none.
type Finding struct {
	Code, Title, Severity, Period, Subject, Detail, Remedy string
	// Evidence is the sentence of a funding condition; Detail is then a row that breaches it, if any.
	Evidence string
	Found    int64
}

const findings = `SELECT code, title, severity, coalesce(period, ''), subject, detail, remedy, '', found
	FROM finding WHERE period IS NULL OR period = $1 OR $1 = '' ORDER BY severity, code, period, subject, rowid`

// Check lists what the data checks found for a period, and what belongs to
// none. The checks of a period the build does not keep (a month) are made now.
func Check(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]Finding, error) {
	if at.Kind != period.Month {
		reader, err := builds.Reader(ctx, ws)
		if err != nil {
			return nil, err
		}
		defer reader.Close()
		return readFindings(ctx, reader.DB, findings, at.Label)
	}
	v, err := Open(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	if err := warehouse.Exec(ctx, v.Conn, "CREATE TEMP TABLE "+typed.Expectations); err != nil {
		return nil, err
	}
	for _, row := range typed.ExpectationRows(ws, at, sources) {
		if _, err := v.Conn.ExecContext(ctx, "INSERT INTO temp.expectation VALUES (?, ?, ?, ?, ?, ?)", row...); err != nil {
			return nil, err
		}
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: v.Conn, Periods: []period.Period{at}, Schema: v.Schema}
	if err := engine.Checks(ctx); err != nil {
		return nil, err
	}
	return readFindings(ctx, v.Conn, findings, at.Label)
}

// Unmet lists the funding conditions that are not met (an error) or at risk (a
// warning) at the end of a period, with the rows that breach them.
func Unmet(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]Finding, error) {
	v, err := Open(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	found, err := readFindings(ctx, v.Conn, `SELECT c.code, c.title, CASE c.status WHEN 'not met' THEN 'error' ELSE 'warning' END, c.period, c.fund,
			coalesce((SELECT min(file_in_words(d.file, d.sheet)) FROM delivery d WHERE d.delivery = b.delivery) || ', row ' || b."row" || ': ', '') || b.key
				|| coalesce(', ' || pounds(b.amount), ''), '', c.evidence, c.breaches
		FROM `+v.Schema+`.condition c
		LEFT JOIN `+v.Schema+`.breach b ON b.code = c.code AND b.fund = c.fund AND b.period = c.period
		WHERE c.period = $1 AND c.status IN ('not met', 'at risk') ORDER BY c.code, c.fund, b.effect DESC, 6`, at.Label)
	for i, f := range found {
		for _, c := range ws.Metrics.Conditions {
			if c.Code == f.Code {
				found[i].Remedy = cmp.Or(c.Remedy, "See the rows that breach it: `mojreturns conditions --breaches`")
			}
		}
	}
	return found, err
}

type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func readFindings(ctx context.Context, from queryer, query, label string) ([]Finding, error) {
	rows, err := from.QueryContext(ctx, query, label)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Finding
	for rows.Next() {
		var f Finding
		var detail sql.NullString
		if err := rows.Scan(&f.Code, &f.Title, &f.Severity, &f.Period, &f.Subject, &detail, &f.Remedy, &f.Evidence, &f.Found); err != nil {
			return nil, err
		}
		f.Detail = detail.String
		out = append(out, f)
	}
	return out, rows.Err()
}
