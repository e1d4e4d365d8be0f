package published

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// Question asks for figures.
type Question struct {
	Period period.Period
	Codes  []string // none: every metric
	Scope  string   // empty: every scope
	By     string   // empty: every breakdown; total: none
}

// FigureRows answers a question, in order of code, scope, breakdown and category.
func FigureRows(ctx context.Context, ws *workspace.Workspace, q Question) (table.Table, error) {
	if _, err := ws.Metrics.With(q.Codes); err != nil {
		return table.Table{}, err
	}
	if q.Scope != "" && !ws.HasScope(q.Scope) {
		return table.Table{}, figure.NotThere("scope %q is not in the configuration; there are %s", q.Scope, strings.Join(ws.Register.Scopes(), ", "))
	}
	v, err := OpenFigures(ctx, ws, q.Period, q.Codes...)
	if err != nil {
		return table.Table{}, err
	}
	defer v.Close()
	codes, err := json.Marshal(q.Codes)
	if err != nil {
		return table.Table{}, err
	}
	found, err := table.Query(ctx, v.Conn, `SELECT code, name, scope, period, dimension, category, value,
			numerator, denominator, n, unit, marker
		FROM `+v.schema+`.figure
		WHERE period = $1 AND ($2 IN ('null', '[]') OR code IN (SELECT unnest($2::JSON::VARCHAR[])))
		  AND ($3 = '' OR scope = $3) AND ($4 = '' OR dimension = $4 OR $4 = 'total' AND dimension = '')
		ORDER BY code, scope, dimension, category`, q.Period.Label, string(codes), q.Scope, q.By)
	return sayFigures(ws, found), err
}

// ConditionRows are the funding conditions with their evidence, or the rows
// that breach them.
func (v *View) ConditionRows(ctx context.Context, fund string, breaches bool) (table.Table, error) {
	if breaches {
		found, err := table.Query(ctx, v.Conn, `SELECT b.code, b.fund, b.period, b.effect, b.amount, d.file, d.sha256, d.sheet, b."row", b.key
			FROM `+v.schema+`.breach b LEFT JOIN delivery d ON d.delivery = b.delivery AND d.current
			WHERE b.period = $1 AND ($2 = '' OR b.fund = $2) ORDER BY b.code, b.fund, b.effect, d.file, b."row", b.key`, v.Period.Label, fund)
		return sayRows(v.Workspace, "", found), err
	}
	found, err := table.Query(ctx, v.Conn, `SELECT code, title, fund, period, status, value, limit_value, evidence, basis, breaches
		FROM `+v.schema+`.condition WHERE period = $1 AND ($2 = '' OR fund = $2) ORDER BY fund, code`, v.Period.Label, fund)
	return sayFigures(v.Workspace, found), err
}

// Rejects lists every fault of the deliveries that count.
func Rejects(ctx context.Context, ws *workspace.Workspace, feed, provider string) (table.Table, error) {
	return RejectsIn(ctx, ws, "", feed, provider)
}

// RejectsIn lists the faults of one file by its SHA-256 (empty: of all that count).
func RejectsIn(ctx context.Context, ws *workspace.Workspace, sha, feed, provider string) (table.Table, error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return table.Table{}, err
	}
	defer reader.Close()
	return table.Query(ctx, reader.DB, `SELECT file, sha256, provider, feed, sheet, "row", line, column_name, value, severity, rule, message
		FROM fault WHERE ($1 = '' OR feed = $1) AND ($2 = '' OR provider = $2) AND ($3 = '' OR sha256 = $3)
		ORDER BY provider, feed, file, sha256, sheet, "row", column_name, rule`, feed, provider, sha)
}

// Traced is one part of a figure with the rows behind it.
type Traced struct {
	metrics.TracePart
	Value string // of the figure traced, or its marker
	// Of and Said are what is traced and its value as people read them: "R01 source POL
	// Police", £12.30.
	Of, Said string
	Rows     table.Table
}

// Trace lists the rows behind a figure, part by part; of a funding condition those
// that breach it, for the fund of the scope or, in the scope all, for every fund.
func Trace(ctx context.Context, ws *workspace.Workspace, place figure.Place) ([]Traced, error) {
	at, err := period.Parse(place.Period)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(ws.Metrics.Conditions, func(c metrics.Condition) bool { return c.Code == place.Code }) {
		return traceBreaches(ctx, ws, at, place)
	}
	v, err := OpenFigures(ctx, ws, at, place.Code)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return v.trace(ctx, place)
}

// traceBreaches is Trace of a condition.
func traceBreaches(ctx context.Context, ws *workspace.Workspace, at period.Period, place figure.Place) (out []Traced, err error) {
	scopes := slices.DeleteFunc(ws.Register.Scopes(), func(s string) bool { return !strings.HasPrefix(s, "fund:") })
	switch {
	case place.Dimension != "" || place.Category != "":
		return nil, figure.NotThere("condition %s is answered for a fund and has no breakdown; leave out --by and --category", place.Code)
	case slices.Contains(scopes, place.Scope):
		scopes = []string{place.Scope}
	case place.Scope != "all":
		return nil, figure.NotThere("condition %s is answered for funds, not for %q; there are %s",
			place.Code, place.Scope, strings.Join(scopes, ", "))
	}
	v, err := Open(ctx, ws, at)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.Close()) }()
	for _, place.Scope = range scopes {
		parts, err := v.traceCondition(ctx, place)
		if err != nil {
			return nil, err
		}
		out = append(out, parts...)
	}
	return out, nil
}

func (v *View) trace(ctx context.Context, place figure.Place) ([]Traced, error) {
	engine := metrics.Engine{Set: v.Workspace.Metrics, Conn: v.Conn, Schema: v.schema}
	parts, err := engine.Trace(ctx, place)
	if err != nil {
		return nil, err
	}
	var out []Traced
	for _, part := range parts {
		t := Traced{TracePart: part}
		if t.Value, err = v.value(ctx, part.Place); err != nil {
			return nil, err
		}
		if t.Rows, err = table.Query(ctx, v.Conn, part.SQL); err != nil {
			return nil, fmt.Errorf("cannot trace %s: %w", part.Code, err)
		}
		t.say(v.Workspace)
		out = append(out, t)
	}
	return out, nil
}

// value is a figure as text, or its marker in brackets.
func (v *View) value(ctx context.Context, c figure.Place) (string, error) {
	found, err := table.Query(ctx, v.Conn, `SELECT CASE marker WHEN '' THEN rtrim(rtrim(value::VARCHAR, '0'), '.') ELSE '[' || marker || ']' END AS value
		FROM `+v.schema+`.figure WHERE code = $1 AND scope = $2 AND period = $3 AND dimension = $4 AND category = $5`,
		c.Code, c.Scope, c.Period, c.Dimension, c.Category)
	if err != nil {
		return "", err
	}
	if len(found.Rows) == 0 {
		return "", figure.NotThere("there is no figure %s for %s in %s with %s %q", c.Code, c.Scope, c.Period, c.Dimension, c.Category)
	}
	return fmt.Sprint(found.Rows[0][0]), nil
}

// FaultyValues counts the values that broke a rule of their column, the most
// frequent first: what could not be translated, and what is no date or number.
func FaultyValues(ctx context.Context, ws *workspace.Workspace, feed, provider string) (table.Table, error) {
	reader, err := builds.Reader(ctx, ws)
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
