package contract

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/register"
)

// wording is how rules speak: of columns, codes and dates.
type wording struct {
	column   func(name string) string
	code     func(column, code string) string
	register func(col Column) string // after "which is not", and what to do
	date     string                  // after "write it as"
	unknown  string                  // after the codes of a column
}

// ours is the wording of the office: our columns and codes.
func ours() wording {
	return wording{
		column: func(name string) string { return name },
		code:   func(_, code string) string { return code },
		register: func(col Column) string {
			if col.Register == "service" {
				return "a service of the provider that sent the file; use the service's code in the configuration"
			}
			return "in the " + col.Register + " register; use a code of the configuration"
		},
		date:    "2024-03-31, or have the provider's mapping say the day comes first",
		unknown: ", or have the value translated in the provider's mapping",
	}
}

// Sender is who a sentence is for: the feed as they send it, what their file calls a
// column, and the codes that their rows may name, by register.
type Sender struct {
	Feed      register.Feed
	Called    func(column string) string
	Registers map[string][]string
}

// RulesFor are the rules with their sentences in the words of the one who sent the
// file: their headers, and for a code the word that their mapping translates into it.
// What they have no word for is ours.
func (c Contract) RulesFor(lists Lists, to Sender) []Rule {
	w := wording{
		column:  to.Called,
		code:    func(column, code string) string { return c.theirWord(to.Feed, column, code) },
		date:    dateFor(to.Feed.Dates),
		unknown: ", or tell us what it means",
	}
	w.register = func(col Column) string {
		what := map[string]string{"service": "a service of yours"}[col.Register]
		if what == "" {
			what = "a " + col.Register + " we know"
		}
		return what + "; use " + w.oneOf(col.Name, to.Registers[col.Register])
	}
	return c.rules(lists, w)
}

// ForSender puts a sentence about a whole file into the sender's words: our columns go
// by the headers of their mapping, and what only the office can do is left out.
func (c Contract) ForSender(feed register.Feed, sentence string) string {
	sentence = onlyOffice.ReplaceAllString(madeFrom.ReplaceAllString(sentence, "the column $1 is missing"), "")
	return theColumn.ReplaceAllStringFunc(sentence, func(text string) string {
		column := theColumn.FindStringSubmatch(text)[1]
		if header := feed.Called(column); header != column {
			return `the column "` + header + `"`
		}
		return text
	})
}

// What is said of a file: of a column, of one that is made from a header, and the half
// of a sentence that speaks of the mapping.
var (
	theColumn  = regexp.MustCompile(`the column ([a-z][a-z0-9_]*)`)
	madeFrom   = regexp.MustCompile(`the column [a-z][a-z0-9_]* is made from ("[^\n]*"), and no header is that`)
	onlyOffice = regexp.MustCompile(`, or (have|name|change) [^;,\n]*(the|provider's) mapping[^;,\n]*`)
)

// theirWord is what a mapping translates into a code of ours; the code itself where
// that is what they send.
func (c Contract) theirWord(feed register.Feed, column, code string) string {
	for _, theirs := range slices.Sorted(maps.Keys(feed.Codes[column])) {
		if theirs != everything && feed.Codes[column][theirs] == code {
			return theirs
		}
	}
	col, _ := c.Column(column)
	if words := feed.YesNo[code]; strings.HasPrefix(col.Type, "yes/no") && len(words) > 0 {
		return words[0]
	}
	return code
}

// dateFor is a date as the sender writes it.
func dateFor(styles []string) string {
	for _, as := range [][2]string{{"day-first", "31/03/2024"}, {"month-first", "03/31/2024"}, {"month-names", "31 Mar 2024"}} {
		if slices.Contains(styles, as[0]) {
			return as[1]
		}
	}
	return "2024-03-31"
}

// oneOf names codes of a column as a choice.
func (w wording) oneOf(column string, codes []string) string {
	var words []string
	for _, code := range codes {
		words = append(words, w.code(column, code))
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " or " + words[last]
	}
	return strings.Join(words, "")
}
