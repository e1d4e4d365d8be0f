package narrative_test

import (
	"encoding/csv"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/narrative"
	"mojreturns/pipeline/personal"
)

// rules are those of the program.
func rules(t *testing.T) func(string) string {
	t.Helper()
	all := map[string][]map[string]string{}
	for _, name := range []string{"personal_data", "street_word", "personal_header"} {
		file, err := os.Open(filepath.Join("..", "..", "queries", "reference", name+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(file).ReadAll()
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		for _, record := range records[1:] {
			row := map[string]string{}
			for i, name := range records[0] {
				row[name] = record[i]
			}
			all[name] = append(all[name], row)
		}
	}
	list, err := personal.Parse(all)
	if err != nil {
		t.Fatal(err)
	}
	return func(words string) string { return personal.InWords(list, words) }
}

var places = []narrative.Asked{{Name: "money", Needed: true}, {Name: "next"}}

// Whatever way Markdown puts words together, they are screened as the page shows them,
// and none of them is repeated.
func TestWordsAreScreenedAsShown(t *testing.T) {
	screen := rules(t)
	const head = "## money\n\nby: analyst, 3 May 2024\n\n"
	for text, want := range map[string]string{
		head + "Call 07700\n900123 today.\n":                                                      "words.md:5: the paragraph seems to have a telephone number in it",
		head + "NHS number 943 476\n5919\n":                                                       "words.md:5: the paragraph seems to have an NHS number in it",
		head + "Call &#48;7700900123\n":                                                           "words.md:5: the paragraph seems to have a telephone number in it",
		head + "A.\n\n- one\n- jane&#64;example.org\n":                                            "words.md:8: the paragraph seems to have an email address in it",
		head + "Call **077**00 90**0123**\n":                                                      "a telephone number",
		head + "Ask jane@\nexample.org\n":                                                         "an email address",
		head + "Ask jane\\@example.org\n":                                                         "an email address",
		head + "Ask jane{literal @}example.org\n":                                                 "an email address",
		head + "Ask [us](https://example.org/jane%40example.org)\n":                               "the link seems to have an email address in it",
		head + "    jane&#64;example.org\n":                                                       "an email address",
		"## jane&#64;example.org\n":                                                               "words.md:1: the line seems to have an email address in it",
		"## next\n\nby: jane&#64;example.org, 3 May 2024\n\nWords.\n":                             "words.md:3: the line seems to have an email address in it",
		"```\n" + head + "Call **077**00 90**0123**\n":                                            "a telephone number",
		head + "£ and é come before.\n\n## next\n\nby: analyst, 3 May 2024\n\nCall 07700\n900123": "words.md:11: the paragraph",
	} {
		_, err := narrative.ParseCommentary("words.md", text, places, known, screen)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "example.org") || strings.Contains(err.Error(), "0123") {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// A section is read as it is, whatever letters stand before it.
func TestWordsAfterOtherLetters(t *testing.T) {
	screen := rules(t)
	said, err := narrative.ParseCommentary("words.md", "## money\n\nby: analyst, 3 May 2024\n\n£5 – café.\n\n## next\n\nby: analyst, 3 May 2024\n\nMore words.\n", places, known, screen)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]narrative.Inline{{{Text: "More words."}}}, said["next"].Blocks[0].Lines); diff != "" {
		t.Error(diff)
	}
}

// Words of which nobody sees anything are not written, and need no writer.
func TestWordsThatShowNothing(t *testing.T) {
	screen := rules(t)
	for _, words := range []string{"\u00a0", "&nbsp;", "\u200b\u2060", "\\-", "- \\-", "\u3164 \u115f", "**.**"} {
		for _, by := range []string{"", "by: analyst, 3 May 2024"} {
			said, err := narrative.ParseCommentary("words.md", "## money\n\n"+by+"\n\n"+words+"\n", places, known, screen)
			if err != nil || len(said["money"].Blocks) > 0 {
				t.Errorf("%q is taken as written: %v (%v)", words, said, err)
			}
		}
	}
	for _, words := range []string{"½", "é", "{S02C}"} {
		said, err := narrative.ParseCommentary("words.md", "## money\n\nby: analyst, 3 May 2024\n\n"+words+"\n", places, known, screen)
		if err != nil || len(said["money"].Blocks) != 1 {
			t.Errorf("%q is not taken as written: %v (%v)", words, said, err)
		}
	}
}

// Words have a role and a day of the calendar behind them.
func TestWhoWroteWords(t *testing.T) {
	screen := rules(t)
	for by, want := range map[string]string{
		"commissioning officer, 15 April 2024":              "",
		"head of finance, law and people, 29 February 2024": "",
		"commissioning officer":                             "words.md:3:5: a role and a day are needed",
		"commissioning officer, soon":                       "words.md:3:5: what stands last is no day",
		"commissioning officer, 31 April 2024":              "words.md:3:5: what stands last is no day",
		"commissioning officer, 3 May 2024":                 "", // today
		"commissioning officer, 4 May 2024":                 "words.md:3:5: the day is still to come",
		"commissioning officer, 29 February 2023":           "words.md:3:5: what stands last is no day",
		"commissioning officer, 15 April 24":                "words.md:3:5: what stands last is no day",
		"15 April 2024":                                     "words.md:3:5: a role and a day are needed",
		", 15 April 2024":                                   "words.md:3:5: nobody's role stands before the day",
		"\u00a0\u200b, 15 April 2024":                       "words.md:3:5: nobody's role stands before the day",
	} {
		_, err := narrative.ParseCommentary("words.md", "## money\n\nby: "+by+"\n\nWords.\n", places, known, screen)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %s", by, err, want)
		}
	}
}

// Words that stand where no page shows them are told of; a title and a comment are none.
func TestWordsOutsideASection(t *testing.T) {
	screen := rules(t)
	const section = "\n## money\n\nby: analyst, 3 May 2024\n\nWords.\n"
	for text, want := range map[string]string{
		section:               "",
		"# Title\n" + section: "",
		"# Title\n\n<!-- For whoever writes.\n- one -->\n<!-- two -->\n" + section: "",
		"# Title\n\nMoney ran out.\n" + section:                                    "words.md:3:1: no page shows words",
		"Money ran out.\n" + section:                                               "words.md:1:1: no page shows words",
		"# Title\n# Another\n" + section:                                           "words.md:2:1: no page shows words",
		"# Title\n\n<!-- a --> Money.\n" + section:                                 "words.md:3:12: no page shows words",
		"# Title\n\n<!-- never closed\n" + section:                                 "words.md:3:1: no page shows words",
		"### money\n\nMoney ran out.\n":                                            "words.md:1:1: no page shows words",
		"# Title\n\nMoney ran out.":                                                "words.md:3:1: no page shows words",
	} {
		_, err := narrative.ParseCommentary("words.md", text, places, known, screen)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// Characters that nobody sees are told of with their line, as they are and as an entity.
func TestCharactersNobodySees(t *testing.T) {
	screen := rules(t)
	for words, char := range map[string]string{
		"a\x1b[2Jb": "U+001B", "a\x00b": "U+0000", "a\rb": "U+000D", "a\u0085b": "U+0085",
		"a\u202eb": "U+202E", "a\u2066b": "U+2066", "a&#8238;b": "U+202E", "a&#x1b;b": "U+001B",
	} {
		_, err := narrative.ParseCommentary("words.md", "## money\n\nby: analyst, 3 May 2024\n\n"+words+"\n", places, known, screen)
		if err == nil || !strings.Contains(err.Error(), "words.md:5: the ") || !strings.Contains(err.Error(), "has the character "+char) || strings.Contains(err.Error(), words) {
			t.Errorf("%q: %v", words, err)
		}
	}
	said, err := narrative.ParseCommentary("words.md", "## money\r\n\r\nby: analyst, 3 May 2024\r\n\r\nWords\tand\r\nmore.\r\n", places, known, screen)
	if err != nil || len(said["money"].Blocks) != 1 {
		t.Errorf("tabs and the lines of Windows are refused: %v", err)
	}
}
