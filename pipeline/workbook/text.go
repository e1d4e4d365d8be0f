package workbook

import (
	"bytes"
	"encoding/xml"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// escape finds what a workbook would read as a character's number, such as
// _x0041_ for A.
var escape = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// Escaped is a text as a part of a workbook has it; the underline of what looks
// like a character's number is written as a number itself.
func Escaped(text string) string {
	var out bytes.Buffer
	if err := xml.EscapeText(&out, []byte(escape.ReplaceAllString(text, "_x005F$0"))); err != nil {
		return "" // a buffer takes everything
	}
	return strings.ReplaceAll(out.String(), "&#xA;", "\n")
}

// Unescaped is the text that a part of a workbook means.
func Unescaped(text string) string {
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

// Printable turns characters that a workbook cannot hold into spaces.
func Printable(c rune) rune {
	if c != '\n' && (unicode.IsControl(c) || c == 0xFFFE || c == 0xFFFF || c == unicode.ReplacementChar) {
		return ' '
	}
	return c
}
