package pipeline

import (
	"fmt"
	"strings"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/period"
)

// BlankExtract makes the workbook in which a provider fills in a feed for a
// financial year, and tells what the file must be called.
func (p *Pipeline) BlankExtract(feed, provider string, year period.Year) (content []byte, name string, err error) {
	c, ok := p.contractFor(feed)
	if !ok {
		var feeds []string
		for _, c := range p.contracts {
			feeds = append(feeds, c.Feed)
		}
		return nil, "", fmt.Errorf("no contract is called %q; there are %s", feed, strings.Join(feeds, ", "))
	}
	of, ok := p.Register.Provider(provider)
	if !ok {
		var codes []string
		for _, r := range p.Register.Providers {
			codes = append(codes, r.Code)
		}
		return nil, "", fmt.Errorf("provider %q is not in the configuration; there are %s", provider, strings.Join(codes, ", "))
	}
	sends := false
	for _, f := range of.Feeds {
		sends = sends || f.Feed == feed
	}
	if !sends {
		return nil, "", fmt.Errorf("provider %q does not send the feed %q by the configuration, so what it filled in would not count", provider, feed)
	}
	to := contract.BlankFor{Provider: of.Code, ProviderName: of.Name, Year: year.String(), Registers: p.registers(of.Code), Made: year.Start()}
	content, err = c.Blank(p.lists, to)
	return content, c.Name(to), err
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
