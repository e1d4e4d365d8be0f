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
	whens    = []string{"this", "to-date", "last-quarter"}
)

// bind reads what stands in braces.
func (k Known) bind(text string) (Inline, error) {
	if words, ok := strings.CutPrefix(text, "literal "); ok {
		return Inline{Text: words}, nil
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
	case b.Ask == Change && b.When != "last-quarter":
		return fmt.Errorf("a change is since last-quarter: write {change %s last-quarter}", b.Code)
	}
	return nil
}
