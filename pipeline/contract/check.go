package contract

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// check reports every mistake of one contract that can be seen without the
// code lists.
func (c Contract) check() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Key) == 0 || len(c.Columns) == 0 {
		add("a contract needs a primaryKey and fields")
	}
	if c.Protect != "" && (!c.People || c.Protect != "victims" && c.Protect != "delegates") {
		add("protect is %q; of a feed of people it is victims or delegates, of another it is left out", c.Protect)
	}
	answers := map[string]string{} // a header, and the column that answers to it
	for _, col := range c.Columns {
		for _, err := range col.check() {
			errs = append(errs, fmt.Errorf("field %q: %w", col.Name, err))
		}
		for _, name := range slices.Compact([]string{plain(col.Name), plain(col.Title)}) {
			if other, taken := answers[name]; taken && name != "" {
				add("field %q has the name or title of the field %q", col.Name, other)
			}
			answers[name] = col.Name
		}
	}
	for _, name := range c.Key {
		if col, ok := c.Column(name); ok && (!col.Constraints.Required || col.OnError != "reject") {
			add("field %q is part of the key, so it must be required and on_error must be reject", name)
		}
	}
	for _, name := range c.named() {
		if _, ok := c.Column(name); !ok {
			add("a rule names the field %q, which the contract does not have", name)
		}
	}
	if circle := c.circle(); len(circle) > 0 {
		add("the rules of %s look at each other in a circle; one of them must not", strings.Join(circle, ", "))
	}
	return errs
}

func (col Column) check() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if plain(col.Name) == "" || plain(col.Title) == "" {
		add("it needs a name and a title")
	}
	if !slices.Contains(types, col.Type) {
		add("the type is %q; it can be one of %q", col.Type, types)
	}
	if col.OnError != "reject" && col.OnError != "blank" {
		add("on_error is %q; it can be reject or blank", col.OnError)
	}
	if (col.Type == "code") != (col.List != "") {
		add("a code has a list, and only a code has")
	}
	if len(col.Constraints.Enum) > 0 && col.Type != "code" {
		add("enum adds codes to a list, and the type is %q", col.Type)
	}
	if col.Register != "" && !slices.Contains([]string{"fund", "service", "provider"}, col.Register) {
		add("the register is %q; it can be fund, service or provider", col.Register)
	}
	least, most := col.Constraints.Minimum, col.Constraints.Maximum
	if (least == nil) != (most == nil) || least != nil && *least > *most {
		add("minimum and maximum go together, the minimum first")
	}
	if _, err := regexp.Compile(col.Constraints.Pattern); err != nil {
		add("the pattern cannot be read: %v", err)
	}
	if (col.Constraints.Pattern == "") != (col.Form == "") {
		add("a pattern needs its form in words, and only a pattern does")
	}
	return errs
}

// named lists the columns that keys and rules speak of.
func (c Contract) named() []string {
	names := slices.Clone(c.Key)
	if c.Dated != "" {
		names = append(names, c.Dated)
	}
	for _, r := range c.References {
		names = append(names, r.Columns...)
	}
	for _, col := range c.Columns {
		names = append(names, col.needs()...)
	}
	return names
}

// needs lists the columns that the rules of a column look at.
func (col Column) needs() []string {
	var names []string
	for _, r := range col.rules(ours()) {
		names = append(names, r.Needs...)
	}
	return names
}

// circle lists columns whose rules look at each other without an end, in the
// order of the contract; none where every rule can be judged.
func (c Contract) circle() []string {
	done := map[string]bool{}
	for range c.Columns {
		for _, col := range c.Columns {
			waits := slices.ContainsFunc(col.needs(), func(name string) bool {
				_, exists := c.Column(name)
				return exists && !done[name]
			})
			done[col.Name] = done[col.Name] || !waits
		}
	}
	var circle []string
	for _, col := range c.Columns {
		if !done[col.Name] {
			circle = append(circle, col.Name)
		}
	}
	return circle
}

// checkReferences reports feeds and columns that foreign keys name and no
// contract has.
func checkReferences(contracts []Contract) []error {
	var errs []error
	for _, c := range contracts {
		for _, r := range c.References {
			to := slices.IndexFunc(contracts, func(other Contract) bool { return other.Feed == r.To.Feed })
			switch {
			case to < 0:
				errs = append(errs, fmt.Errorf("extracts/%s.yaml: a foreign key names the feed %q, which has no contract", c.Feed, r.To.Feed))
			case len(r.Columns) != len(r.To.Columns) || !slices.Equal(r.To.Columns, contracts[to].Key):
				errs = append(errs, fmt.Errorf("extracts/%s.yaml: a foreign key must name the key of %s, which is %s",
					c.Feed, r.To.Feed, strings.Join(contracts[to].Key, ", ")))
			}
		}
	}
	return errs
}

// CheckLists reports every code list a contract names that is missing or
// empty, and every code a rule names that its list does not have.
func CheckLists(contracts []Contract, lists Lists) error {
	var errs []error
	for _, c := range contracts {
		add := func(col Column, format string, args ...any) {
			errs = append(errs, fmt.Errorf("extracts/%s.yaml: field %q: "+format, append([]any{c.Feed, col.Name}, args...)...))
		}
		for _, col := range c.Columns {
			for _, list := range col.lists() {
				if len(lists[list]) == 0 {
					add(col, "there is no code list %q in reference, or it is empty", list)
				}
			}
			w := col.RequiredWhen
			if w == nil || w.Equals == "" {
				continue
			}
			if other, ok := c.Column(w.Column); ok && other.Type == "code" && !slices.Contains(c.codes(other, lists), w.Equals) {
				add(col, "required_when waits for the code %q, which %s cannot have", w.Equals, w.Column)
			}
		}
	}
	return errors.Join(errs...)
}

// lists are the code lists the column cannot do without.
func (col Column) lists() []string {
	var lists []string
	switch col.Type {
	case "code":
		lists = append(lists, col.List)
	case "yes/no":
		lists = append(lists, "yes_no")
	case "yes/no/not known":
		lists = append(lists, "yes_no_nk")
	}
	if col.Band != "" {
		lists = append(lists, col.Band)
	}
	if col.Scale != "" {
		lists = append(lists, "outcome_scale")
	}
	return lists
}
