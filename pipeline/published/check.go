package published

import (
	"cmp"
	"context"

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

// findings asks a table of findings for those of a period and of none; for all where
// the period is empty.
func findings(table string) string {
	return `SELECT code, title, severity, period, subject, detail, remedy, NULL AS evidence, found
	FROM ` + table + ` WHERE period IS NULL OR period = $1 OR $1 = '' ORDER BY severity, code, period, subject, rowid`
}

// kept is where the build keeps what its checks found.
const kept = "warehouse.main.finding"

// Findings lists all that the data checks found, in every period that the build keeps.
func Findings(ctx context.Context, ws *workspace.Workspace) ([]Finding, error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return nil, err
	}
	defer reader.Close()
	return warehouse.Select[Finding](ctx, reader.DB, findings(kept), "")
}

// Check lists what the data checks found for the period, and what belongs to
// none. The checks of a period the build does not keep (a month) are made now.
func (v *View) Check(ctx context.Context) ([]Finding, error) {
	ws, at := v.Workspace, v.Period
	if at.Kind != period.Month {
		return warehouse.Select[Finding](ctx, v.Conn, findings(kept), at.Label)
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	if sources, err = typed.Judged(ctx, ws, v.Conn, sources); err != nil {
		return nil, err
	}
	if err := v.copy(ctx, "expectation", " LIMIT 0"); err != nil {
		return nil, err
	}
	for _, row := range typed.ExpectationRows(ws, at, sources) {
		if _, err := v.Conn.ExecContext(ctx, "INSERT INTO temp.expectation VALUES (?, ?, ?, ?, ?, ?, ?)", row...); err != nil {
			return nil, err
		}
	}
	engine := metrics.Engine{Set: ws.Metrics, Conn: v.Conn, Periods: []period.Period{at}, Schema: v.schema}
	if err := engine.Checks(ctx); err != nil {
		return nil, err
	}
	return warehouse.Select[Finding](ctx, v.Conn, findings("temp.finding"), at.Label)
}

// Unmet lists the funding conditions that are not met (an error) or at risk (a
// warning) at the end of a period, with the rows that breach them.
func (v *View) Unmet(ctx context.Context) ([]Finding, error) {
	found, err := warehouse.Select[Finding](ctx, v.Conn, `SELECT c.code, c.title, CASE c.status WHEN 'not met' THEN 'error' ELSE 'warning' END AS severity, c.period, c.fund AS subject,
			coalesce((SELECT min(file_in_words(d.file, d.sheet)) FROM delivery d WHERE d.delivery = b.delivery) || ', row ' || b."row" || ': ', '') || b.key
				|| coalesce(', ' || pounds(b.amount), '') AS detail, NULL AS remedy, c.evidence, c.breaches AS found
		FROM `+v.schema+`.condition c
		LEFT JOIN `+v.schema+`.breach b ON b.code = c.code AND b.fund = c.fund AND b.period = c.period
		WHERE c.period = $1 AND c.status IN ('not met', 'at risk') ORDER BY c.code, c.fund, b.effect DESC, detail`, v.Period.Label)
	for i, f := range found {
		for _, c := range v.Workspace.Metrics.Conditions {
			if c.Code == f.Code {
				found[i].Remedy = cmp.Or(c.Remedy, "See the rows that breach it: `mojreturns conditions --breaches`")
			}
		}
	}
	return found, err
}
