package personal

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Safe says which values of a file may be repeated to people: those of a form of
// reference/safe_form.csv, and codes and labels of the code lists, which may be misspelt by
// two letters. Of any other value only its shape is told. It is the one place where that
// is decided.
type Safe struct {
	forms []*regexp.Regexp
	words lexicon
	names lexicon // words that names of columns, sheets and files are made of
}

// lexicon is words that are known, even misspelt.
type lexicon struct {
	all  map[string]bool
	long map[int][][]rune // those of four letters and more, by their length
}

func (l *lexicon) add(word string) {
	if word == "" || l.all[word] {
		return
	}
	if l.all == nil {
		l.all, l.long = map[string]bool{}, map[int][][]rune{}
	}
	l.all[word] = true
	if letters := []rune(word); len(letters) >= 4 && strings.ContainsFunc(word, unicode.IsLetter) {
		l.long[len(letters)] = append(l.long[len(letters)], letters)
	}
}

// ParseSafe reads the forms of reference/safe_form.csv; words are codes and labels, and
// names what columns of extracts are called. Mistakes are reported together.
func ParseSafe(rows []map[string]string, words, names []string) (Safe, error) {
	s := Safe{}
	var errs []error
	for i, row := range rows {
		form, err := regexp.Compile(row["pattern"])
		if err != nil || !strings.HasSuffix(row["pattern"], "$") {
			errs = append(errs, fmt.Errorf("reference/safe_form.csv:%d: the pattern %q of %q is not one of a whole value: %v", i+2, row["pattern"], row["safe_form"], err))
			continue
		}
		s.forms = append(s.forms, form)
	}
	for _, w := range words {
		s.words.add(folded(w))
	}
	for _, text := range slices.Concat(words, names) {
		for _, w := range wordsOf(text) {
			s.names.add(strings.ToLower(w))
		}
	}
	return s, errors.Join(errs...)
}

// Value is a value as people are told of it: itself where it is safe, else its shape in
// brackets, such as (12 letters, 2 digits). Of a key of several parts each is told.
func (s Safe) Value(value string) string {
	if parts := strings.Split(value, " | "); len(parts) > 1 {
		for i, p := range parts {
			parts[i] = s.Value(p)
		}
		return strings.Join(parts, " | ")
	}
	if Unsaid(value) || s.safe(value) {
		return value
	}
	return Shape(value)
}

// Name is a header, or the name of a sheet, as people are told of it: itself where all
// its words are known or safe.
func (s Safe) Name(name string) string {
	if s.safe(name) {
		return name
	}
	for _, w := range wordsOf(name) {
		if !s.names.has(strings.ToLower(w)) && !s.safe(w) {
			return Shape(name)
		}
	}
	if digits := strings.Map(onlyDigits, name); len(digits) > 8 { // no number in pieces
		return Shape(name)
	}
	return name
}

// Quoted is Name in quotation marks, which a shape has none of.
func (s Safe) Quoted(name string) string {
	if said := s.Name(name); said != name {
		return said
	}
	return fmt.Sprintf("%q", name)
}

// Sheet is the name of a sheet as people are told of it; one that may not be repeated by
// its place in the workbook, from 1, so that two are told apart.
func (s Safe) Sheet(name string, place int) string {
	if said := s.Name(name); said != name {
		return fmt.Sprintf("sheet %d %s", place, said)
	}
	return name
}

func onlyDigits(c rune) rune {
	if unicode.IsDigit(c) {
		return c
	}
	return -1
}

func (s Safe) safe(value string) bool {
	value = strings.TrimSpace(value)
	matches := func(form *regexp.Regexp) bool { return form.MatchString(value) }
	return value == "" || slices.ContainsFunc(s.forms, matches) || s.words.has(folded(value))
}

// has tells of a word that is known, or of one that is two letters away (one letter, if it
// is short): then it is taken for a slip.
func (l lexicon) has(value string) bool {
	if l.all[value] {
		return true
	}
	letters := []rune(value)
	for n := len(letters) - 2; n <= len(letters)+2; n++ {
		allowed := 2
		if n < 7 {
			allowed = 1
		}
		for _, w := range l.long[n] {
			if within(letters, w, allowed) {
				return true
			}
		}
	}
	return false
}

// within tells whether two words are at most so many letters apart (Levenshtein).
func within(a, b []rune, allowed int) bool {
	if len(a)-len(b) > allowed || len(b)-len(a) > allowed {
		return false
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		before, least := row[0], i+1
		row[0] = i + 1
		for j := range b {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before, row[j+1] = row[j+1], min(cost, row[j]+1, row[j+1]+1)
			least = min(least, row[j+1])
		}
		if least > allowed {
			return false
		}
	}
	return row[len(b)] <= allowed
}

func folded(text string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(Plain(text)), func(c rune) bool { return unicode.IsSpace(c) || c == '_' }), " ")
}

// wordsOf are the words of a name, those that are run together taken apart.
func wordsOf(name string) []string {
	apart := possessive.ReplaceAllString(Plain(name), " ")
	for range 2 {
		apart = camel.ReplaceAllString(apart, "$1$3 $2$4")
	}
	return strings.FieldsFunc(apart, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// Shape says what a value is made of, in brackets.
func Shape(value string) string {
	var letters, digits, blanks, signs int
	for _, c := range value {
		switch {
		case unicode.IsLetter(c):
			letters++
		case unicode.IsDigit(c):
			digits++
		case unicode.IsSpace(c):
			blanks++
		default:
			signs++
		}
	}
	var out []string
	add := func(n int, what string) {
		switch {
		case n == 1:
			out = append(out, "1 "+what)
		case n > 1:
			out = append(out, fmt.Sprintf("%d %ss", n, what))
		}
	}
	add(letters, "letter")
	add(digits, "digit")
	add(signs, "sign")
	add(blanks, "blank")
	return "(" + strings.Join(out, ", ") + ")"
}

var unsaid = regexp.MustCompile(`^\((withheld|[0-9]+ (letter|digit|sign|blank)s?(, [0-9]+ (letter|digit|sign|blank)s?)*)\)$`)

// Unsaid tells of what stands in the place of a value.
func Unsaid(value string) bool { return unsaid.MatchString(value) }
