package returns

import (
	"math/big"
	"strings"
)

// Reads is what a cell of a format shows of an exact decimal: £1,234.50, 22.7%,
// 1,012. What is no number, such as a marker in brackets, reads as it is.
func Reads(format, value string) string {
	n, ok := new(big.Rat).SetString(value)
	if !ok || !decimal.MatchString(value) {
		return value
	}
	before, places, after := "", 0, ""
	switch format {
	case "money":
		before, places = "£", 2
	case "percent":
		n, places, after = n.Mul(n, big.NewRat(100, 1)), 1, "%"
	case "number":
		places = 1
	}
	sign := ""
	if n.Sign() < 0 {
		sign, n = "-", n.Neg(n)
	}
	whole, rest, fraction := strings.Cut(n.FloatString(places), ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if fraction {
		whole += "." + rest
	}
	return sign + before + whole + after
}
