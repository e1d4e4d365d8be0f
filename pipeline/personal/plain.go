package personal

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// alike are letters of other scripts that look as Latin ones do, and signs that are
// written for a plain one: with them a rule could be passed by without anybody seeing it.
var alike = strings.NewReplacer(
	"а", "a", "в", "b", "е", "e", "к", "k", "м", "m", "н", "h", "о", "o", "р", "p", "с", "c", "т", "t", "у", "y", "х", "x", "ѕ", "s", "і", "i", "ј", "j",
	"А", "A", "В", "B", "Е", "E", "К", "K", "М", "M", "Н", "H", "О", "O", "Р", "P", "С", "C", "Т", "T", "У", "Y", "Х", "X", "Ѕ", "S", "І", "I", "Ј", "J",
	"α", "a", "ο", "o", "ν", "v", "ι", "i", "Α", "A", "Β", "B", "Ε", "E", "Ζ", "Z", "Η", "H", "Ι", "I", "Κ", "K", "Μ", "M", "Ν", "N", "Ο", "O", "Ρ", "P", "Τ", "T", "Υ", "Y", "Χ", "X",
	"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "’", "'", "‘", "'", "ʼ", "'", "＇", "'",
	"\u00ad", "", "\u200b", "", "\u200c", "", "\u200d", "", "\u2060", "", "\ufeff", "",
)

// Plain is a text as rules are held against it: full-width and joined letters taken
// apart (NFKC), look-alikes as what they look like, every blank a blank, none that is
// not seen.
func Plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		return r
	}, alike.Replace(norm.NFKC.String(alike.Replace(text))))
}

var (
	camel      = regexp.MustCompile(`([a-z0-9])([A-Z])|([A-Z])([A-Z][a-z])`)
	possessive = regexp.MustCompile(`'s\b|s'(\s|$)`)
)

// headed are the words of a header, as they stand and with words that are run together
// taken apart: "Victim's name", "NameOfVictim" and "victim_name" are alike, and "DoB" is dob.
func headed(header string) []string {
	plain := possessive.ReplaceAllString(Plain(header), " ")
	apart := plain
	for range 2 { // what is between two is part of one match only
		apart = camel.ReplaceAllString(apart, "$1$3 $2$4")
	}
	words := func(text string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }), " ")
	}
	return []string{words(plain), words(apart)}
}

// translation is what a text of other than ASCII letters becomes, as DuckDB's translate
// takes it: each of from its letter of to, those that are left over nothing.
func translation() (from, to string) {
	var gone, letters, plain strings.Builder
	for r := rune(0x80); r < 0x10000; r++ {
		if r >= 0x3400 && r < 0xf900 { // no letters that look Latin
			continue
		}
		switch as := Plain(string(r)); {
		case as == "":
			gone.WriteRune(r)
		case as != string(r) && len(as) == 1:
			letters.WriteRune(r)
			plain.WriteString(as)
		}
	}
	return letters.String() + gone.String(), plain.String()
}

// plainSQL is the SQL of Plain for a value of a file; most are ASCII and stay as they are.
func (r Rule) plainSQL(value string) string {
	return "(CASE WHEN length(" + value + ") = strlen(" + value + ") THEN " + value + " ELSE translate(" + value + ", " +
		quoted(r.from) + ", " + quoted(r.to) + ") END)"
}
