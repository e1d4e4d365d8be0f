package contract

import (
	"fmt"

	"mojreturns/pipeline/register"
)

// checkPseudonyms reports columns that the mapping wants hashed and that cannot be.
func (c Contract) checkPseudonyms(f register.Feed) []misfit {
	var list []misfit
	for i, name := range f.Pseudonym {
		wrong := func(format string, args ...any) {
			under := []string{"pseudonym"}
			if len(f.Pseudonym) > 1 {
				under = append(under, fmt.Sprint(i))
			}
			list = append(list, misfit{under, false, fmt.Errorf(format, args...)})
		}
		col, ok := c.Column(name)
		_, constant := f.Constants[name]
		_, derived := f.Derive[name]
		switch {
		case !ok:
			wrong("the provider's mapping hashes the column %q, which the contract %s does not have%s; name our column, and under columns the provider's header", name, c.Feed, c.perhaps(name))
		case col.Type != "text" || col.Register != "":
			wrong("the provider's mapping hashes the column %s, which is no text; a hash can stand in a text only", name)
		case constant, derived, len(f.Codes[name]) > 0:
			wrong("the provider's mapping hashes the column %s, and gives it a constant, a derivation or codes too; keep one", name)
		}
	}
	return list
}

// Hashed finds the headers whose values are client numbers, by all that a provider's feed
// says: their places, from 0. A header that is missing or stands twice is an error.
func (c Contract) Hashed(header []string, f register.Feed, told Told) ([]int, error) {
	m, err := c.MatchFeed(header, f, told)
	if err != nil {
		return nil, err
	}
	var places []int
	for _, name := range f.Pseudonym {
		at, ok := m.Columns[name]
		if !ok {
			return nil, fmt.Errorf("no header is the column %s, which the provider's mapping hashes; name the header under columns, or take it away from pseudonym", name)
		}
		places = append(places, at)
	}
	return places, nil
}
