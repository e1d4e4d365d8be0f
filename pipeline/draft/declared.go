package draft

import (
	"errors"
	"fmt"
	"slices"

	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/narrative"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// declared is what the pack's text binds and what its questions say that they show.
func declared(ws *workspace.Workspace, pack narrative.Pack) ([]briefing.Shown, error) {
	out, err := briefing.Declared(ws.Queries, pack, func(code string) bool {
		_, ok := ws.Metrics.Metric(code)
		return ok
	})
	for _, s := range pack.Shows() {
		scope := "money"
		if ofService(ws, s.Code) {
			scope = "activity"
		}
		out = append(out, briefing.Shown{Code: s.Code, Dimension: s.Dimension, Category: s.Category, Scope: scope, Periods: []string{s.When}, At: s.At})
	}
	return out, errors.Join(err, checkDeclared(ws, out))
}

// scopes are those that a word of a declaration stands for.
func scopes(ws *workspace.Workspace, word string) []string {
	var out []string
	switch word {
	case "funds":
		for _, f := range ws.Register.Funds {
			out = append(out, "fund:"+f.Code)
		}
	case "services":
		for _, s := range ws.Register.Services {
			out = append(out, "service:"+s.Code)
		}
	default:
		out = append(out, ws.Returns[0].Scopes[word])
	}
	return out
}

// scopesOf are those of all that is declared, and those whose conditions are.
func scopesOf(ws *workspace.Workspace, declared []briefing.Shown) (all, conditions []string) {
	for _, d := range declared {
		all = append(all, scopes(ws, d.Scope)...)
		if d.Code == briefing.Conditions {
			conditions = append(conditions, scopes(ws, d.Scope)...)
		}
	}
	slices.Sort(conditions)
	return all, slices.Compact(conditions)
}

// asked lists the figures that are declared, for the periods they name, and what
// conditions tell at the end of the period; and the accounts of people's rows.
func asked(v *published.View, declared []briefing.Shown, figures map[figure.Place]returns.Value) []returns.Printed {
	ws, at := v.Workspace, v.Period
	periods := map[string]string{at.Label: "this", at.ToDate().Label: "to-date"}
	if before := quarterBefore(at); before != "" {
		periods[before] = "last-quarter"
	}
	may := map[figure.Place]bool{} // without category: all of them
	for _, d := range declared {
		for _, scope := range scopes(ws, d.Scope) {
			for label, word := range periods {
				if slices.Contains(d.Periods, word) {
					may[figure.Place{Code: d.Code, Scope: scope, Period: label, Dimension: d.Dimension, Category: d.Category}] = true
				}
			}
			for _, quarter := range at.Year.Quarters() {
				if quarter.End.After(at.End) {
					break
				}
				for word, of := range map[string]period.Period{"quarters": quarter, "quarters-to-date": quarter.ToDate()} {
					if slices.Contains(d.Periods, word) {
						may[figure.Place{Code: d.Code, Scope: scope, Period: of.Label, Dimension: d.Dimension, Category: d.Category}] = true
					}
				}
			}
		}
	}
	var out []returns.Printed
	for place := range figures {
		of := place
		of.Category = ""
		if answers(ws, place.Code) {
			of.Code = briefing.Conditions
		}
		feed, ok := ws.Contract(place.Code) // what is said of its deliveries
		if may[of] || may[place] || ok && feed.People {
			out = append(out, returns.Printed{Place: place, Field: "value"})
		}
	}
	slices.SortFunc(out, func(a, b returns.Printed) int { return guard.IDOf(a.Place).Compare(guard.IDOf(b.Place)) })
	return out
}

// ofService tells whether a metric has figures of a service.
func ofService(ws *workspace.Workspace, code string) bool {
	m, _ := ws.Metrics.Metric(code)
	return slices.Contains(m.Scopes, "service")
}

// quarterBefore is the quarter before a quarter; empty for longer periods.
func quarterBefore(at period.Period) string {
	switch {
	case at.Kind != period.Quarter:
		return ""
	case at.Quarter() == 1:
		return (at.Year - 1).Quarters()[3].Label
	}
	return at.Year.Quarters()[at.Quarter()-2].Label
}

// yearBefore is the same period of the year before.
func yearBefore(at period.Period) period.Period {
	i := slices.IndexFunc(at.Year.Periods(), func(p period.Period) bool { return p.Label == at.Label })
	return (at.Year - 1).Periods()[i]
}

// checkDeclared tells of codes and breakdowns that no metric has.
func checkDeclared(ws *workspace.Workspace, declared []briefing.Shown) error {
	var errs []error
	for _, d := range declared {
		m, ok := ws.Metrics.Metric(d.Code)
		switch {
		case d.Code == briefing.Conditions && d.Dimension == "":
		case !ok:
			errs = append(errs, fmt.Errorf("%s: shows %q, which is not a metric", d.At, d.Code))
		case d.Dimension != "" && !slices.ContainsFunc(m.By, func(b metrics.Breakdown) bool { return b.String() == d.Dimension }):
			errs = append(errs, fmt.Errorf("%s: shows %s by %q, which it is not broken down by", d.At, d.Code, d.Dimension))
		}
	}
	return errors.Join(errs...)
}

// answers tells whether a code is that of a condition that tells of people.
func answers(ws *workspace.Workspace, code string) bool {
	return slices.ContainsFunc(ws.Metrics.Conditions, func(c metrics.Condition) bool { return c.Code == code && c.Tells != "" })
}
