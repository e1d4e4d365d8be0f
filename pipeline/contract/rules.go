package contract

import (
	"fmt"
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

// Rules lists every rule of the contract with its sentence, those of whole
// rows (a repeated key, a wrong number of fields) first.
func (c Contract) Rules(lists Lists) []Rule {
	rules := []Rule{
		{Name: "fields", Severity: "reject", Sentence: "the row has {value} fields, not as many as the header; a comma or a quotation mark inside a value may have split it, so put the value in quotation marks"},
		{Name: "duplicate key", Severity: "reject", Sentence: strings.Join(c.Key, " and ") + " is {value}, which is in this file more than once, so none of its rows can be trusted; send each once"},
		{Name: "personal data", Severity: "reject", Sentence: "{column} holds what looks like personal data of somebody {value}; take it out and send the row again"},
	}
	for _, col := range c.Columns {
		for _, r := range col.rules() {
			if r.Name == "form" && strings.HasPrefix(c.typeName(col), `"code_`) {
				r.Sentence = c.codeSentence(col, lists)
			}
			r.Column, r.Severity = col.Name, col.OnError
			rules = append(rules, r)
		}
	}
	return rules
}

func (c Contract) codeSentence(col Column, lists Lists) string {
	codes := c.codes(col, lists)
	use := strings.Join(codes, ", ")
	if last := len(codes) - 1; last > 0 {
		use = strings.Join(codes[:last], ", ") + " or " + codes[last]
	}
	return "{column} is {value}, which is not a code we know; use " + use + ", or have the value translated in the provider's mapping"
}

// rules are the column's rules in the order they are judged.
func (col Column) rules() []Rule {
	var rules []Rule
	add := func(name, sentence string, needs ...string) {
		rules = append(rules, Rule{Name: name, Sentence: sentence, Needs: needs})
	}
	if col.Constraints.Required {
		add("required", "{column} is blank; every row needs one")
	}
	if w := col.RequiredWhen; w != nil {
		when := w.Column + " is given"
		if w.Equals != "" {
			when = w.Column + " is " + w.Equals
		}
		add("required when", "{column} is blank; it is needed when "+when, w.Column)
	}
	if form := col.form(); form != "" {
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
		add("before "+other, "{column} is {value}, which is before "+other+"; correct whichever date is wrong", other)
	}
	if len(col.AddsUp) > 0 {
		add("adds up", "{column} is {value}, which is not "+strings.Join(col.AddsUp, " plus ")+" to the penny", col.AddsUp...)
	}
	if col.Scale != "" {
		add("scale", "{column} is {value}, which the scale in "+col.Scale+" does not have", col.Scale)
	}
	return rules
}

// form says, after "which is not", what a value of the column looks like;
// empty where any text will do.
func (col Column) form() string {
	switch col.Type {
	case "code", "yes/no", "yes/no/not known":
		return "a code we know"
	case "date":
		return "a date that exists; write it as 2024-03-31, or have the provider's mapping say the day comes first"
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
	case col.Register == "service":
		return "a service of the provider that sent the file; use the service's code in the configuration"
	case col.Register != "":
		return "in the " + col.Register + " register; use a code of the configuration"
	case col.Constraints.Pattern != "":
		return col.Form
	}
	return ""
}
