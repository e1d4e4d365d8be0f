package workspace

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// HasScope tells whether a scope is one of the register's, or all.
func (ws *Workspace) HasScope(scope string) bool {
	for _, s := range ws.Register.Scopes() {
		if s == scope {
			return true
		}
	}
	return false
}

// ContractOf is the contract of a feed that somebody asked for.
func (ws *Workspace) ContractOf(feed string) (contract.Contract, error) {
	c, ok := ws.Contract(feed)
	if ok {
		return c, nil
	}
	var feeds []string
	for _, c := range ws.Contracts {
		feeds = append(feeds, c.Feed)
	}
	return c, fmt.Errorf("no contract is called %q; there are %s", feed, strings.Join(feeds, ", "))
}

// Guards tells whether the rows of a feed are of people whose small counts are hidden;
// those of people who were trained only where delegates says so.
func (ws *Workspace) Guards(feed string, delegates bool) bool {
	c, ok := ws.Contract(feed)
	return ok && c.People && (delegates || c.Protect != "delegates")
}

// Senders are the providers that send a feed, by the configuration.
func (ws *Workspace) Senders(feed string) ([]string, error) {
	if _, err := ws.ContractOf(feed); err != nil {
		return nil, err
	}
	var out []string
	for _, r := range ws.Register.Providers {
		if HasFeed(r, feed) {
			out = append(out, r.Code)
		}
	}
	return out, nil
}

// HasFeed tells whether a provider sends a feed, by the configuration.
func HasFeed(r register.Provider, feed string) bool {
	return slices.ContainsFunc(r.Feeds, func(f register.Feed) bool { return f.Feed == feed })
}

// Registers are the codes that a provider's rows may name.
func (ws *Workspace) Registers(provider string) map[string][]string {
	out := map[string][]string{}
	for _, f := range ws.Register.Funds {
		out["fund"] = append(out["fund"], f.Code)
	}
	for _, v := range ws.Register.Services {
		if v.Provider == provider {
			out["service"] = append(out["service"], v.Code)
		}
	}
	for _, r := range ws.Register.Providers {
		out["provider"] = append(out["provider"], r.Code)
	}
	return out
}

// Registered is what each registered code is called.
func (ws *Workspace) Registered() map[string]string {
	out := map[string]string{}
	for _, f := range ws.Register.Funds {
		out[f.Code] = f.Name
	}
	for _, v := range ws.Register.Services {
		out[v.Code] = v.Name
	}
	for _, r := range ws.Register.Providers {
		out[r.Code] = r.Name
	}
	return out
}

// ScopeName says a scope in words.
func (ws *Workspace) ScopeName(scope string) string {
	for _, f := range ws.Register.Funds {
		if scope == "fund:"+f.Code {
			return f.Name
		}
	}
	for _, s := range ws.Register.Services {
		if scope == "service:"+s.Code {
			return s.Name
		}
	}
	for _, v := range ws.Register.Providers {
		if scope == "provider:"+v.Code {
			return v.Name
		}
	}
	return "all services"
}

// ReportsOn tells whether a return is about what a provider sends.
func (ws *Workspace) ReportsOn(r Return, provider string) bool {
	services := false
	for _, s := range ws.Register.Services {
		if s.Provider != provider {
			continue
		}
		services = true
		for _, scope := range r.Scopes {
			if slices.Contains([]string{"all", "service:" + s.Code, "provider:" + provider, "fund:" + s.Fund}, scope) {
				return true
			}
		}
	}
	return !services
}

// Asked are names that somebody asks by; an empty one asks for all.
type Asked struct {
	Provider, Feed, Fund, Scope string
	By                          string   // a breakdown, or total for none
	Codes                       []string // of metrics
}

// Knows says which of the names asked by are nobody's, and what could be meant.
func (ws *Workspace) Knows(a Asked) error {
	var feeds, funds, providers []string
	for _, c := range ws.Contracts {
		feeds = append(feeds, c.Feed)
	}
	for _, f := range ws.Register.Funds {
		funds = append(funds, f.Code)
	}
	for _, p := range ws.Register.Providers {
		providers = append(providers, p.Code)
	}
	codes, breakdowns := ws.figures(a.Codes)
	var errs []error
	for _, name := range []struct {
		what, asked string
		known       []string
	}{{"provider", a.Provider, providers}, {"feed", a.Feed, feeds}, {"fund", a.Fund, funds}, {"scope", a.Scope, ws.Register.Scopes()}} {
		if name.asked != "" && !slices.Contains(name.known, name.asked) {
			errs = append(errs, fmt.Errorf("%s %q is not in the configuration; %s", name.what, name.asked, strict.Instead(name.asked, name.known)))
		}
	}
	if a.By != "" && !slices.Contains(breakdowns, a.By) {
		errs = append(errs, fmt.Errorf("no figure asked for is broken down by %q; %s", a.By, strict.Instead(a.By, breakdowns)))
	}
	for _, code := range a.Codes {
		if !slices.Contains(codes, code) {
			errs = append(errs, fmt.Errorf("no metric has the code %q; %s", code, strict.Instead(code, codes)))
		}
	}
	return errors.Join(errs...)
}

// figures are the codes of all metrics, and the breakdowns that some of them (none:
// all) have.
func (ws *Workspace) figures(of []string) (codes, breakdowns []string) {
	breakdowns = []string{"total"}
	for _, m := range ws.Metrics.Metrics {
		codes = append(codes, m.Code)
		for _, b := range m.By {
			if name := b.String(); (len(of) == 0 || slices.Contains(of, m.Code)) && !slices.Contains(breakdowns, name) {
				breakdowns = append(breakdowns, name)
			}
		}
	}
	return codes, breakdowns
}
