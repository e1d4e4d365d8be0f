package published

import (
	"context"
	"fmt"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/warehouse"
)

// Told puts the counts that the answers of conditions give away beside the
// figures, under the condition's code: "31 of 36 completions" says as much as
// the share TR05 does. They go up to the end of each period of the financial year.
func (v *View) Told(ctx context.Context, f Figures) error {
	for _, c := range v.Workspace.Metrics.Conditions {
		m, ok := v.Workspace.Metrics.Metric(c.Tells)
		if !ok {
			continue
		}
		type count struct{ Scope, Period, Said, Asked string }
		counted, err := warehouse.Select[count](ctx, v.Conn, fmt.Sprintf(`SELECT 'fund:' || fund_code AS scope, period,
				(count(*) FILTER (said))::VARCHAR AS said, count(said)::VARCHAR AS asked
			FROM (SELECT *, %s AS said FROM (%s)) JOIN period ON %s <= period_end GROUP BY ALL ORDER BY ALL`, m.Count.Expr, m.SQL, m.When.Start))
		if err != nil {
			return fmt.Errorf("cannot count what condition %s tells: %w", c.Code, err)
		}
		counts := map[[2]string]returns.Value{}
		for _, c := range counted {
			counts[[2]string{c.Scope, c.Period}] = returns.Value{Numerator: c.Said, Denominator: c.Asked, N: c.Asked}
		}
		for key, answer := range f.Conditions {
			if key[0] != c.Code {
				continue
			}
			value, ok := counts[[2]string{key[1], key[2]}]
			switch {
			case !ok || value.N == "0":
				value = returns.Value{Marker: "z", Numerator: "0", Denominator: "0", N: "0"}
			case answer.Value == "":
				continue // it has no target, and says nothing
			default:
				value.Value = answer.Value
			}
			f.Values[figure.Place{Code: c.Code, Scope: key[1], Period: key[2]}] = value
		}
	}
	return nil
}
