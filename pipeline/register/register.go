// Package register holds what the configuration registers: the area, its
// funds, services and providers, and what each provider is expected to send.
// Contracts speak of the "fund register", the "service register" and the
// "provider register"; these are they.
//
// It is a package of its own, beyond the first design, because four stages read it
// (2026-11-23).
package register

import (
	"cmp"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"time"
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

// Fund is one ring-fenced pot of money and its terms. Pounds are exact text.
type Fund struct {
	Code      string `yaml:"code" json:"code"`
	Name      string `yaml:"name" json:"name"`
	Agreement string `yaml:"agreement" json:"agreement"`
	// Match marks third-party money: reported apart, never claimed, without a maximum.
	Match bool `yaml:"match" json:"match"`
	// Maximum is the award at its date; Addenda are amounts added to it (negative takes away).
	Maximum *Award  `yaml:"maximum" json:"maximum"`
	Addenda []Award `yaml:"addenda" json:"addenda"`
	// SpendFrom and SpendBy bound the spend window, DeliveryFrom and DeliveryTo
	// the delivery window; both ends are included.
	SpendFrom    Date `yaml:"spend_from" json:"spend_from"`
	SpendBy      Date `yaml:"spend_by" json:"spend_by"`
	DeliveryFrom Date `yaml:"delivery_from" json:"delivery_from"`
	DeliveryTo   Date `yaml:"delivery_to" json:"delivery_to"`
	// BudgetLines are the codes allowed; empty means every line is.
	BudgetLines []string `yaml:"budget_lines" json:"budget_lines"`
	// FrontLineTarget is the least share of front-line completions (C08), such as 0.80.
	FrontLineTarget Money    `yaml:"front_line_target" json:"front_line_target"`
	Notices         []Award  `yaml:"notices" json:"notices"`
	CashReceived    []Award  `yaml:"cash_received" json:"cash_received"`
	CarryForward    []Award  `yaml:"carry_forward" json:"carry_forward"`
	Repaid          []Award  `yaml:"repaid" json:"repaid"`
	RepayBy         Date     `yaml:"repay_by" json:"repay_by"`
	MatchCentres    []string `yaml:"match_cost_centres" json:"match_cost_centres"`
	MatchAwards     []string `yaml:"match_award_refs" json:"match_award_refs"`
}

// Begins is the first day that the fund's papers name, zero where they name none:
// before it there is no such fund.
func (f Fund) Begins() time.Time {
	var first time.Time
	dates := []time.Time{f.SpendFrom.Time, f.DeliveryFrom.Time}
	if f.Maximum != nil {
		dates = append(dates, f.Maximum.Date.Time)
	}
	for _, d := range dates {
		if !d.IsZero() && (first.IsZero() || d.Before(first)) {
			first = d
		}
	}
	return first
}

// Award is a dated amount with the paper it stands on.
type Award struct {
	Amount    Money  `yaml:"amount" json:"amount"`
	Date      Date   `yaml:"date" json:"date"`
	Reference string `yaml:"reference" json:"reference"`
}

// Service is a commissioned service; it decides the fund of its referrals.
type Service struct {
	Code     string `yaml:"code" json:"code"`
	Name     string `yaml:"name" json:"name"`
	Provider string `yaml:"provider" json:"provider"`
	Fund     string `yaml:"fund" json:"fund"`
	From     Date   `yaml:"from" json:"from"`
	To       Date   `yaml:"to" json:"to"`
}

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

// Feed is how one provider sends one feed.
type Feed struct {
	// Feed is the contract's name, such as referrals.
	Feed string `yaml:"feed" json:"feed"`
	// Files is the pattern of the file's name. {year} stands for a financial
	// year (2023-24), {version} for a whole number, {date} for 2024-01-31 or
	// 20240131, * for anything.
	Files string `yaml:"files" json:"files"`
	// Sheet and HeaderRow say where the table stands; empty and 0 mean "find it".
	Sheet     string `yaml:"sheet" json:"sheet"`
	HeaderRow int    `yaml:"header_row" json:"header_row"`
	// SheetPattern is a regular expression for the sheet's name, SheetNumber its
	// place among those shown, from 1: one of the three at most.
	SheetPattern string `yaml:"sheet_pattern" json:"sheet_pattern,omitempty"`
	SheetNumber  int    `yaml:"sheet_number" json:"sheet_number,omitempty"`
	// HeaderRows is how many rows make the header; 2 joins names of groups to those below.
	HeaderRows int `yaml:"header_rows" json:"header_rows,omitempty"`
	// SkipRows are left out straight below the header, Skip wherever they stand.
	// Totals are left out and shown; from the first End on, everything is left out.
	SkipRows int       `yaml:"skip_rows" json:"skip_rows,omitempty"`
	Skip     []RowRule `yaml:"skip" json:"skip,omitempty"`
	Totals   []RowRule `yaml:"totals" json:"totals,omitempty"`
	End      []RowRule `yaml:"end" json:"end,omitempty"`
	// Encoding is utf-8, windows-1252 or detect; empty means utf-8.
	Encoding string `yaml:"encoding" json:"encoding"`
	// Delimiter is comma, semicolon, tab or pipe; empty means "find it".
	Delimiter string `yaml:"delimiter" json:"delimiter"`
	// Delivered is refresh (each delivery replaces the last of its year) or
	// increment (every delivery counts).
	Delivered string `yaml:"delivered" json:"delivered"`
	// Dates are the styles of its dates, of DateStyles; ISO is understood under all.
	Dates Names `yaml:"dates" json:"dates"`
	// Numbers are, for a contract column, the styles of its numbers, of NumberStyles.
	Numbers map[string]Names `yaml:"numbers" json:"numbers,omitempty"`
	// YesNo gives, for Y, N and NK, how the provider writes them in any yes/no column.
	YesNo map[string]Names `yaml:"yes_no" json:"yes_no,omitempty"`
	// Blanks are texts that stand for nothing, such as N/A, in any column.
	Blanks Names `yaml:"blanks" json:"blanks,omitempty"`
	// Columns names, for a contract column, the headers the provider uses. A name
	// with * in it, which stands for anything, counts where no other does.
	Columns map[string]Names `yaml:"columns" json:"columns"`
	// Constants gives, for a contract column the provider does not send, its one value.
	Constants map[string]string `yaml:"constants" json:"constants"`
	// Derive makes a contract column out of a header's text: one header may serve
	// several columns so.
	Derive map[string]Derived `yaml:"derive" json:"derive,omitempty"`
	// Codes translates the provider's values: contract column, theirs, ours. A value
	// not among them must be ours already, or is rejected and listed; "*" takes it in.
	Codes map[string]map[string]string `yaml:"codes" json:"codes"`
	// Drop names columns of people's data that are taken out before anything of a file is
	// kept: its own bytes then never are, but a text without them.
	Drop Names `yaml:"drop" json:"drop,omitempty"`
	// KeepMonths is how long a file is kept after the end of its financial year; 0
	// means for good.
	KeepMonths int `yaml:"keep_months" json:"keep_months,omitempty"`
	// Expected says what should arrive; nil means nothing is awaited.
	Expected *Expected `yaml:"expected" json:"expected"`
}

// RowRule picks rows of a file by the text of one cell.
type RowRule struct {
	Columns Names  `yaml:"columns" json:"columns,omitempty"` // the header, by its names; none: the first cell that holds anything
	Pattern string `yaml:"pattern" json:"pattern"`           // a regular expression for its text; ^$ is a blank cell
}

// Derived says how a column is made from a header's text.
type Derived struct {
	From Names `yaml:"from" json:"from"` // the header, or the names it goes by
	// As is "financial year" (2023-24) or "ledger period" (1 is April) of a date, or
	// "line number", which counts the rows that share the text; empty takes the text itself.
	As string `yaml:"as" json:"as,omitempty"`
	// Part is a regular expression with one group: that part of the text. A text
	// that it does not fit stays whole, and is judged so.
	Part string `yaml:"part" json:"part,omitempty"`
}

// Expected says from when a feed is awaited, how often, and how many working
// days after the period's end it is due.
type Expected struct {
	From   Date   `yaml:"from" json:"from"`
	Every  string `yaml:"every" json:"every"` // month, quarter or year
	Within int    `yaml:"within" json:"within"`
}

// Names is one name or several.
type Names []string

// UnmarshalYAML takes a word or a list of words.
func (n *Names) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if err := unmarshal(&one); err == nil {
		*n = Names{one}
		return nil
	}
	var many []string
	if err := unmarshal(&many); err != nil {
		return err
	}
	*n = many
	return nil
}

// Money is exact decimal pounds as text, such as 22528.57. It is never a float.
type Money string

var moneyForm = regexp.MustCompile(`^-?\d{1,15}(\.\d{1,2})?$`)

// UnmarshalYAML refuses what is not a plain decimal with at most two places.
func (m *Money) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	if !moneyForm.MatchString(s) {
		return fmt.Errorf("%q is not an amount in pounds, such as 22528.57", s)
	}
	*m = Money(s)
	return nil
}

// Date is a calendar date, ISO in text; the zero Date is "not given".
type Date struct{ time.Time }

// UnmarshalYAML takes 2024-03-31.
func (d *Date) UnmarshalYAML(b []byte) error {
	s := strings.Trim(strings.TrimSpace(string(b)), `"'`)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("%q is not a date such as 2024-03-31", s)
	}
	d.Time = t
	return nil
}

// MarshalJSON writes the ISO date, or an empty string.
func (d Date) MarshalJSON() ([]byte, error) { return []byte(`"` + d.String() + `"`), nil }

// UnmarshalJSON takes what MarshalJSON writes.
func (d *Date) UnmarshalJSON(b []byte) error {
	if string(b) == `""` {
		*d = Date{}
		return nil
	}
	return d.UnmarshalYAML(b)
}

// String is the ISO date, or empty.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
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

// Check reports every mistake at once: repeated codes, services without a fund
// or provider, feeds no contract knows, budget lines no list knows.
func (r Register) Check(feeds, budgetLines []string) []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	known := func(list []string, v string) bool {
		for _, l := range list {
			if l == v {
				return true
			}
		}
		return false
	}
	funds, services, providers := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, f := range r.Funds {
		if f.Code == "" || funds[f.Code] {
			add("fund %q: the code is missing or given twice", f.Code)
		}
		funds[f.Code] = true
		if f.Match && f.Maximum != nil {
			add("fund %q: a match fund has no maximum, since nothing is claimed from it", f.Code)
		}
		if !f.SpendFrom.IsZero() && !f.SpendBy.IsZero() && f.SpendBy.Before(f.SpendFrom.Time) {
			add("fund %q: spend_by %s is before spend_from %s", f.Code, f.SpendBy, f.SpendFrom)
		}
		if !f.DeliveryFrom.IsZero() && !f.DeliveryTo.IsZero() && f.DeliveryTo.Before(f.DeliveryFrom.Time) {
			add("fund %q: delivery_to %s is before delivery_from %s", f.Code, f.DeliveryTo, f.DeliveryFrom)
		}
		for _, line := range f.BudgetLines {
			if !known(budgetLines, line) {
				add("fund %q: budget line %q is not in the budget_line list", f.Code, line)
			}
		}
	}
	for _, p := range r.Providers {
		if p.Code == "" || providers[p.Code] {
			add("provider %q: the code is missing or given twice", p.Code)
		}
		providers[p.Code] = true
		for _, f := range p.Feeds {
			if !known(feeds, f.Feed) {
				add("provider %q: no contract is called %q; there are %s", p.Code, f.Feed, strings.Join(feeds, ", "))
			}
			if f.KeepMonths < 0 {
				add("provider %q, feed %q: keep_months is %d; it is a number of months", p.Code, f.Feed, f.KeepMonths)
			}
			if f.Files == "" {
				add("provider %q, feed %q: files (the pattern of its file names) is missing", p.Code, f.Feed)
			}
			for _, c := range []struct {
				key, value string
				allowed    []string
			}{
				{"delivered", f.Delivered, []string{"refresh", "increment"}},
				{"encoding", f.Encoding, []string{"", "utf-8", "windows-1252", "detect"}},
				{"delimiter", f.Delimiter, []string{"", "comma", "semicolon", "tab", "pipe"}},
			} {
				if !known(c.allowed, c.value) {
					add("provider %q, feed %q: %s is %q; it can be %s", p.Code, f.Feed, c.key, c.value,
						strings.TrimPrefix(strings.Join(c.allowed, " or "), " or "))
				}
			}
			for _, err := range f.checkStyles() {
				add("provider %q, feed %q: %w", p.Code, f.Feed, err)
			}
			if f.Expected != nil && !known([]string{"month", "quarter", "year"}, f.Expected.Every) {
				add("provider %q, feed %q: expected every %q; it can be month, quarter or year", p.Code, f.Feed, f.Expected.Every)
			}
		}
	}
	for _, s := range r.Services {
		if s.Code == "" || services[s.Code] {
			add("service %q: the code is missing or given twice", s.Code)
		}
		services[s.Code] = true
		if !funds[s.Fund] {
			add("service %q: fund %q is not in the fund register", s.Code, s.Fund)
		}
		if !providers[s.Provider] {
			add("service %q: provider %q is not in the provider register", s.Code, s.Provider)
		}
	}
	return errs
}
