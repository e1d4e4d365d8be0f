package register

import (
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/strict"
)

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
	FrontLineTarget Share    `yaml:"front_line_target" json:"front_line_target"`
	Notices         []Award  `yaml:"notices" json:"notices"`
	CashReceived    []Award  `yaml:"cash_received" json:"cash_received"`
	CarryForward    []Award  `yaml:"carry_forward" json:"carry_forward"`
	Repaid          []Award  `yaml:"repaid" json:"repaid"`
	RepayBy         Date     `yaml:"repay_by" json:"repay_by"`
	MatchCentres    []string `yaml:"match_cost_centres" json:"match_cost_centres"`
	MatchAwards     []string `yaml:"match_award_refs" json:"match_award_refs"`
}

// Award is a dated amount with the paper it stands on.
type Award struct {
	Amount    Money  `yaml:"amount" json:"amount"`
	Date      Date   `yaml:"date" json:"date"`
	Reference string `yaml:"reference" json:"reference"`
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

// check tells what of a fund's terms cannot be.
func (f Fund) check(at strict.Place, known Known) {
	if f.Match && f.Maximum != nil {
		at.In("maximum").WrongKey("fund %q: a match fund has no maximum, since nothing is claimed from it; take one of the two away", f.Code)
	}
	if before(f.SpendBy, f.SpendFrom) {
		at.In("spend_by").Wrong("fund %q: spend_by %s is before spend_from %s", f.Code, f.SpendBy, f.SpendFrom)
	}
	if before(f.DeliveryTo, f.DeliveryFrom) {
		at.In("delivery_to").Wrong("fund %q: delivery_to %s is before delivery_from %s", f.Code, f.DeliveryTo, f.DeliveryFrom)
	}
	if lines := at.In("budget_lines"); lines.Given() && len(f.BudgetLines) == 0 {
		lines.Wrong("fund %q: budget_lines names none, which would allow every one; name them, or take the key away to allow all", f.Code)
	}
	for i, line := range f.BudgetLines {
		switch {
		case !slices.Contains(known.BudgetLines, line):
			at.In("budget_lines").Nth(i).Wrong("fund %q: budget line %q is not in the budget_line list; %s",
				f.Code, line, strict.Instead(line, known.BudgetLines))
		case slices.Contains(f.BudgetLines[:i], line):
			at.In("budget_lines").Nth(i).Wrong("fund %q: budget line %q is there twice; take one away", f.Code, line)
		}
	}
	f.checkAwards(at)
}

// checkAwards tells of amounts that lack a part, or have a sign that cannot be: only
// an addendum takes away.
func (f Fund) checkAwards(at strict.Place) {
	if f.Maximum != nil {
		f.Maximum.check(at.In("maximum"), f.Code, "maximum", false)
	}
	for _, list := range []struct {
		key    string
		awards []Award
	}{{"addenda", f.Addenda}, {"notices", f.Notices}, {"cash_received", f.CashReceived}, {"carry_forward", f.CarryForward}, {"repaid",
		f.Repaid}} {
		for i, a := range list.awards {
			a.check(at.In(list.key).Nth(i), f.Code, list.key, list.key == "addenda")
		}
	}
}

func (a Award) check(at strict.Place, fund, key string, either bool) {
	if a.Amount == "" {
		at.In("amount").Wrong("fund %q: %s has no amount; write amount: 22528.57", fund, key)
	}
	if a.Date.IsZero() {
		at.In("date").Wrong("fund %q: %s has no date, so nobody can say from when it counts; write date: 2024-03-31", fund, key)
	}
	if strings.HasPrefix(string(a.Amount), "-") && !either {
		at.In("amount").Wrong("fund %q: %s is %s; only addenda take away, so write it without the minus", fund, key, a.Amount)
	}
}

// before tells whether the later of two dates that are given comes first.
func before(later, earlier Date) bool {
	return !later.IsZero() && !earlier.IsZero() && later.Before(earlier.Time)
}
