// Package register holds what the configuration registers: the area, its
// funds, services and providers, and what each provider is expected to send.
// Contracts speak of the "fund register", the "service register" and the
// "provider register"; these are they.
//
// It is a package of its own, beyond the first design, because four stages read it
// (2026-11-23).
package register

import (
	"regexp"
	"sort"
	"strconv"

	"mojreturns/pipeline/strict"
)

// Register is the part of the configuration that changes figures. It is read
// once, checked, and read-only afterwards.
type Register struct {
	Area      Area       `yaml:"area" json:"area"`
	Funds     []Fund     `yaml:"funds" json:"funds"`
	Services  []Service  `yaml:"services" json:"services"`
	Providers []Provider `yaml:"providers" json:"providers"`
}

// Area is the police force area.
type Area struct {
	Code string `yaml:"code" json:"code"`
	Name string `yaml:"name" json:"name"`
	// Office is the name of the grant recipient as a return prints it.
	Office string `yaml:"office" json:"office"`
}

// Provider finds a provider by code.
func (r Register) Provider(code string) (Provider, bool) {
	for _, p := range r.Providers {
		if p.Code == code {
			return p, true
		}
	}
	return Provider{}, false
}

// Scopes lists every scope figures are kept for, in order: all, then funds,
// services and providers by code.
func (r Register) Scopes() []string {
	scopes := []string{}
	for _, f := range r.Funds {
		scopes = append(scopes, "fund:"+f.Code)
	}
	for _, s := range r.Services {
		scopes = append(scopes, "service:"+s.Code)
	}
	for _, p := range r.Providers {
		scopes = append(scopes, "provider:"+p.Code)
	}
	sort.Strings(scopes)
	return append([]string{"all"}, scopes...)
}

// Known is what the rest of the workspace knows and the register may name.
type Known struct {
	Feeds       []string // those that have a contract
	BudgetLines []string // the codes of their list
}

// Check tells every mistake at its place: what is missing, given twice or cannot be,
// and every name that is nobody's.
func (r Register) Check(top strict.Place, known Known) {
	checkCodes(top.In("funds"), len(r.Funds), "fund", func(i int) string { return r.Funds[i].Code })
	checkCodes(top.In("services"), len(r.Services), "service", func(i int) string { return r.Services[i].Code })
	checkCodes(top.In("providers"), len(r.Providers), "provider", func(i int) string { return r.Providers[i].Code })
	for i, f := range r.Funds {
		f.check(top.In("funds").Nth(i), known)
	}
	for i, s := range r.Services {
		s.check(top.In("services").Nth(i), r)
	}
	for i, p := range r.Providers {
		p.check(top.In("providers").Nth(i), r, known)
	}
}

// codeForm keeps codes to what scopes, file names and web addresses can hold.
var codeForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// checkCodes tells of codes that are missing, given twice or cannot be.
func checkCodes(list strict.Place, n int, noun string, code func(int) string) {
	first := map[string]int{}
	for i := range n {
		at, c := list.Nth(i).In("code"), code(i)
		earlier, twice := first[c]
		switch {
		case c == "":
			at.Wrong("%s %d has no code; give it one, such as CORE-2324", noun, i+1)
		case twice:
			at.Wrong("%s %q is there twice, as the %s of the list too; give each its own code", noun, c, nth(earlier+1))
		case !codeForm.MatchString(c):
			at.Wrong("%s %q: a code is of letters, digits, - . and _, without spaces", noun, c)
		}
		if !twice {
			first[c] = i
		}
	}
}

// nth is a place in a list, in words.
func nth(n int) string {
	if n%100 >= 11 && n%100 <= 13 {
		return strconv.Itoa(n) + "th"
	}
	return strconv.Itoa(n) + map[int]string{1: "st", 2: "nd", 3: "rd"}[n%10] + map[bool]string{true: "", false: "th"}[n%10 >= 1 && n%10 <= 3]
}
