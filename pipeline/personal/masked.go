package personal

import (
	"path/filepath"
	"strings"
	"unicode"
)

// Masked is a file's name with x in the place of what looks like personal data, in it or
// in what stands before its ending.
func Masked(rules []Rule, name string) string {
	letters := []rune(name)
	var looked strings.Builder
	var from []int // of each byte looked at, its letter of the name
	for i, c := range letters {
		plain := Plain(string(c))
		if c == '_' {
			plain = " "
		}
		looked.WriteString(plain)
		for range len(plain) {
			from = append(from, i)
		}
	}
	whole := looked.String()
	for _, text := range []string{whole, strings.TrimSuffix(whole, filepath.Ext(whole))} {
		for _, r := range rules {
			if r.Header {
				continue
			}
			for _, at := range r.pattern.FindAllStringIndex(text, -1) {
				if r.holds(text[at[0]:at[1]]) {
					mask(letters, from[at[0]:at[1]])
				}
			}
		}
	}
	return string(letters)
}

func mask(letters []rune, at []int) {
	for _, i := range at {
		if c := letters[i]; unicode.IsLetter(c) || unicode.IsDigit(c) || c == '@' {
			letters[i] = 'x'
		}
	}
}
