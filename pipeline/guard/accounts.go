package guard

import (
	"cmp"
	"maps"
	"slices"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/workspace"
)

// account is what a return and a briefing say of the rows of a feed of people.
type account struct {
	feed    contract.Contract
	protect string
	scope   string   // of the return's account
	scopes  []string // that the return shows
	senders []string // whose rows the return's account is of, as scopes
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
		a := account{feed: c, protect: cmp.Or(c.Protect, "victims")}
		add(c.Feed, a.protect, returns.Standing)
		for _, column := range c.Columns {
			add(c.Feed+"."+column.Name, a.protect, returns.Filled)
		}
		for _, r := range ws.Returns {
			a.scope, a.senders = "return:"+r.Name, nil
			a.scopes = slices.Sorted(maps.Values(r.Scopes))
			for _, p := range ws.Register.Providers {
				if ws.ReportsOn(r, p.Code) && workspace.HasFeed(p, c.Feed) {
					a.senders = append(a.senders, "provider:"+p.Code)
				}
			}
			g.accounts = append(g.accounts, a)
		}
	}
	add(returns.Duplicates, "victims", "")
}

// accounted: all columns of a feed are of the same rows, which are no more than were
// delivered; what makes a row rejected is in a row that was; and whoever is counted has
// a row, which says what they are counted by.
func (r *related) accounted() {
	for _, a := range r.accounts {
		var rows []figure.Place
		for _, column := range a.feed.Columns {
			at := a.place(column, "")
			if !r.there[at] {
				continue
			}
			rows = append(rows, at)
			if column.OnError == "reject" {
				r.atMostSent(a, a.place(column, "faulty"), "rejected")
			}
		}
		if len(rows) == 0 {
			continue
		}
		for _, at := range rows[1:] {
			r.add(disclosure.Equal(IDOf(rows[0]), IDOf(at)))
		}
		r.atMostSent(a, rows[0], "")
		for _, code := range slices.Sorted(maps.Keys(r.Metrics)) {
			if m := r.Metrics[code]; m.Protect == a.protect && m.SQL != "" && (m.Count.Kind == metrics.Rows || m.Count.Kind == metrics.Distinct) {
				r.haveRows(a, m)
			}
		}
	}
}

// place is where the account of a column stands; without a category, of its rows.
func (a account) place(column contract.Column, category string) figure.Place {
	at := figure.Place{Code: a.feed.Feed + "." + column.Name, Scope: a.scope}
	if category != "" {
		at.Dimension, at.Category = returns.Filled, category
	}
	return at
}

// atMostSent: a return's count of rows is no more than its senders' of a standing (none:
// of all rows).
func (r *related) atMostSent(a account, at figure.Place, standing string) {
	var sent []disclosure.ID
	for _, sender := range a.senders {
		of := figure.Place{Code: a.feed.Feed, Scope: sender, Category: standing}
		if standing != "" {
			of.Dimension = returns.Standing
		}
		if r.there[of] {
			sent = append(sent, IDOf(of))
		}
	}
	if r.there[at] && len(sent) > 0 {
		r.within([]disclosure.ID{IDOf(at)}, sent)
	}
}

// within says that counts are together no more than others. Rows that break a rule can
// make it untrue: what is left over comes last, as holding asks.
func (r *related) within(few, many []disclosure.ID) {
	var out disclosure.Relation
	for _, id := range few {
		out = append(out, disclosure.Term{ID: id, Times: 1})
	}
	for _, id := range many {
		out = append(out, disclosure.Term{ID: id, Times: -1})
	}
	room := few[0]
	room.Code = "room of " + room.Code + " in " + many[0].String()
	r.add(append(out, disclosure.Term{ID: room, Times: 1}))
}

// haveRows: those whom a metric counts in a category have a row with its code; in that of
// blanks, one that is blank, not known or faulty; and by a date, one with a date.
func (r *related) haveRows(a account, m metrics.Metric) {
	for _, column := range a.feed.Columns {
		complete := a.place(column, returns.Complete)
		if !r.there[complete] {
			continue
		}
		dimensions := r.coded(m, a.feed, column)
		for _, scope := range a.scopes {
			for _, p := range r.periods {
				total := figure.Place{Code: m.Code, Scope: scope, Period: p}
				if r.there[total] && m.When.Start == column.Name {
					r.within([]disclosure.ID{IDOf(total)}, []disclosure.ID{IDOf(complete)})
				}
				for _, dimension := range dimensions {
					r.saysSo(a, column, r.each(m.Code, dimension, total, func(string) bool { return true }))
				}
			}
		}
	}
}

// coded are a metric's breakdowns by the codes of a column: those of its list, where no
// other column of the feed has the same.
func (r *related) coded(m metrics.Metric, feed contract.Contract, column contract.Column) []string {
	list := cmp.Or(column.Band, column.List)
	alike := slices.DeleteFunc(slices.Clone(feed.Columns), func(c contract.Column) bool { return cmp.Or(c.Band, c.List) != list })
	var out []string
	for _, b := range m.By {
		if list != "" && len(alike) == 1 && len(b) == 1 && r.set.Coded(b.String(), m.Code) == list {
			out = append(out, b.String())
		}
	}
	return out
}

// saysSo relates the categories of a breakdown to the account of their column.
func (r *related) saysSo(a account, column contract.Column, categories []figure.Place) {
	var known, unknown, unsaid []disclosure.ID
	for _, at := range categories {
		if slices.Contains(contract.NotKnown, at.Category) || at.Category == "(blank)" {
			unknown = append(unknown, IDOf(at))
		} else {
			known = append(known, IDOf(at))
		}
	}
	for _, category := range []string{"blank", "not known", "faulty"} {
		if at := a.place(column, category); r.there[at] {
			unsaid = append(unsaid, IDOf(at))
		}
	}
	if len(known) > 0 {
		r.within(known, []disclosure.ID{IDOf(a.place(column, returns.Complete))})
	}
	if len(unknown) > 0 && len(unsaid) > 0 {
		r.within(unknown, unsaid)
	}
}
