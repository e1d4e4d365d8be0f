package pipeline

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// Draft fills every configured return for a period and keeps it in the store.
func (p *Pipeline) Draft(ctx context.Context, at period.Period) ([]Output, error) {
	var out []Output
	for _, r := range p.Returns {
		o, err := p.DraftOne(ctx, r.Name, at, "")
		if err != nil {
			return out, err
		}
		out = append(out, o)
	}
	return out, nil
}

// DraftOne fills one return (empty: the first configured), to file or, where
// that is empty, into the store's drafts.
func (p *Pipeline) DraftOne(ctx context.Context, name string, at period.Period, file string) (Output, error) {
	r, err := p.configured(name)
	if err != nil {
		return Output{}, err
	}
	v, err := p.at(ctx, at)
	if err != nil {
		return Output{}, err
	}
	defer v.Close()
	workbook := func() ([]byte, error) { return p.workbook(ctx, v, r, at) }
	return p.write(v, at, Output{Title: r.Name, Path: file}, filepath.Base(p.draftPath(r, at)), workbook)
}

func (p *Pipeline) workbook(ctx context.Context, v *view, r Return, at period.Period) ([]byte, error) {
	request, err := p.request(ctx, v, r, at)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	content, result, err := returns.Draft(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("the return %s cannot be drafted: %w", r.Name, err)
	}
	for _, w := range result.Warnings {
		p.Log.Warn(w, "return", r.Name)
	}
	return content, nil
}

func (p *Pipeline) configured(name string) (Return, error) {
	for _, r := range p.Returns {
		if name == "" || r.Name == name {
			return r, nil
		}
	}
	if name == "" {
		return Return{}, errors.New("no return is configured; add one under `returns`")
	}
	return Return{}, fmt.Errorf("no return is called %q in the configuration", name)
}

func (p *Pipeline) template(r Return) (fs.FS, error) {
	return fs.Sub(p.Templates, path.Join("returns", r.Template))
}

// figures are the figures and conditions a return shows, read once.
type figures struct {
	values     map[returns.Place]returns.Value
	conditions map[[3]string]returns.Condition // code, scope, period
}

// Figure finds a figure by its place.
func (f figures) Figure(at returns.Place) (returns.Value, bool) {
	v, ok := f.values[at]
	return v, ok
}

// Condition finds the answer for a fund's scope at the end of a period.
func (f figures) Condition(code, scope, at string) (returns.Condition, bool) {
	c, ok := f.conditions[[3]string{code, scope, at}]
	return c, ok
}

// figures reads those of the period's financial year, in the scopes given (none: in all).
func (v *view) figures(ctx context.Context, at period.Period, scopes ...string) (figures, error) {
	f := figures{values: map[returns.Place]returns.Value{}, conditions: map[[3]string]returns.Condition{}}
	year := at.Year.String() + "%"
	err := v.values(ctx, year, scopes, func(place returns.Place, value returns.Value) { f.values[place] = value })
	if err != nil {
		return f, err
	}
	err = each(ctx, v.conn, `SELECT code, fund, period, status, evidence, coalesce(value::VARCHAR, ''), coalesce(limit_value::VARCHAR, ''), breaches::VARCHAR
		FROM condition WHERE period LIKE $1`, year, func(row []string) {
		f.conditions[[3]string{row[0], "fund:" + row[1], row[2]}] =
			returns.Condition{Status: row[3], Evidence: row[4], Value: row[5], Limit: row[6], Breaches: row[7]}
	})
	return f, err
}

// values hands every figure of the periods that are like a label, in the scopes given
// (none: in all), to do.
func (v *view) values(ctx context.Context, like string, scopes []string, do func(returns.Place, returns.Value)) error {
	asked, err := json.Marshal(scopes)
	if err != nil {
		return err
	}
	return eachOf(ctx, v.conn, `SELECT code, scope, period, dimension, category, coalesce(value::VARCHAR, ''), coalesce(n::VARCHAR, ''),
		coalesce(numerator::VARCHAR, ''), coalesce(denominator::VARCHAR, ''), marker FROM figure
		WHERE period LIKE $1 AND ($2 = 'null' OR scope IN (SELECT unnest($2::JSON::VARCHAR[])))`, []any{like, string(asked)}, func(row []string) {
		do(returns.Place{Code: row[0], Scope: row[1], Period: row[2], Dimension: row[3], Category: row[4]},
			returns.Value{Value: row[5], N: row[6], Numerator: row[7], Denominator: row[8], Marker: row[9]})
	})
}

// each hands every row of a query of texts to do.
func each(ctx context.Context, conn *sql.Conn, query, argument string, do func(row []string)) error {
	return eachOf(ctx, conn, query, []any{argument}, do)
}

func eachOf(ctx context.Context, conn *sql.Conn, query string, arguments []any, do func(row []string)) error {
	rows, err := conn.QueryContext(ctx, query, arguments...)
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
	for i := range values {
		into[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		row := make([]string, len(values))
		for i, v := range values {
			row[i] = v.String
		}
		do(row)
	}
	return rows.Err()
}
