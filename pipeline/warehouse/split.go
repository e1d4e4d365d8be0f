package warehouse

import (
	"fmt"
	"strings"
)

// statement is one statement of an SQL text.
type statement struct {
	text string // without leading comments and without its semicolon
	line int    // where it starts, from 1
}

// Split cuts an SQL text into its statements. Semicolons in quotes, in
// dollar-quoted texts and in comments do not count; a text that is left open is
// an error that names its line. The driver would split too, but not say where.
func Split(text string) ([]string, error) {
	all, err := split(text)
	if err != nil {
		return nil, err
	}
	texts := make([]string, len(all))
	for i, s := range all {
		texts[i] = s.text
	}
	return texts, nil
}

func split(text string) ([]statement, error) {
	var all []statement
	start, line := -1, 1 // start is where the present statement begins, -1 before its first word
	begin := 0           // the line of start
	finish := func(end int) {
		if start >= 0 {
			all = append(all, statement{strings.TrimRight(text[start:end], " \t\r\n"), begin})
		}
		start = -1
	}
	for i := 0; i < len(text); {
		n, kind := next(text, i)
		if n < 0 {
			return nil, fmt.Errorf("line %d: the %s that starts here is not closed", line, kind)
		}
		switch {
		case kind == "semicolon":
			finish(i)
		case kind != "space" && kind != "comment" && start < 0:
			start, begin = i, line
		}
		line += strings.Count(text[i:i+n], "\n")
		i += n
	}
	finish(len(text))
	return all, nil
}

// next measures what begins at i and says what it is; -1 if it does not end.
func next(text string, i int) (length int, kind string) {
	rest := text[i:]
	switch c := rest[0]; {
	case c == ';':
		return 1, "semicolon"
	case strings.IndexByte(" \t\r\n\f\v", c) >= 0:
		return 1, "space"
	case strings.HasPrefix(rest, "--"):
		return until(rest, "\r\n"), "comment"
	case strings.HasPrefix(rest, "/*"):
		return block(rest), "comment"
	case c == '"':
		return closed(rest, 1, `"`), "name in double quotes"
	case c == '\'':
		return closed(rest, 1, "'"), "text in quotes"
	case (c == 'e' || c == 'E') && strings.HasPrefix(rest[1:], "'"):
		return escaped(rest), "text in quotes"
	case c == '$':
		if tag := dollarTag(rest); tag != "" {
			return closed(rest, len(tag), tag), "text in " + tag
		}
		return 1, "sign"
	case wordByte(c):
		n := 1
		for n < len(rest) && (wordByte(rest[n]) || rest[n] == '$') {
			n++
		}
		return n, "word"
	}
	return 1, "sign"
}

// until is the length up to the first of the given bytes.
func until(s, any string) int {
	if n := strings.IndexAny(s, any); n >= 0 {
		return n
	}
	return len(s)
}

// closed is the length of a quoted text, from its opening of the given length
// to its closing. A doubled quote inside reads as two texts side by side.
func closed(s string, opening int, closing string) int {
	n := strings.Index(s[opening:], closing)
	if n < 0 {
		return -1
	}
	return opening + n + len(closing)
}

// escaped is the length of E'...', in which a backslash hides the quote after it.
func escaped(s string) int {
	for n := 2; n < len(s); n++ {
		switch s[n] {
		case '\\':
			n++
		case '\'':
			return n + 1
		}
	}
	return -1
}

// block is the length of a comment of the other kind; they nest.
func block(s string) int {
	depth := 0
	for n := 0; n+1 < len(s); n++ {
		switch s[n : n+2] {
		case "/*":
			depth++
			n++
		case "*/":
			depth--
			n++
			if depth == 0 {
				return n + 1
			}
		}
	}
	return -1
}

// dollarTag is the $tag$ or $$ that opens a text, or nothing ($1 is a parameter).
func dollarTag(s string) string {
	n := 1
	for n < len(s) && wordByte(s[n]) && !(n == 1 && '0' <= s[n] && s[n] <= '9') {
		n++
	}
	if n < len(s) && s[n] == '$' {
		return s[:n+1]
	}
	return ""
}

func wordByte(c byte) bool {
	return c == '_' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}
