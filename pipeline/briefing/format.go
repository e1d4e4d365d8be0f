package briefing

import (
	"math/big"
	"strings"
)

// The shorthand for a figure that cannot be shown.
const (
	notAvailable  = "[x]"
	notApplicable = "[z]"
	tooFew        = "[u]"
	hidden        = "[c]"
)

// leastShare is the number below which a percentage says too little.
const leastShare = 10

// figure writes a decimal in its unit. A marker, or the lack of a value, is
// written as its shorthand.
func figure(value, unit, marker string) string {
	if marker != "" {
		return "[" + marker + "]"
	}
	v, ok := new(big.Rat).SetString(value)
	if !ok {
		return notAvailable
	}
	switch unit {
	case "pounds":
		return pounds(v)
	case "share":
		return decimal(new(big.Rat).Mul(v, big.NewRat(100, 1)), 1) + "%"
	}
	if v.IsInt() {
		return decimal(v, 0)
	}
	return decimal(v, 1)
}

// share writes a percentage with the number it is of.
func share(value, marker, n string) string {
	of, known := new(big.Rat).SetString(n)
	shown := figure(value, "share", marker)
	switch {
	case strings.HasPrefix(shown, "["):
		return shown
	case !known:
		return notAvailable
	case of.Cmp(big.NewRat(leastShare, 1)) < 0:
		return tooFew
	}
	return shown + " (n = " + decimal(of, 0) + ")"
}

func pounds(v *big.Rat) string {
	text := decimal(v, 2)
	if strings.HasPrefix(text, "-") {
		return "-£" + text[1:]
	}
	return "£" + text
}

// decimal writes an exact number with thousands commas, halves rounded away
// from zero. A number that rounds to nothing has no sign.
func decimal(v *big.Rat, places int) string {
	text := v.FloatString(places)
	sign := ""
	if strings.HasPrefix(text, "-") {
		text = text[1:]
		if strings.Trim(text, "0.") != "" {
			sign = "-"
		}
	}
	whole, fraction, some := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if some {
		whole += "." + fraction
	}
	return sign + whole
}

// number is a decimal as text, nought if it is none.
func number(count string) *big.Rat {
	if v, ok := new(big.Rat).SetString(count); ok {
		return v
	}
	return new(big.Rat)
}
