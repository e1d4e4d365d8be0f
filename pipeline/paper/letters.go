// Package paper says how words fit on paper: how many lines a text takes in a column
// of a sheet, how tall that makes its row, and how a sheet of ours prints on A4.
//
// A workbook keeps widths and heights as numbers: neither Excel nor LibreOffice works
// them out on opening. What is said here is for Arial and for DejaVu Sans, which stands
// in for it where it is missing: of the two the one that takes more room counts.
package paper

import (
	"math"
	"strings"
	"unicode"
)

// Usual is the size in points of the letters that the columns of our workbooks are
// measured by: a column is as wide as so many of their digits.
const Usual = 11.0

// Letters are how a cell is written.
type Letters struct {
	Size  float64 // in points
	Bold  bool
	Usual float64 // the size that columns are measured by; 0 is ours
}

// margin is what a column keeps free beside its words, in digits.
const margin = 0.8

// Wide is how wide a text of one line is, in digits of the usual letters.
func (l Letters) Wide(text string) float64 {
	wide := 0.0
	for _, r := range text {
		wide += digits(r)
	}
	return wide * l.scale()
}

func (l Letters) scale() float64 {
	scale := l.Size / Usual
	if l.Usual > 0 {
		scale = l.Size / l.Usual
	}
	if l.Bold {
		scale *= 1.1
	}
	return scale
}

// digits is how wide a letter is in digits of its own size.
func digits(r rune) float64 {
	switch r {
	case 'i', 'j', 'l', 'I', '|', '.', ',', ':', ';', '\'', '!', ' ':
		return 0.5
	case 'f', 'r', 't', '(', ')', '[', ']', '{', '}', '-', '/', '\\', '"', '`', '*':
		return 0.65
	case 'm', 'M':
		return 1.55
	case 'W', '%', '@', '…', '—':
		return widestLetter
	case 'w', '&', '+', '=', '<', '>', '~':
		return 1.35
	}
	switch {
	case r > 0x2e80: // such as Chinese
		return widestLetter
	case unicode.IsUpper(r):
		return 1.35
	}
	return 1
}

const widestLetter = 1.8

// Column is how wide a column must be to show a text in one line.
func (l Letters) Column(text string) float64 { return l.Wide(text) + margin }

// Longest is how wide a column must be to break no word of a text.
func (l Letters) Longest(text string) float64 {
	wide := 0.0
	for _, word := range strings.Fields(text) {
		wide = max(wide, l.Column(word))
	}
	return wide
}

// Lines is how many lines a text takes in a column, which breaks it between words,
// and a word only where it is wider than the column.
func (l Letters) Lines(text string, column float64) int {
	if float64(len(text))*widestLetter*l.scale() <= column-margin && !strings.Contains(text, "\n") {
		return 1 // whatever its letters are: a table may have a million such
	}
	return len(l.Break(text, column))
}

// Break is a text as the lines that it takes in a column.
func (l Letters) Break(text string, column float64) []string {
	room := max(column-margin, 2*l.Wide("W"))
	var out []string
	for _, paragraph := range strings.Split(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if longer := line + " " + word; line != "" && l.Wide(longer) <= room {
				line = longer
				continue
			} else if line != "" {
				out = append(out, line)
			}
			var rest string
			for line, rest = l.first(word, room); rest != ""; line, rest = l.first(rest, room) {
				out = append(out, line)
			}
		}
		out = append(out, line)
	}
	return out
}

// first is as much of a word as there is room for, up to a hyphen where it has one,
// and the rest of it.
func (l Letters) first(word string, room float64) (part, rest string) {
	wide, hyphen := 0.0, 0
	for i, r := range word {
		if wide += digits(r) * l.scale(); wide > room && i > 0 {
			if hyphen > 0 {
				i = hyphen
			}
			return word[:i], word[i:]
		}
		if r == '-' {
			hyphen = i + 1
		}
	}
	return word, ""
}

// Tallest is the most points that a row can have.
const Tallest = 409.0

// air keeps words off the rules above and below them, in points.
const air = 4.0

// Need is how many points so many lines take, no air left.
func (l Letters) Need(lines int) float64 { return float64(lines) * l.Size * 1.2 }

// Row is how tall a row of so many lines is made, in points.
func (l Letters) Row(lines int) float64 {
	return min(math.Ceil(float64(lines)*l.Size*1.25+air), Tallest)
}
