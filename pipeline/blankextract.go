package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/register"
)

// BlankExtract makes the workbook in which a provider fills in a feed for a
// financial year, and tells what the file must be called.
func (p *Pipeline) BlankExtract(feed, provider string, year period.Year) (content []byte, name string, err error) {
	c, err := p.contractOf(feed)
	if err != nil {
		return nil, "", err
	}
	of, ok := p.Register.Provider(provider)
	if !ok {
		var codes []string
		for _, r := range p.Register.Providers {
			codes = append(codes, r.Code)
		}
		return nil, "", fmt.Errorf("provider %q is not in the configuration; there are %s", provider, strings.Join(codes, ", "))
	}
	if !hasFeed(of, feed) {
		return nil, "", fmt.Errorf("provider %q does not send the feed %q by the configuration, so what it filled in would not count", provider, feed)
	}
	to := contract.BlankFor{Provider: of.Code, ProviderName: of.Name, Year: year.String(), Registers: p.registers(of.Code), Labels: p.registered(), Made: year.Start()}
	content, err = c.Blank(p.lists, to)
	return content, c.Name(to), err
}

// contractOf is the contract of a feed that somebody asked for.
func (p *Pipeline) contractOf(feed string) (contract.Contract, error) {
	c, ok := p.contractFor(feed)
	if ok {
		return c, nil
	}
	var feeds []string
	for _, c := range p.contracts {
		feeds = append(feeds, c.Feed)
	}
	return c, fmt.Errorf("no contract is called %q; there are %s", feed, strings.Join(feeds, ", "))
}

// Senders are the providers that send a feed, by the configuration.
func (p *Pipeline) Senders(feed string) ([]string, error) {
	if _, err := p.contractOf(feed); err != nil {
		return nil, err
	}
	var out []string
	for _, r := range p.Register.Providers {
		if hasFeed(r, feed) {
			out = append(out, r.Code)
		}
	}
	return out, nil
}

func hasFeed(r register.Provider, feed string) bool {
	return slices.ContainsFunc(r.Feeds, func(f register.Feed) bool { return f.Feed == feed })
}

// registers are the codes that a provider's rows may name.
func (p *Pipeline) registers(provider string) map[string][]string {
	out := map[string][]string{}
	for _, f := range p.Register.Funds {
		out["fund"] = append(out["fund"], f.Code)
	}
	for _, v := range p.Register.Services {
		if v.Provider == provider {
			out["service"] = append(out["service"], v.Code)
		}
	}
	for _, r := range p.Register.Providers {
		out["provider"] = append(out["provider"], r.Code)
	}
	return out
}

// registered is what each registered code is called.
func (p *Pipeline) registered() map[string]string {
	out := map[string]string{}
	for _, f := range p.Register.Funds {
		out[f.Code] = f.Name
	}
	for _, v := range p.Register.Services {
		out[v.Code] = v.Name
	}
	for _, r := range p.Register.Providers {
		out[r.Code] = r.Name
	}
	return out
}
