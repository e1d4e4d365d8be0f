package table

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/jedib0t/go-pretty/v6/text"
)

// words are the parts of a text after which a line may end: words, and those of names
// such as training_delegates or store/drafts.
func words(s string) []string { return partForm.FindAllString(s, -1) }

var (
	partForm = regexp.MustCompile(`[^ _/]*[_/]+ *|[^ _/]+ *| +`)
	wordForm = regexp.MustCompile(`[^ ]+ *| +`)
)

// wrap breaks a text into lines between its words, and a word that is longer than a
// line between its parts or, if it must be, anywhere.
func wrap(s string, width int) string {
	var lines []string
	line := ""
	fits := func(more string) bool { return text.StringWidth(line+strings.TrimRight(more, " ")) <= width }
	next := func() { lines, line = append(lines, strings.TrimRight(line, " ")), "" }
	for _, word := range wordForm.FindAllString(s, -1) {
		parts := []string{word}
		if text.StringWidth(strings.TrimRight(word, " ")) > width {
			parts = words(word)
		}
		for _, part := range parts {
			if line != "" && !fits(part) {
				next()
			}
			for !fits(part) {
				line = text.Trim(part, width)
				part = part[len(line):]
				next()
			}
			line += part
		}
	}
	next()
	return strings.Join(lines, "\n")
}

// Prose breaks a line of text to a width (0: not at all). What goes on below stands
// under the last column of the line, which two blanks set off.
func Prose(line string, width int) string {
	if width == 0 || text.StringWidth(line) <= width {
		return line
	}
	head := strings.LastIndex(line, "  ") + 2
	if head < 2 || 2*head > width {
		head = 0
	}
	under := strings.Repeat(" ", text.StringWidth(line[:head]))
	return line[:head] + strings.ReplaceAll(wrap(line[head:], width-len(under)), "\n", "\n"+under)
}

// flow writes names and values one after the other, a long one on lines of its own.
func flow(pairs []string, width int) string {
	const apart, indent = " · ", "  "
	width -= len(indent)
	var lines []string
	for _, pair := range pairs {
		if last := len(lines) - 1; last >= 0 && text.StringWidth(lines[last]+apart+pair) <= width {
			lines[last] += apart + pair
		} else {
			lines = append(lines, pair)
		}
	}
	for i, line := range lines {
		lines[i] = wrap(line, width)
	}
	return strings.ReplaceAll(strings.Join(lines, "\n"), "\n", "\n"+indent) + "\n"
}

// printable shows what a terminal would obey instead: a provider's text must
// not move the cursor.
func printable(s string) string {
	if strings.IndexFunc(s, unicode.IsControl) < 0 {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r):
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
