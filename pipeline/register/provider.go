package register

import (
	"cmp"
	"slices"

	"mojreturns/pipeline/strict"
)

// Provider sends extracts: a commissioned service, or the finance ledger.
type Provider struct {
	Code string `yaml:"code" json:"code"`
	Name string `yaml:"name" json:"name"`
	// People names the key group of the provider's pseudonyms; providers share
	// people only where they name the same group. Empty means its own code.
	People string `yaml:"people" json:"people"`
	Feeds  []Feed `yaml:"feeds" json:"feeds"`
	// Contact is whom the office writes to about files, and ChasedBy who at the office
	// does so; both are roles. They change no figure.
	Contact  string `yaml:"contact" json:"-"`
	ChasedBy string `yaml:"chased_by" json:"-"`
}

// Addressee is whom the office writes to about files.
func (p Provider) Addressee() string { return cmp.Or(p.Contact, "data officer, "+p.Name) }

// Chaser is who at the office chases the provider's files.
func (p Provider) Chaser() string { return cmp.Or(p.ChasedBy, "commissioning officer") }

// KeyGroup is the group the provider's pseudonyms belong to.
func (p Provider) KeyGroup() string {
	if p.People != "" {
		return p.People
	}
	return p.Code
}

// check tells what of a provider and its feeds cannot be.
func (p Provider) check(at strict.Place, r Register, known Known) {
	if p.People != "" && !slices.ContainsFunc(r.Providers, func(o Provider) bool { return o.Code != p.Code && o.KeyGroup() == p.People }) {
		at.In("people").Wrong("provider %q: no other provider is of the key group %q, so nobody is shared; name that of one, or take it away",
			p.Code, p.People)
	}
	for i, f := range p.Feeds {
		f.check(at.In("feeds").Nth(i), p.Code, known)
		twin := slices.IndexFunc(p.Feeds[:i], func(o Feed) bool { return o.Feed == f.Feed && o.Files == f.Files })
		if twin >= 0 && f.Files != "" {
			at.In("feeds").Nth(i).In("files").Wrong("provider %q, feed %q: the %s feed takes the same files; take one away",
				p.Code, f.Feed, nth(twin+1))
		}
	}
}

func (r Register) providerCodes() []string {
	var codes []string
	for _, p := range r.Providers {
		codes = append(codes, p.Code)
	}
	return codes
}

func (r Register) fundCodes() []string {
	var codes []string
	for _, f := range r.Funds {
		codes = append(codes, f.Code)
	}
	return codes
}
