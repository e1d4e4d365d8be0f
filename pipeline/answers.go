package pipeline

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"time"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
)

// Question asks for figures.
type Question struct {
	Period period.Period
	Codes  []string // none: every metric
	Scope  string   // empty: every scope
	By     string   // empty: every breakdown; total: none
}

// Figures answers a question, in order of code, scope, breakdown and category.
func (p *Pipeline) Figures(ctx context.Context, q Question) (table.Table, error) {
	if _, err := p.metrics.With(q.Codes); err != nil {
		return table.Table{}, err
	}
	if q.Scope != "" && !p.known(q.Scope) {
		return table.Table{}, fmt.Errorf("scope %q is not in the configuration; there are %s", q.Scope, strings.Join(p.Register.Scopes(), ", "))
	}
	v, err := p.at(ctx, q.Period, q.Codes...)
	if err != nil {
		return table.Table{}, err
	}
	defer v.Close()
	codes, err := json.Marshal(q.Codes)
	if err != nil {
		return table.Table{}, err
	}
	return table.Query(ctx, v.conn, `SELECT code, name, scope, period, dimension, category, value, numerator, denominator, n, unit, marker
		FROM `+v.schema+`.figure
		WHERE period = $1 AND ($2 = 'null' OR code IN (SELECT unnest($2::JSON::VARCHAR[])))
		  AND ($3 = '' OR scope = $3) AND ($4 = '' OR dimension = $4 OR $4 = 'total' AND dimension = '')
		ORDER BY code, scope, dimension, category`, q.Period.Label, string(codes), q.Scope, q.By)
}

func (p *Pipeline) known(scope string) bool {
	for _, s := range p.Register.Scopes() {
		if s == scope {
			return true
		}
	}
	return false
}

// ConditionRows are the funding conditions with their evidence, or the rows
// that breach them.
func (p *Pipeline) ConditionRows(ctx context.Context, at period.Period, fund string, breaches bool) (table.Table, error) {
	v, err := p.at(ctx, at)
	if err != nil {
		return table.Table{}, err
	}
	defer v.Close()
	if breaches {
		return table.Query(ctx, v.conn, `SELECT b.code, b.fund, b.period, b.effect, b.amount, d.file, d.sha256, d.sheet, b."row", b.key
			FROM `+v.schema+`.breach b LEFT JOIN delivery d ON d.delivery = b.delivery AND d.current
			WHERE b.period = $1 AND ($2 = '' OR b.fund = $2) ORDER BY b.code, b.fund, b.effect, d.file, b."row", b.key`, at.Label, fund)
	}
	return table.Query(ctx, v.conn, `SELECT code, title, fund, period, status, value, limit_value, evidence, basis, breaches
		FROM `+v.schema+`.condition WHERE period = $1 AND ($2 = '' OR fund = $2) ORDER BY fund, code`, at.Label, fund)
}

// Rejects lists every fault of the deliveries that count.
func (p *Pipeline) Rejects(ctx context.Context, feed, provider string) (table.Table, error) {
	return p.rejects(ctx, "", feed, provider)
}

func (p *Pipeline) rejects(ctx context.Context, sha, feed, provider string) (table.Table, error) {
	reader, err := p.reader(ctx)
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
	Rows  table.Table
}

// Trace lists the rows behind a figure, part by part.
func (p *Pipeline) Trace(ctx context.Context, cell metrics.Cell) ([]Traced, error) {
	v, err := p.at(ctx, cell.Period, cell.Code)
	if err != nil {
		return nil, err
	}
	defer v.Close()
	return p.trace(ctx, v, cell)
}

func (p *Pipeline) trace(ctx context.Context, v *view, cell metrics.Cell) ([]Traced, error) {
	engine := metrics.Engine{Set: p.metrics, Conn: v.conn, Schema: v.schema}
	parts, err := engine.Trace(ctx, cell)
	if err != nil {
		return nil, err
	}
	var out []Traced
	for _, part := range parts {
		t := Traced{TracePart: part}
		if t.Value, err = v.value(ctx, part.Cell); err != nil {
			return nil, err
		}
		if t.Rows, err = table.Query(ctx, v.conn, part.SQL); err != nil {
			return nil, fmt.Errorf("cannot trace %s: %w", part.Code, err)
		}
		out = append(out, t)
	}
	return out, nil
}

// value is a figure as text, or its marker in brackets.
func (v *view) value(ctx context.Context, c metrics.Cell) (string, error) {
	found, err := table.Query(ctx, v.conn, `SELECT CASE marker WHEN '' THEN rtrim(rtrim(value::VARCHAR, '0'), '.') ELSE '[' || marker || ']' END AS value
		FROM `+v.schema+`.figure WHERE code = $1 AND scope = $2 AND period = $3 AND dimension = $4 AND category = $5`,
		c.Code, c.Scope, c.Period.Label, c.Dimension, c.Category)
	if err != nil {
		return "", err
	}
	if len(found.Rows) == 0 {
		return "", fmt.Errorf("there is no figure %s for %s in %s with %s %q", c.Code, c.Scope, c.Period.Label, c.Dimension, c.Category)
	}
	return fmt.Sprint(found.Rows[0][0]), nil
}

// Adhoc is an analyst's question.
type Adhoc struct {
	SQL     string
	MaxRows int
	Timeout time.Duration
}

// Query answers it in the sandbox, with the run records as the table `run`.
func (p *Pipeline) Query(ctx context.Context, q Adhoc) (table.Table, bool, error) {
	runs, err := p.Runs(0)
	if err != nil {
		return table.Table{}, false, err
	}
	var rows [][]any
	for _, r := range runs {
		rows = append(rows, []any{r.Job, r.Period, r.Started.UTC(), fmt.Sprint(r.Seconds), r.Outcome, r.Message, r.Build, r.Files, r.Rows, r.Accepted, r.Rejected})
	}
	dir, err := p.published(ctx)
	if err != nil {
		return table.Table{}, false, err
	}
	answer, err := warehouse.Adhoc(ctx, dir, warehouse.Sandbox{Settings: p.Settings, Timeout: q.Timeout, MaxRows: q.MaxRows, Tables: []warehouse.Small{{
		Table: `run(job VARCHAR, period VARCHAR, started TIMESTAMP, seconds DOUBLE, outcome VARCHAR, message VARCHAR, build VARCHAR,
			files BIGINT, rows BIGINT, accepted BIGINT, rejected BIGINT)`, Rows: rows}}}, q.SQL)
	return table.Of(answer.Columns, answer.Rows), answer.More, err
}

// SavedQuery reads a saved question of queries/adhoc.
func (p *Pipeline) SavedQuery(name string) (string, error) {
	text, err := fs.ReadFile(p.Queries, path.Join("adhoc", name+".sql"))
	if err != nil {
		return "", fmt.Errorf("no saved question is called %q; there are %s", name, p.SavedQueries())
	}
	return string(text), nil
}

// SavedQueries names the saved questions.
func (p *Pipeline) SavedQueries() string {
	files, err := fs.Glob(p.Queries, "adhoc/*.sql")
	if err != nil {
		return ""
	}
	sort.Strings(files)
	for i, f := range files {
		files[i] = strings.TrimSuffix(path.Base(f), ".sql")
	}
	return strings.Join(files, ", ")
}
