package guard

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// protected is what may be shown of an output.
type protected struct {
	Hidden   map[returns.Printed]bool
	releases []string // those to its audience that it had to keep to, by name
}

// instead says what can be done where an output to an audience would give a count away.
func instead(audience string) string {
	switch audience {
	case disclosure.Ministry:
		return "where the ministry has agreed to see small counts, switch it off with the reason under `disclosure: ministry` in mojreturns.yaml; else `withdraw` the correction that moved the figure until the next return"
	case disclosure.Briefing:
		return "show the pack inside the office, without --release"
	}
	return "release it to readers of the briefing only, or wait until the figure has moved again"
}

// inWords says what the figures that a refusal names are.
func inWords(ws *workspace.Workspace, refused error) string {
	var unprotected *disclosure.Unprotected
	if !errors.As(refused, &unprotected) {
		return ""
	}
	var out strings.Builder
	for _, e := range unprotected.Counts {
		m, known := ws.Metrics.Metric(e.ID.Code)
		at, err := period.Parse(e.ID.Period)
		if !known || err != nil {
			continue // its code is its name
		}
		fmt.Fprintf(&out, "%s is: %s, %s, %s", e.ID, m.Title, ws.ScopeName(e.ID.Scope), at.Human())
		if e.ID.Dimension != "" {
			fmt.Fprintf(&out, ", %s %s", strings.ReplaceAll(e.ID.Dimension, "_", " "), published.Labelled(ws, e.ID.Dimension, e.ID.Code, e.ID.Category))
		}
		out.WriteString("; ")
	}
	return out.String()
}

// Protect decides which of the figures an output prints may be shown to its
// audience, with what was released to it before. It refuses where an earlier
// release gives a count away whatever is hidden now.
func Protect(v *published.View, audience string, printed []returns.Printed, figures map[figure.Place]returns.Value) (protected, error) {
	out := protected{Hidden: map[returns.Printed]bool{}}
	g, err := For(v.Workspace, audience)
	if err != nil {
		return out, err
	}
	var cells []disclosure.Cell
	where := map[disclosure.ID][]returns.Printed{}
	seen := newSeen()
	for _, f := range printed {
		tells, err := g.cells(f, figures)
		if err != nil {
			return out, err
		}
		for _, c := range tells {
			if where[c.ID] == nil {
				cells = append(cells, c)
			}
			where[c.ID] = append(where[c.ID], f)
		}
		if len(tells) > 0 {
			seen.add(IDOf(f.Place))
		}
	}
	g.besides(cells, where, figures)
	later, err := g.later(v.Period, printed, figures)
	if err != nil {
		return out, err
	}
	for _, c := range later {
		if where[c.ID] == nil {
			cells = append(cells, c)
			where[c.ID] = []returns.Printed{}
			seen.add(c.ID)
		}
	}
	earlier, err := Releases(v, audience, g)
	if err != nil {
		return out, err
	}
	for _, r := range earlier {
		out.releases = append(out.releases, r.Name)
		for _, d := range r.Cells {
			if !d.Cell.Private {
				seen.add(d.Cell.ID)
			}
		}
	}
	g.addBetween(seen)
	known := maps.Clone(seen.scopes)
	reach(g.unions, seen.scopes)
	unseen, err := g.unseen(figures, seen, known, where)
	if err != nil {
		return out, err
	}
	cells = append(cells, unseen...)
	relations := append(g.relations(figures, seen), percentages(cells, earlier)...)
	decisions, err := disclosure.Protect(policy(v.Workspace.Disclosure, audience), cells, g.holding(relations, figures), earlier)
	if errors.Is(err, disclosure.ErrCannotProtect) {
		return out, fmt.Errorf("%w: %w; %s%s", workspace.ErrRefused, err, inWords(v.Workspace, err), instead(audience))
	}
	if err != nil {
		return out, fmt.Errorf("cannot decide which figures may be shown: %w", err)
	}
	for _, d := range decisions {
		if d.Hidden {
			for _, f := range where[d.Cell.ID] {
				out.Hidden[f] = true
			}
		}
	}
	if !policy(v.Workspace.Disclosure, audience).Off {
		g.hideOrder(printed, figures, out.Hidden)
	}
	return out, nil
}

// later are the figures that outputs of the year to come will print where this one prints
// the same of its quarter, or of the year to date, and rows for them were delivered: what
// they will have to hide is guarded from now on, so that none need be refused for what this
// one showed.
func (g Guard) later(at period.Period, printed []returns.Printed, figures map[figure.Place]returns.Value) ([]disclosure.Cell, error) {
	var out []disclosure.Cell
	if at.Kind != period.Quarter {
		return nil, nil
	}
	for _, f := range printed {
		for _, q := range at.Year.Quarters()[at.Quarter():] {
			then := f
			switch f.Place.Period {
			case at.Label:
				then.Place.Period = q.Label
			case at.ToDate().Label:
				then.Place.Period = q.ToDate().Label
			default:
				continue
			}
			tells, err := g.cells(then, figures)
			if err != nil {
				return nil, err
			}
			out = append(out, tells...)
		}
	}
	return out, nil
}

// unseen are the figures that belong with those seen and are not printed, in no
// order; those of scopes that nothing was known of are guarded as if they were.
func (g Guard) unseen(figures map[figure.Place]returns.Value, seen seen, known map[string]bool, where map[disclosure.ID][]returns.Printed) ([]disclosure.Cell, error) {
	var cells []disclosure.Cell
	for at := range figures {
		if _, guarded := g.Metrics[at.Code]; !guarded || !seen.has(at) || where[IDOf(at)] != nil {
			continue
		}
		tells, err := g.cells(returns.Printed{Place: at, Field: "value"}, figures)
		if err != nil {
			return nil, err
		}
		for _, c := range tells {
			if where[c.ID] == nil {
				c.Private, c.Guarded = true, !known[at.Scope]
				cells = append(cells, c)
			}
		}
	}
	return cells, nil
}

// unavailable tells whether a relation speaks of a figure that is not available.
func unavailable(r disclosure.Relation, figures map[figure.Place]returns.Value) bool {
	return slices.ContainsFunc(r, func(t disclosure.Term) bool {
		id := t.ID
		return figures[figure.Place{Code: id.Code, Scope: id.Scope, Period: id.Period, Dimension: id.Dimension, Category: id.Category}].Marker == "x"
	})
}

// holding leaves out the relations that figures contradict: rows that break a
// rule, such as a case closed before it began, can make one untrue, and what is
// untrue helps nobody. Of a figure that is not available nobody knows a number, so
// what it is bound to is no help either.
func (g Guard) holding(relations []disclosure.Relation, figures map[figure.Place]returns.Value) []disclosure.Relation {
	value := func(id disclosure.ID) (int64, bool) {
		v, ok := figures[figure.Place{Code: id.Code, Scope: id.Scope, Period: id.Period, Dimension: id.Dimension, Category: id.Category}]
		switch {
		case !ok:
			return 0, false
		case v.Marker == "z" && v.N == "0":
			return 0, true
		case id.Part == "":
			return typed.Whole(v.Part("value"))
		}
		return typed.Whole(v.Part(id.Part))
	}
	return slices.DeleteFunc(relations, func(r disclosure.Relation) bool {
		if unavailable(r, figures) {
			return true
		}
		var sum int64
		unknown := 0
		for _, t := range r {
			v, ok := value(t.ID)
			if !ok {
				unknown++
			}
			sum += t.Times * v
		}
		last := r[len(r)-1]
		_, known := value(last.ID)
		room := unknown == 1 && !known // the term that takes up what is left must not be negative
		return unknown == 0 && sum != 0 || room && sum*last.Times > 0
	})
}
