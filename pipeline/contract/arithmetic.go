package contract

import (
	"fmt"
	"math/big"
	"regexp"
	"slices"

	"mojreturns/pipeline/register"
)

// A factor has at most six digits on either side of its point, so that its product with
// a number of twelve digits and six decimals is exact in 30 digits.
const factorPlaces = 6

var factorForm = regexp.MustCompile(`^[0-9]{1,6}([.][0-9]{1,6})?$`)

// factor is what a derivation multiplies numbers by, as an exact decimal such as
// 60.000000; empty where it does not.
func factor(d register.Derived) (string, error) {
	key, text := "times", d.Times
	if d.Divide != "" {
		key, text = "divide", d.Divide
	}
	if text == "" {
		return "", nil
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok || !factorForm.MatchString(text) || r.Sign() == 0 {
		return "", fmt.Errorf("%s is %q; it is a number above 0, such as 60 or 0.01, with at most six digits before and after its point", key, text)
	}
	if key == "divide" {
		r.Inv(r)
		if places, exact := r.FloatPrec(); !exact || places > factorPlaces {
			return "", fmt.Errorf("divide is %q, by which numbers do not come out exactly; divide by 10, 100, 1000, 4 or the like, or ask the provider for the unit", text)
		}
	}
	return r.FloatString(factorPlaces), nil
}

// checkFactor reports a multiplication that cannot be, under its own key.
func (c Contract) checkFactor(column string, d register.Derived) []misfit {
	key := "times"
	if d.Divide != "" {
		key = "divide"
	}
	if d.Times == "" && d.Divide == "" {
		return nil
	}
	wrong := func(format string, args ...any) []misfit {
		return []misfit{{[]string{"derive", column, key}, true, fmt.Errorf(format, args...)}}
	}
	col, known := c.Column(column)
	_, err := factor(d)
	switch {
	case d.Times != "" && d.Divide != "":
		return wrong("%s is derived with both times and divide; keep one", column)
	case known && !slices.Contains([]string{"integer", "number", "money"}, col.Type):
		return wrong("%s is derived with %s, and it is no column of numbers of the contract %s", column, key, c.Feed)
	case col.Band != "":
		return wrong("%s is derived with %s; it is kept as a band and is taken as it is sent", column, key)
	case d.As != "":
		return wrong("%s is derived both with %s and as %q; keep one", column, key, d.As)
	case err != nil:
		return wrong("%s is derived by a number that cannot be: %w", column, err)
	}
	return nil
}

// product is the SQL for a text's number times a factor, as a text. What is no number
// becomes a text that none is, so that it is never taken without the factor; the fault
// shows what was sent.
func (j judge) product(col Column, text, factor string) string {
	plain := j.number(col, text)
	number := "as_exact(" + plain + ")"
	if col.Type == "money" {
		number = fmt.Sprintf("coalesce(%s, TRY_CAST(as_money(%s) AS DECIMAL(18,6)))", number, plain)
	}
	return fmt.Sprintf("coalesce(times_exactly(%s, %s::DECIMAL(12,6)), 'no number: ' || %s)", number, quote(factor), text)
}
