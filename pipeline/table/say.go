package table

import (
	"math/big"
	"strings"
)

// Pounds is an exact amount as people read it, to the penny: 1234.5 is £1,234.50. What
// is no number stays as it is.
func Pounds(amount string) string {
	n, ok := new(big.Rat).SetString(amount)
	if !ok {
		return amount
	}
	sign, text := "", n.FloatString(money)
	if text, negative := strings.CutPrefix(text, "-"); negative && strings.Trim(text, "0.") != "" {
		sign = "-"
	}
	return sign + "£" + Grouped(strings.TrimPrefix(text, "-"))
}

// PerCent is an exact share as people read it: 0.8731 is 87.3%. What is no number stays
// as it is.
func PerCent(share string) string {
	n, ok := new(big.Rat).SetString(share)
	if !ok {
		return share
	}
	return n.Mul(n, big.NewRat(100, 1)).FloatString(1) + "%"
}

// Rounded is a number as it is printed that is no amount and no share: one place where it
// is not whole. What is no number stays as it is.
func Rounded(number string) string {
	n, ok := new(big.Rat).SetString(number)
	if !ok || n.IsInt() {
		return number
	}
	return n.FloatString(1)
}

// Grouped puts a comma before each three digits of a number's whole part.
func Grouped(number string) string {
	whole, fraction, some := strings.Cut(number, ".")
	for i := len(whole) - 3; i > 0 && whole[i-1] != '-'; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if some {
		whole += "." + fraction
	}
	return whole
}
