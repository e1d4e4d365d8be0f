package guard

import (
	"context"
	"errors"
	"maps"
	"slices"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/returns"
)

// union is a scope that others make up: who knows its figures and those of all
// but one of its parts knows that one's.
type union struct {
	whole string
	parts []string
}

// unions are those of the register: a provider and a fund of their services, the
// area of its services, of its providers and of its funds.
func unions(r register.Register) []union {
	var services, providers, funds []string
	of := map[string][]string{}
	for _, s := range r.Services {
		scope := "service:" + s.Code
		services = append(services, scope)
		of["provider:"+s.Provider] = append(of["provider:"+s.Provider], scope)
		of["fund:"+s.Fund] = append(of["fund:"+s.Fund], scope)
	}
	for _, p := range r.Providers {
		providers = append(providers, "provider:"+p.Code)
	}
	for _, f := range r.Funds {
		funds = append(funds, "fund:"+f.Code)
	}
	out := []union{{"all", services}, {"all", providers}, {"all", funds}}
	for _, whole := range slices.Concat(providers, funds) {
		out = append(out, union{whole, of[whole]})
	}
	return slices.DeleteFunc(out, func(u union) bool { return len(u.parts) == 0 })
}

// reach adds to scopes those whose figures can be had from theirs, or that stand
// between them: the parts of a whole of which something else is known.
func reach(all []union, scopes map[string]bool) {
	for again := true; again; {
		again = false
		for _, u := range all {
			if !scopes[u.whole] {
				continue
			}
			known := slices.ContainsFunc(u.parts, func(part string) bool { return scopes[part] })
			for _, part := range u.parts {
				if known && !scopes[part] {
					scopes[part], again = true, true
				}
			}
		}
	}
}

// scopesShown are those of all that the office puts out, those that an output shows
// besides, those that anything released in the financial year showed, and those whose
// figures could be had from theirs.
func scopesShown(v *published.View, besides []string) ([]string, error) {
	scopes := map[string]bool{}
	for _, scope := range besides {
		scopes[scope] = true
	}
	for _, r := range v.Workspace.Returns {
		for _, scope := range r.Scopes {
			scopes[scope] = true
		}
	}
	for _, s := range v.Given.Sealed(v.Period.Year) {
		for _, scope := range s.About.Settings.Scopes {
			scopes[scope] = true
		}
	}
	for _, b := range v.Given.Briefings(v.Period.Year) {
		list, err := archive.ReadReleased(b.File)
		if err != nil {
			return nil, err
		}
		for _, f := range list {
			if f.IsPrinted() {
				scopes[f.Place.Scope] = true
			}
		}
	}
	reach(unions(v.Workspace.Register), scopes)
	return slices.Sorted(maps.Keys(scopes)), nil
}

// FiguresShown are the figures of the scopes shown, with those that an output shows
// besides the configured returns' own, with what conditions tell and
// what the year began with.
func FiguresShown(ctx context.Context, v *published.View, besides ...string) (published.Figures, error) {
	scopes, err := scopesShown(v, besides)
	if err != nil {
		return published.Figures{}, err
	}
	f, err := v.Figures(ctx, scopes...)
	if err != nil {
		return published.Figures{}, err
	}
	if err := errors.Join(v.Told(ctx, f), v.Accounts(ctx, f)); err != nil {
		return f, err
	}
	for _, r := range v.Workspace.Returns {
		form, err := v.Form(r)
		if err == nil {
			err = form.AddOthers(r.Scopes, v.Period, f.Values)
		}
		if err != nil {
			return f, err
		}
	}
	return f, carried(ctx, v, f, scopes)
}

// carried puts what the year before ended with beside the figures, where anything
// was released of it.
func carried(ctx context.Context, v *published.View, f published.Figures, scopes []string) error {
	before := v.Period.Year - 1
	if len(v.Given.In(before)) == 0 {
		return nil
	}
	return v.Values(ctx, last(before).Label, scopes, func(place figure.Place, value returns.Value) {
		if m, ok := v.Workspace.Metrics.Metric(place.Code); ok && carries(m) {
			f.Values[place] = value
		}
	})
}

// acrossScopes: a scope is what its parts are together. A person may be in
// several of them, and has one category in each.
func (r *related) acrossScopes(m metrics.Metric) {
	for _, u := range r.unions {
		if !slices.Contains(r.scopes, u.whole) {
			continue
		}
		for _, p := range r.periods {
			for _, category := range r.all(m) {
				total := figure.Place{Code: m.Code, Scope: u.whole, Period: p, Dimension: category[0], Category: category[1]}
				var places []figure.Place
				for _, scope := range u.parts {
					at := total
					at.Scope = scope
					places = append(places, at)
				}
				r.together(m, total, places)
			}
		}
	}
}

// together says how a total is made of places between which people may be shared.
func (r *related) together(m metrics.Metric, total figure.Place, places []figure.Place) {
	there := r.there[total] && len(places) > 0 && !slices.ContainsFunc(places, func(at figure.Place) bool { return !r.there[at] })
	switch {
	case !there:
	case m.Count.Kind != "distinct" || len(places) == 1:
		for _, part := range parts(m) {
			r.sum(total, places, part)
		}
	default:
		var ids []disclosure.ID
		for _, at := range places {
			ids = append(ids, IDOf(at))
		}
		if total.Dimension == "" {
			r.add(disclosure.Once(IDOf(total), ids...)...)
		} else {
			// Whoever is in a category by their latest row, or by their highest, is in it
			// where that row is; where it is not, they may be in another.
			r.add(disclosure.Within(IDOf(total), ids...))
		}
	}
}
