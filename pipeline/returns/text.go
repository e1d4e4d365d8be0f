package returns

import (
	"bytes"
	"encoding/xml"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// escape finds what a workbook would read as a character's number, such as
// _x0041_ for A.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// escaped is a text as a part of a workbook has it; the underline of what looks
// like a character's number is written as a number itself.
func escaped(text string) string {
	var out bytes.Buffer
	if err := xml.EscapeText(&out, []byte(escape.ReplaceAllString(text, "_x005F$0"))); err != nil {
		return "" // a buffer takes everything
	}
	return strings.ReplaceAll(out.String(), "&#xA;", "\n")
}

// unescaped is the text that a part of a workbook means.
func unescaped(text string) string {
	if !strings.Contains(text, "_x") {
		return text
	}
	return escape.ReplaceAllStringFunc(text, func(found string) string {
		number, err := strconv.ParseUint(found[2:6], 16, 16)
		if err != nil {
			return found
		}
		return string(rune(number))
	})
}

// printable turns characters that a workbook cannot hold into spaces.
func printable(c rune) rune {
	if c != '\n' && (unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF || c == unicode.ReplacementChar) {
		return ' '
	}
	return c
}

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
