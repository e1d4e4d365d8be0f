package extract

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// textOf gives the value of an attribute as text, entities read.
func textOf(value []byte) string {
	text, err := appendDecoded(nil, value)
	if err != nil || !utf8.Valid(text) {
		return ""
	}
	return string(text)
}

// appendDecoded writes text with its entities read and its line ends made one.
func appendDecoded(to, text []byte) ([]byte, error) {
	for {
		at := bytes.IndexAny(text, "&\r")
		if at < 0 {
			return append(to, text...), nil
		}
		to = append(to, text[:at]...)
		if text[at] == '\r' {
			to = append(to, '\n')
			text = bytes.TrimPrefix(text[at+1:], []byte("\n"))
			continue
		}
		end := bytes.IndexByte(text[at:], ';')
		if end < 0 {
			return to, errMarkup
		}
		c := entity(string(text[at+1 : at+end]))
		if c < 0 {
			return to, errMarkup
		}
		to = utf8.AppendRune(to, c)
		text = text[at+end+1:]
	}
}

// entity reads what stands between & and ; and gives -1 if it names no character.
func entity(name string) rune {
	switch name {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	if len(name) < 2 || name[0] != '#' {
		return -1
	}
	digits, base := name[1:], 10
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n == 0 || !utf8.ValidRune(rune(n)) || n > utf8.MaxRune {
		return -1
	}
	return rune(n)
}
