package guard

import (
	"cmp"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// account is what a return says of how a feed of people is filled.
type account struct {
	feed  contract.Contract
	scope string
}

// addAccounts makes metrics of what is said of rows of people, so that they are
// guarded as any others: how a column is filled, and how many rows were accepted.
func (g *Guard) addAccounts(ws *workspace.Workspace) {
	add := func(code, protect, by string) {
		m := metrics.Metric{Code: code, Protect: protect, Count: metrics.Count{Kind: metrics.Rows}}
		if by != "" {
			m.By = []metrics.Breakdown{{by}}
		}
		if g.protects(m) {
			g.Metrics[code] = m
		}
	}
	for _, c := range ws.Contracts {
		if !c.People {
			continue
		}
		protect := cmp.Or(c.Protect, "victims")
		add(c.Feed, protect, returns.Standing)
		for _, column := range c.Columns {
			add(c.Feed+"."+column.Name, protect, returns.Filled)
		}
		for _, r := range ws.Returns {
			g.accounts = append(g.accounts, account{c, "return:" + r.Name})
		}
	}
	add(returns.Duplicates, "victims", "")
}

// accounted: all columns of a feed are of the same rows. They are not held against the
// figures of people: where a year's rows are there from its first quarter, what that one
// says of them would have to guard quarters to come, and an ordinary year was refused.
func (r *related) accounted() {
	for _, a := range r.accounts {
		var first *figure.Place
		for _, column := range a.feed.Columns {
			at := figure.Place{Code: a.feed.Feed + "." + column.Name, Scope: a.scope}
			switch {
			case !r.there[at]:
			case first == nil:
				first = &at
			default:
				r.add(disclosure.Equal(IDOf(*first), IDOf(at)))
			}
		}
	}
}
