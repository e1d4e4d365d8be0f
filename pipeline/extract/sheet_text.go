package extract

import (
	"bytes"
	"strconv"
	"unicode/utf8"
)

// appendPlainText reads the text of the element just started, up to its end: its
// own, not that of what else may stand in it.
func appendPlainText(to []byte, m *markup) ([]byte, error) {
	from := len(to)
	to, err := appendOwn(to, from, m)
	if err != nil {
		return to, err
	}
	return asText(to, from)
}

// appendRich reads a text made of runs, each with a text, or of one text alone;
// not the readings of Japanese names beside it.
func appendRich(to []byte, m *markup) ([]byte, error) {
	from, run := len(to), 0
	for depth := m.depth; ; {
		more, err := m.child(depth + run)
		switch {
		case err != nil:
			return to, err
		case !more && run == 0:
			return asText(to, from)
		case !more:
			run = 0
		case m.is(sheetSpace, "t"):
			if to, err = appendOwn(to, from, m); err != nil {
				return to, err
			}
		case run == 0 && m.is(sheetSpace, "r"):
			run = 1
		}
	}
}

func appendOwn(to []byte, cell int, m *markup) ([]byte, error) {
	for depth := m.depth; ; {
		t, err := m.next()
		switch {
		case err != nil:
			return to, noEnd(err)
		case t == endTag && m.depth < depth:
			return to, nil
		case t == chars && m.depth == depth:
			if to = append(to, m.text...); len(to)-cell > mostCell {
				return to, tooMuch("has a cell of more than a million characters")
			}
		}
	}
}

// asText checks the text of a cell once all of it is there.
func asText(to []byte, from int) ([]byte, error) {
	if to = unescape(to, from); !utf8.Valid(to[from:]) || bytes.IndexByte(to[from:], 0) >= 0 {
		return to, errMarkup
	}
	return to, nil
}

// unescape turns the characters that XML cannot hold, written _x000D_, into
// themselves.
func unescape(b []byte, from int) []byte {
	if !bytes.Contains(b[from:], []byte("_x")) {
		return b
	}
	out := b[:from]
	for rest := b[from:]; len(rest) > 0; {
		if len(rest) >= 7 && rest[0] == '_' && rest[1] == 'x' && rest[6] == '_' {
			if n, err := strconv.ParseUint(string(rest[2:6]), 16, 16); err == nil {
				out = append(out, string(rune(n))...)
				rest = rest[7:]
				continue
			}
		}
		out = append(out, rest[0])
		rest = rest[1:]
	}
	return out
}
