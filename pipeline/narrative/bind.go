package narrative

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

var (
	codeForm = regexp.MustCompile(`^([A-Z]+[0-9]+[A-Z]*)(?:\[([a-z_ ]+)=([^\]]+)\])?$`)
	rowForm  = regexp.MustCompile(`^([a-z]+):([a-z ]+)$`)
	whens    = []string{"this", "to-date", "last-quarter", "last-year"}
)

// law is how a law, or a part of one, is cited.
var law = regexp.MustCompile(`\b(?:[Ss]ections?|[Aa]rticles?|[Rr]egulations?|[Ss]chedules?|[Pp]aragraphs?) [0-9]+[A-Z]*(?:\([0-9a-z]+\))*|\b(?:Act|Order|Regulations|Rules) [12][0-9]{3}\b`)

// literal says what in words that are no figure could be one all the same: numbers that
// are neither part of a date, a period, a law nor a name of the office.
func (k Known) literal(words string) error {
	rest := law.ReplaceAllString(allowed.ReplaceAllString(words, ""), "")
	for _, name := range k.Names {
		rest = strings.ReplaceAll(rest, name, "")
	}
	if found := typed.FindString(rest); found != "" {
		return fmt.Errorf("{literal %s} has %q in it, which could be a figure: bind it, or write it in letters; a literal is a date, a law (Section 28), or a name of the configuration", words, found)
	}
	return nil
}

// bind reads what stands in braces.
func (k Known) bind(text string) (Inline, error) {
	if words, ok := strings.CutPrefix(text, "literal "); ok {
		return Inline{Text: words}, k.literal(words)
	}
	parts := strings.Split(text, "|")
	b := Binding{Ask: Value, When: "this"}
	if len(parts) == 3 {
		b.One, b.Many = parts[1], parts[2]
	} else if len(parts) != 1 {
		return Inline{}, fmt.Errorf("{%s} has %d nouns; write {R01|referral|referrals}", text, len(parts)-1)
	}
	fields := strings.Fields(parts[0])
	if m := rowForm.FindStringSubmatch(parts[0]); m != nil {
		b.Ask, b.Question, b.Item = Row, m[1], m[2]
		if !slices.Contains(k.Tables, b.Question) {
			return Inline{}, fmt.Errorf("there is no question %q%s", b.Question, nearest(b.Question, k.Tables))
		}
		return Inline{Binding: &b}, nil
	}
	if len(fields) == 1 && slices.Contains(k.Words, fields[0]) {
		b.Ask, b.Item = Word, fields[0]
		return Inline{Binding: &b}, nil
	}
	if len(fields) > 1 && (fields[0] == string(Number) || fields[0] == string(Change)) {
		b.Ask, fields = Ask(fields[0]), fields[1:]
	}
	if len(fields) > 1 && !strings.Contains(strings.Join(fields[1:], " "), "]") {
		b.When = strings.Join(fields[1:], " ")
		fields = fields[:1]
	}
	m := codeForm.FindStringSubmatch(strings.Join(fields, " "))
	if m == nil {
		return Inline{}, fmt.Errorf("{%s} is neither a figure, such as {R01 to-date}, nor one of the words %s%s", text, strings.Join(k.Words, ", "),
			nearest(text, k.Words))
	}
	b.Code, b.Dimension, b.Category = m[1], m[2], m[3]
	return Inline{Binding: &b}, k.check(b)
}

// check holds a figure against what there is.
func (k Known) check(b Binding) error {
	by, ok := k.Metric(b.Code)
	switch {
	case !ok:
		return fmt.Errorf("%q is not a metric%s", b.Code, nearest(b.Code, k.Codes))
	case b.Dimension != "" && !slices.Contains(by, b.Dimension):
		return fmt.Errorf("%s is not broken down by %q; it is by %s", b.Code, b.Dimension, strings.Join(by, ", "))
	case !slices.Contains(whens, b.When):
		return fmt.Errorf("%q is not a period; there are %s", b.When, strings.Join(whens, ", "))
	case b.Ask == Change && b.When != "last-quarter" && b.When != "last-year":
		return fmt.Errorf("a change is since last-quarter or last-year: write {change %s last-quarter}", b.Code)
	}
	return nil
}
