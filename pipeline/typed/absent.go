package typed

import (
	"context"
	"slices"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Judged says of each delivery whether anything of it was accepted: one of which
// every row was rejected has come, and tells of nothing.
func Judged(ctx context.Context, ws *workspace.Workspace, from warehouse.Queryer, sources []Staged) ([]Staged, error) {
	type delivery struct{ SHA256, Feed, Sheet string }
	found, err := warehouse.Select[delivery](ctx, from, `SELECT sha256, feed, sheet FROM main.delivery
		WHERE current AND rows > 0 AND accepted = 0`)
	if err != nil {
		return nil, err
	}
	out := slices.Clone(sources)
	for i, s := range out {
		out[i].Hollow = slices.Contains(found, delivery{s.SHA256, s.Feed, s.SheetTold(ws)})
	}
	return out, nil
}

// Absent lists what figures have nothing to rest on: those of a fund or service that
// had not begun by the end of a period, and those that read a feed of which no delivery
// of those who owe it tells of the period.
func Absent(ws *workspace.Workspace, periods []period.Period, sources []Staged) []metrics.Absent {
	deliveries := deliveriesOf(sources)
	var out []metrics.Absent
	for _, s := range scopes(ws) {
		for _, at := range periods {
			if s.begins.After(at.End) {
				out = append(out, metrics.Absent{Scope: s.name, Period: at.Label, Marker: "z"})
				continue
			}
			for _, c := range ws.Contracts {
				tells := func(provider string) bool { return landing.Tells(deliveries, provider, c.Feed, at) }
				if owe := s.owe(ws, c.Feed); owe != nil && !slices.ContainsFunc(owe, tells) {
					out = append(out, metrics.Absent{Scope: s.name, Period: at.Label, Feed: c.Feed, Marker: "x"})
				}
			}
		}
	}
	return out
}

// scope is what figures can be asked of, and the first day it can have any.
type scope struct {
	name     string
	begins   time.Time // zero: it has no beginning
	services []string  // the providers of its services
	provider string    // of a provider's scope
}

func scopes(ws *workspace.Workspace) []scope {
	serving := func(does func(register.Service) bool) []string {
		var out []string
		for _, s := range ws.Register.Services {
			if does(s) {
				out = append(out, s.Provider)
			}
		}
		return out
	}
	out := []scope{{name: "all", services: serving(func(register.Service) bool { return true })}}
	for _, f := range ws.Register.Funds {
		out = append(out, scope{name: "fund:" + f.Code, begins: f.Begins(), services: serving(func(s register.Service) bool { return s.Fund == f.Code })})
	}
	for _, s := range ws.Register.Services {
		out = append(out, scope{name: "service:" + s.Code, begins: s.From.Time, services: []string{s.Provider}})
	}
	for _, p := range ws.Register.Providers {
		out = append(out, scope{name: "provider:" + p.Code, provider: p.Code, services: serving(func(s register.Service) bool { return s.Provider == p.Code })})
	}
	return out
}

// owe are the providers that owe a scope's rows of a feed: where rows belong to a
// service, those of its services; of training and money whoever sends it. It is nil
// where the scope has nothing to do with the feed: 0 is then what it is.
func (s scope) owe(ws *workspace.Workspace, feed string) []string {
	if ofService(ws, feed) {
		return s.services
	}
	var out []string
	for _, p := range ws.Register.Providers {
		sends := slices.ContainsFunc(p.Feeds, func(f register.Feed) bool { return f.Feed == feed })
		if s.provider == "" || s.provider == p.Code && sends {
			out = append(out, p.Code)
		}
	}
	return out
}

// ofService tells whether the rows of a feed, or those they belong to, name a service.
func ofService(ws *workspace.Workspace, feed string) bool {
	c, ok := ws.Contract(feed)
	if !ok {
		return false
	}
	if _, own := c.Column("service_code"); own {
		return true
	}
	return slices.ContainsFunc(c.References, func(r contract.Reference) bool { return r.To.Feed != feed && ofService(ws, r.To.Feed) })
}

func deliveriesOf(sources []Staged) []landing.Delivery {
	var out []landing.Delivery
	for _, s := range sources {
		out = append(out, s.Delivery)
	}
	return out
}
