package contract

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/register"
)

// CheckFeeds reports what the providers' mappings say that cannot be, whatever
// file they meet.
func CheckFeeds(contracts []Contract, lists Lists, providers []register.Provider) error {
	var errs []error
	for _, p := range providers {
		for _, f := range p.Feeds {
			at := slices.IndexFunc(contracts, func(c Contract) bool { return c.Feed == f.Feed })
			if at < 0 {
				continue // the register is told
			}
			for _, err := range contracts[at].checkFeed(f, lists) {
				errs = append(errs, fmt.Errorf("provider %q, feed %q: %w", p.Code, f.Feed, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (c Contract) checkFeed(f register.Feed, lists Lists) []error {
	errs := c.checkMapping(f.Columns, f.Constants)
	for _, column := range slices.Sorted(maps.Keys(f.Derive)) {
		if err := c.checkDerived(column, f.Derive[column]); err != nil {
			errs = append(errs, err)
		}
	}
	for _, column := range slices.Sorted(maps.Keys(f.Numbers)) {
		if col, ok := c.Column(column); !ok || !slices.Contains([]string{"integer", "number", "money"}, col.Type) {
			errs = append(errs, fmt.Errorf("the provider's mapping says how the numbers of %q are written, which is no column of numbers of the contract %s", column, c.Feed))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(f.Codes)) {
		errs = append(errs, c.checkTranslations(column, f.Codes[column], lists)...)
	}
	return errs
}

// checkTranslations reports translations into codes that the column's list does
// not have.
func (c Contract) checkTranslations(column string, translations map[string]string, lists Lists) []error {
	col, ok := c.Column(column)
	if !ok {
		return []error{fmt.Errorf("the provider's mapping translates the column %q, which the contract %s does not have", column, c.Feed)}
	}
	if !strings.HasPrefix(c.typeName(col), `"code_`) {
		return nil
	}
	var errs []error
	codes := c.codes(col, lists)
	for _, theirs := range slices.Sorted(maps.Keys(translations)) {
		if ours := translations[theirs]; !slices.Contains(codes, ours) {
			errs = append(errs, fmt.Errorf("the provider's mapping translates %q of %s into %q, which is not one of its codes; they are %s", theirs, column, ours, strings.Join(codes, ", ")))
		}
	}
	return errs
}

// checkDerived reports what a derivation says that cannot be.
func (c Contract) checkDerived(column string, d register.Derived) error {
	if _, ok := c.Column(column); !ok {
		return fmt.Errorf("the provider's mapping derives the column %q, which the contract %s does not have", column, c.Feed)
	}
	if d.As != "" && d.As != AsFinancialYear && d.As != AsLedgerPeriod && d.As != AsLineNumber {
		return fmt.Errorf("%s is derived as %q; it can be %q or %q of a date, or %q of the rows that share a text", column, d.As, AsFinancialYear, AsLedgerPeriod, AsLineNumber)
	}
	if part, err := regexp.Compile(d.Part); err != nil || d.Part != "" && part.NumSubexp() != 1 {
		return fmt.Errorf("%s is derived by the part %q, which must be a regular expression with one group in brackets", column, d.Part)
	}
	return nil
}

// checkMapping reports what the provider's mapping says that cannot be.
func (c Contract) checkMapping(names map[string]register.Names, constants map[string]string) []error {
	var errs []error
	for _, column := range slices.Sorted(maps.Keys(names)) {
		if _, ok := c.Column(column); !ok {
			errs = append(errs, fmt.Errorf("the provider's mapping names the column %q, which the contract %s does not have", column, c.Feed))
		}
	}
	for _, column := range slices.Sorted(maps.Keys(constants)) {
		if _, ok := c.Column(column); !ok {
			errs = append(errs, fmt.Errorf("the provider's constants name the column %q, which the contract %s does not have", column, c.Feed))
		} else if strings.TrimSpace(constants[column]) == "" {
			errs = append(errs, fmt.Errorf("the provider's constant for %s is blank; give it a value or take it away", column))
		}
	}
	return errs
}
