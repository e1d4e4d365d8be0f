package register

import (
	"slices"

	"mojreturns/pipeline/strict"
)

// Service is a commissioned service; it decides the fund of its referrals.
type Service struct {
	Code     string `yaml:"code" json:"code"`
	Name     string `yaml:"name" json:"name"`
	Provider string `yaml:"provider" json:"provider"`
	Fund     string `yaml:"fund" json:"fund"`
	From     Date   `yaml:"from" json:"from"`
	To       Date   `yaml:"to" json:"to"`
}

// check tells what of a service cannot be.
func (s Service) check(at strict.Place, r Register) {
	if _, known := r.Provider(s.Provider); !known {
		at.In("provider").Wrong("service %q: provider %q is not in the provider register; %s",
			s.Code, s.Provider, strict.Instead(s.Provider, r.providerCodes()))
	}
	if funds := r.fundCodes(); !slices.Contains(funds, s.Fund) {
		at.In("fund").Wrong("service %q: fund %q is not in the fund register; %s", s.Code, s.Fund, strict.Instead(s.Fund, funds))
	}
	if before(s.To, s.From) {
		at.In("to").Wrong("service %q: to %s is before from %s", s.Code, s.To, s.From)
	}
}
