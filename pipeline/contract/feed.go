package contract

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// misfit is what a provider's mapping says that cannot be, under which of its keys.
type misfit struct {
	under []string
	key   bool // it is the last key itself
	error
}

// Undecided is the constant that a proposal leaves open: it rejects every row until
// somebody has put a value in its place.
const Undecided = "?"

// CheckFeed tells what a provider's mapping says that cannot be, whatever file it
// will be used on. registers are the codes of funds, services and providers that the
// provider's rows may name.
func (c Contract) CheckFeed(at strict.Place, provider string, f register.Feed, lists Lists, registers map[string][]string) {
	list := slices.Concat(c.checkMapping(f.Columns, f.Constants), c.checkHeaders(f), c.checkPseudonyms(f))
	for _, column := range slices.Sorted(maps.Keys(f.Derive)) {
		if err := c.checkDerived(column, f.Derive[column]); err != nil {
			list = append(list, misfit{[]string{"derive", column}, true, err})
		}
		list = append(list, c.checkFactor(column, f.Derive[column])...)
	}
	for _, column := range slices.Sorted(maps.Keys(f.Numbers)) {
		if col, ok := c.Column(column); !ok || !slices.Contains([]string{"integer", "number", "money"}, col.Type) {
			list = append(list, misfit{[]string{"numbers", column}, true,
				fmt.Errorf("the provider's mapping says how the numbers of %q are written, which is no column of numbers of the contract %s",
					column, c.Feed)})
		}
	}
	for _, column := range slices.Sorted(maps.Keys(f.Constants)) {
		if col, ok := c.Column(column); ok && f.Constants[column] != Undecided {
			if err := c.checkCode(col, f.Constants[column], lists, registers); err != nil {
				list = append(list, misfit{[]string{"constants", column}, false, fmt.Errorf("the provider's constant for %s is %w", column, err)})
			}
		}
	}
	for _, column := range slices.Sorted(maps.Keys(f.Codes)) {
		list = append(list, c.checkTranslations(column, f.Codes[column], lists, registers)...)
	}
	for _, m := range list {
		place := at
		for _, key := range m.under {
			place = place.In(key)
		}
		tell := place.Wrong
		if m.key {
			tell = place.WrongKey
		}
		tell("provider %q, feed %q: %v", provider, f.Feed, m.error)
	}
}

// checkTranslations reports translations of a column that is not there, and into
// codes that it cannot have.
func (c Contract) checkTranslations(column string, translations map[string]string, lists Lists, registers map[string][]string) []misfit {
	col, ok := c.Column(column)
	if !ok {
		return []misfit{{[]string{"codes", column}, true,
			fmt.Errorf("the provider's mapping translates the column %q, which the contract %s does not have%s", column, c.Feed, c.perhaps(column))}}
	}
	var list []misfit
	for _, theirs := range slices.Sorted(maps.Keys(translations)) {
		if err := c.checkCode(col, translations[theirs], lists, registers); err != nil {
			list = append(list, misfit{[]string{"codes", column, theirs}, false,
				fmt.Errorf("the provider's mapping translates %q of %s into %w", theirs, column, err)})
		}
	}
	return list
}

// checkCode says why a value is none that a column of codes or of registered names
// can have.
func (c Contract) checkCode(col Column, value string, lists Lists, registers map[string][]string) error {
	switch codes := c.codes(col, lists); {
	case strings.HasPrefix(c.typeName(col), `"code_`) && !slices.Contains(codes, value):
		return fmt.Errorf("%q, which is not one of its codes; they are %s", value, strings.Join(codes, ", "))
	case col.Register != "" && value != "" && !slices.Contains(registers[col.Register], value):
		return fmt.Errorf("%q, which is no %s that its rows may name; registered are %q", value, col.Register, registers[col.Register])
	}
	return nil
}

// checkDerived reports what a derivation says that cannot be.
func (c Contract) checkDerived(column string, d register.Derived) error {
	if _, ok := c.Column(column); !ok {
		return fmt.Errorf("the provider's mapping derives the column %q, which the contract %s does not have%s",
			column, c.Feed, c.perhaps(column))
	}
	if len(d.From) == 0 {
		return fmt.Errorf("%s is derived from nothing; write from: and the header it is made of", column)
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
func (c Contract) checkMapping(names map[string]register.Names, constants map[string]string) []misfit {
	var list []misfit
	for _, column := range slices.Sorted(maps.Keys(names)) {
		if _, ok := c.Column(column); !ok {
			list = append(list, misfit{[]string{"columns", column}, true,
				fmt.Errorf("the provider's mapping names the column %q, which the contract %s does not have%s", column, c.Feed, c.perhaps(column))})
		}
	}
	for _, column := range slices.Sorted(maps.Keys(constants)) {
		if _, ok := c.Column(column); !ok {
			list = append(list, misfit{[]string{"constants", column}, true,
				fmt.Errorf("the provider's constants name the column %q, which the contract %s does not have%s", column, c.Feed, c.perhaps(column))})
		} else if strings.TrimSpace(constants[column]) == "" {
			list = append(list, misfit{[]string{"constants", column}, false,
				fmt.Errorf("the provider's constant for %s is blank; give it a value or take it away", column)})
		}
	}
	return list
}

// checkHeaders reports headers that the mapping gives to two columns, or gives to one
// and drops.
func (c Contract) checkHeaders(f register.Feed) []misfit {
	var list []misfit
	owner := map[string]string{}
	for _, header := range f.Drop {
		owner[plain(header)] = "drop"
	}
	for _, column := range slices.Sorted(maps.Keys(f.Columns)) {
		for _, header := range f.Columns[column] {
			name := plain(header)
			other := owner[name]
			if name != "" && !strings.Contains(header, "*") && other != "" && other != column {
				list = append(list, misfit{[]string{"columns", column}, false,
					fmt.Errorf("the provider's mapping gives the header %q to both %s and %s; give it to one", header, other, column)})
			}
			owner[name] = column
		}
	}
	return list
}

// perhaps names the column that could have been meant.
func (c Contract) perhaps(column string) string {
	var names []string
	for _, col := range c.Columns {
		names = append(names, col.Name)
	}
	if like := strict.Nearest(column, names); like != "" {
		return "; did you mean " + like + "?"
	}
	return ""
}
