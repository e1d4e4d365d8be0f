package typed

import (
	"context"
	"fmt"
	"slices"

	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// Expected lists what providers should have sent for a period, and whether it
// has come by today.
func Expected(ws *workspace.Workspace, at period.Period, sources []Staged) []landing.Expectation {
	return landing.Expect(ws.Register.Providers, deliveriesOf(sources), at, ws.Calendar, ws.Today())
}

// Expectations are the columns of the table of what was expected and whether it came.
const Expectations = "expectation(period VARCHAR, provider VARCHAR, feed VARCHAR, part VARCHAR, covered BOOLEAN, came VARCHAR, detail VARCHAR)"

// ExpectationRows are the rows of the table of expectations for a period.
func ExpectationRows(ws *workspace.Workspace, at period.Period, sources []Staged) [][]any {
	var rows [][]any
	for _, e := range expect(ws, at, sources) {
		covered := e.Status == landing.Received
		detail := "received as " + e.File
		switch {
		case e.Status == landing.Rejected:
			detail = "none of the rows of " + e.File + " was accepted"
		case !covered:
			detail = fmt.Sprintf("nothing received covers %s; it was due by %s", e.Period, e.Due.Format("2 January 2006"))
		}
		var came any // the file, whether or not anything of it counts
		if e.File != "" {
			came = e.File
		}
		rows = append(rows, []any{at.Label, e.Provider, e.Feed, e.Period, covered, came, detail})
	}
	return rows
}

func expect(ws *workspace.Workspace, at period.Period, sources []Staged) []landing.Expectation {
	return landing.Expect(ws.Register.Providers, deliveriesOf(sources), at, ws.Calendar, at.End)
}

// Missing lists the scopes whose figures of a feed are not available in a
// period, since a delivery that was expected does not cover it.
func Missing(ws *workspace.Workspace, periods []period.Period, sources []Staged) []metrics.Missing {
	seen := map[metrics.Missing]bool{}
	var out []metrics.Missing
	for _, at := range periods {
		for _, e := range expect(ws, at, sources) {
			if e.Status == landing.Received {
				continue
			}
			for _, scope := range scopesOf(ws, e.Provider, e.Feed) {
				m := metrics.Missing{Scope: scope, Period: at.Label, Feed: e.Feed}
				if !seen[m] {
					seen[m] = true
					out = append(out, m)
				}
			}
		}
	}
	return out
}

// scopesOf lists the scopes that a provider's feed feeds: the whole, the
// provider, its services and their funds. A feed whose rows name their own
// fund (training, spend) may touch every fund.
func scopesOf(ws *workspace.Workspace, provider, feed string) []string {
	scopes := []string{"all", "provider:" + provider}
	for _, s := range ws.Register.Services {
		if s.Provider == provider {
			scopes = append(scopes, "service:"+s.Code)
		}
	}
	ownFund := false
	if c, ok := ws.Contract(feed); ok {
		column, found := c.Column("fund_code")
		ownFund = found && column.Constraints.Required
	}
	for _, f := range ws.Register.Funds {
		serves := func(s register.Service) bool { return s.Provider == provider && s.Fund == f.Code }
		if ownFund || slices.ContainsFunc(ws.Register.Services, serves) {
			scopes = append(scopes, "fund:"+f.Code)
		}
	}
	return scopes
}

// LatestPeriod is the quarter that the newest data are for: the last one that
// had ended when the newest current delivery was received, within its year.
func LatestPeriod(ctx context.Context, ws *workspace.Workspace) (period.Period, error) {
	sources, err := Stage(ctx, ws)
	if err != nil {
		return period.Period{}, err
	}
	now := ws.Now().In(ws.Location)
	last := ""
	for _, s := range sources {
		if s.Current && s.Year > last {
			last = s.Year
		}
	}
	year := period.YearOf(now)
	if last != "" {
		if year, err = period.ParseYear(last); err != nil {
			return period.Period{}, err
		}
	}
	quarters := year.Quarters()
	at := quarters[0]
	for _, q := range quarters {
		if q.End.Before(now) {
			at = q
		}
	}
	return at, nil
}
