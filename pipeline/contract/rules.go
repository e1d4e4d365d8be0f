package contract

import (
	"fmt"
	"slices"
	"strings"
)

// Rule is something a value can break. Needs names the other columns it looks
// at; it is judged only where they are good. Sentence says what is wrong and
// what to do, with {column} and {value} in it.
type Rule struct {
	Column   string
	Name     string
	Severity string // reject or blank
	Sentence string
	Needs    []string
}

// Rules lists every rule of the contract with its sentence in our words, those of
// whole rows (a repeated key, a wrong number of fields) first.
func (c Contract) Rules(lists Lists) []Rule { return c.rules(lists, ours()) }

func (c Contract) rules(lists Lists, w wording) []Rule {
	var key []string
	for _, column := range c.Key {
		key = append(key, w.column(column))
	}
	key = slices.Compact(key) // one header may give several
	rules := []Rule{
		{Name: "fields", Severity: "reject", Sentence: "the row has {value} fields, not as many as the header; a comma or a quotation mark inside a value may have split it, so put the value in quotation marks"},
		{Name: "duplicate key", Severity: "reject", Sentence: strings.Join(key, " and ") +
			" is {value}, which is in this file more than once, so none of its rows can be trusted; send each once"},
		{Name: "personal data", Severity: "reject", Sentence: "{column} holds what looks like personal data of somebody {value}; take it out and send the row again"},
	}
	for _, col := range c.Columns {
		for _, r := range col.rules(w) {
			if r.Name == "form" && strings.HasPrefix(c.typeName(col), `"code_`) {
				r.Sentence = c.codeSentence(col, lists, w)
			}
			r.Column, r.Severity = col.Name, col.OnError
			rules = append(rules, r)
		}
	}
	return rules
}

func (c Contract) codeSentence(col Column, lists Lists, w wording) string {
	return "{column} is {value}, which is not a code we know; use " + w.oneOf(col.Name, c.codes(col, lists)) + w.unknown
}

// rules are the column's rules in the order they are judged.
func (col Column) rules(w wording) []Rule {
	var rules []Rule
	add := func(name, sentence string, needs ...string) {
		rules = append(rules, Rule{Name: name, Sentence: sentence, Needs: needs})
	}
	if col.Constraints.Required {
		add("required", "{column} is blank; every row needs one")
	}
	if other := col.RequiredWhen; other != nil {
		when := w.column(other.Column) + " is given"
		if other.Equals != "" {
			when = w.column(other.Column) + " is " + w.code(other.Column, other.Equals)
		}
		add("required when", "{column} is blank; it is needed when "+when, other.Column)
	}
	if form := col.form(w); form != "" {
		add("form", "{column} is {value}, which is not "+form)
	}
	if col.Type == "date" || col.Type == "datetime" {
		add("calendar", "{column} is {value}, which is outside the years 2015 to 2028; check the year")
	}
	if col.Constraints.Minimum != nil && col.Constraints.Maximum != nil {
		add("range", fmt.Sprintf("{column} is {value}, which is not between %d and %d", *col.Constraints.Minimum, *col.Constraints.Maximum))
	}
	if col.Constraints.MaxLength > 0 {
		add("length", fmt.Sprintf("{column} is longer than %d characters; shorten it", col.Constraints.MaxLength))
	}
	for _, other := range col.NotBefore {
		add("before "+other, "{column} is {value}, which is before "+w.column(other)+"; correct whichever date is wrong", other)
	}
	if len(col.AddsUp) > 0 {
		var parts []string
		for _, part := range col.AddsUp {
			parts = append(parts, w.column(part))
		}
		add("adds up", "{column} is {value}, which is not "+strings.Join(parts, " plus ")+" to the penny", col.AddsUp...)
	}
	if col.Scale != "" {
		add("scale", "{column} is {value}, which the scale in "+w.column(col.Scale)+" does not have", col.Scale)
	}
	return rules
}

// form says, after "which is not", what a value of the column looks like;
// empty where any text will do.
func (col Column) form(w wording) string {
	switch col.Type {
	case "code", "yes/no", "yes/no/not known":
		return "a code we know"
	case "date":
		return "a date that exists; write it as " + w.date
	case "datetime":
		return "a date and time; write it as 2024-03-31T09:30"
	case "time":
		return "a time; write it as 09:30"
	case "integer":
		return "a whole number"
	case "number":
		return "a number; write it as 12.5"
	case "money":
		return "an amount in pounds; write it as 1234.50, or (45.00) for a credit"
	}
	switch {
	case col.Register != "":
		return w.register(col)
	case col.Constraints.Pattern != "":
		return col.Form
	}
	return ""
}
