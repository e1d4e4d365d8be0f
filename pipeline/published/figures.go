package published

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Figures are the figures and conditions a return shows, read once.
type Figures struct {
	Values     map[figure.Place]returns.Value
	Conditions map[[3]string]returns.Condition // code, scope, period
}

// Figure finds a figure by its place.
func (f Figures) Figure(at figure.Place) (returns.Value, bool) {
	v, ok := f.Values[at]
	return v, ok
}

// Condition finds the answer for a fund's scope at the end of a period.
func (f Figures) Condition(code, scope, at string) (returns.Condition, bool) {
	c, ok := f.Conditions[[3]string{code, scope, at}]
	return c, ok
}

// Figures reads those of the period's financial year, in the scopes given (none: in all).
func (v *View) Figures(ctx context.Context, scopes ...string) (Figures, error) {
	f := Figures{Values: map[figure.Place]returns.Value{}, Conditions: map[[3]string]returns.Condition{}}
	year := v.Period.Year.String() + "%"
	err := v.Values(ctx, year, scopes, func(place figure.Place, value returns.Value) { f.Values[place] = value })
	if err != nil {
		return f, err
	}
	type answer struct{ Code, Fund, Period, Status, Evidence, Value, Limit, Breaches string }
	answers, err := warehouse.Select[answer](ctx, v.Conn, `SELECT code, fund, period, status, evidence, value::VARCHAR AS value,
			limit_value::VARCHAR AS "limit", breaches::VARCHAR AS breaches
		FROM condition WHERE period LIKE ?`, year)
	for _, a := range answers {
		f.Conditions[[3]string{a.Code, "fund:" + a.Fund, a.Period}] =
			returns.Condition{Status: a.Status, Evidence: a.Evidence, Value: a.Value, Limit: a.Limit, Breaches: a.Breaches}
	}
	return f, err
}

// Values hands every figure of the periods that are like a label, in the scopes given
// (none: in all), to do.
func (v *View) Values(ctx context.Context, like string, scopes []string, do func(figure.Place, returns.Value)) error {
	asked, err := json.Marshal(scopes)
	if err != nil {
		return err
	}
	type row struct{ Code, Scope, Period, Dimension, Category, Value, N, Numerator, Denominator, Marker string }
	return warehouse.Each(ctx, v.Conn, func(f row) {
		do(figure.Place{Code: f.Code, Scope: f.Scope, Period: f.Period, Dimension: f.Dimension, Category: f.Category},
			returns.Value{Value: f.Value, N: f.N, Numerator: f.Numerator, Denominator: f.Denominator, Marker: f.Marker})
	}, `SELECT code, scope, period, dimension, category, value::VARCHAR AS value, n::VARCHAR AS n,
			numerator::VARCHAR AS numerator, denominator::VARCHAR AS denominator, marker
		FROM figure WHERE period LIKE $1 AND ($2 IN ('null', '[]') OR scope IN (SELECT unnest($2::JSON::VARCHAR[])))`, like, string(asked))
}

// Frozen is when the newest delivery that counts was received: the figures
// rest on nothing later.
func (v *View) Frozen(ctx context.Context) (time.Time, error) {
	var at *time.Time
	if err := v.Conn.QueryRowContext(ctx, "SELECT max(received) FROM delivery WHERE current").Scan(&at); err != nil {
		return time.Time{}, err
	}
	if at == nil {
		return time.Time{}, fmt.Errorf("nothing has been delivered yet, so there is nothing to report: put the providers' files in the inbox and run again")
	}
	return *at, nil
}

// HasYear refuses a period of a financial year for which nothing was delivered.
func (v *View) HasYear(ctx context.Context) error {
	at := v.Period
	type file struct{ File string }
	found, err := warehouse.Select[file](ctx, v.Conn, "SELECT file FROM warehouse.main.delivery WHERE current AND financial_year = ? LIMIT 1", at.Year.String())
	if err == nil && len(found) == 0 {
		err = fmt.Errorf("nothing has been delivered for the financial year %s, so there is nothing to report for %s", at.Year, at.Label)
	}
	return err
}

// FiguresText is every figure and condition of the period's year as CSV. C14 is
// left out, since signing changes it.
func (v *View) FiguresText(ctx context.Context) ([]byte, error) {
	return figuresText(ctx, v.Conn, v.Period.Year.String()+"%")
}

// figuresText is that of the periods that are like a label.
func figuresText(ctx context.Context, from warehouse.Queryer, like string) ([]byte, error) {
	found, err := table.Query(ctx, from, `SELECT code, scope, period, dimension, category, value, numerator, denominator, n, marker, '' AS status, '' AS evidence
		FROM warehouse.main.figure WHERE period LIKE $1
		UNION ALL
		SELECT code, 'fund:' || fund, period, '', '', value, NULL, limit_value, breaches, '', status, evidence FROM warehouse.main.condition WHERE period LIKE $1 AND code <> 'C14'
		ORDER BY ALL`, like)
	if err != nil {
		return nil, err
	}
	var text strings.Builder
	err = found.Write(&text, "csv")
	return []byte(text.String()), err
}

// Digest is the SHA-256 of every figure and condition that is published.
func Digest(ctx context.Context, ws *workspace.Workspace) (string, error) {
	reader, err := builds.Reader(ctx, ws)
	if err != nil {
		return "", err
	}
	text, err := figuresText(ctx, reader.DB, "%")
	return fmt.Sprintf("%x", sha256.Sum256(text)), errors.Join(err, reader.Close())
}
