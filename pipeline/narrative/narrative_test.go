package narrative_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/narrative"
)

var known = narrative.Known{
	Metric: func(code string) ([]string, bool) {
		by, ok := map[string][]string{"R01": {"source", "la"}, "S02C": nil, "TR05": nil}[code]
		return by, ok
	},
	Codes: []string{"R01", "S02C", "TR05"}, Tables: []string{"money", "conditions"}, Words: []string{"period", "fund"},
	Names: []string{"Uplift 24"}, Today: time.Date(2024, 5, 3, 0, 0, 0, 0, time.UTC),
}

func TestParse(t *testing.T) {
	p, err := narrative.Parse("pack.md", "# Briefing\r\n\r\n{S02C} was **spent** in\n2023-24, by 31 March 2024 ({literal Section 28(1), Uplift 24}); see [money](#money).\n\n"+
		"- {R01[source=POL] to-date|referral|referrals}\n- {change R01 last-quarter}, {n TR05}, {money:days left}, {period}\n\n## Money\n\n:::table money\n", known)
	if err != nil {
		t.Fatal(err)
	}
	var kinds, shows []string
	for _, b := range p.Blocks {
		kinds = append(kinds, string(b.Kind))
	}
	for _, s := range p.Shows() {
		shows = append(shows, strings.TrimSpace(s.At+" "+s.Code+" "+s.When+" "+s.Dimension+s.Category))
	}
	if diff := cmp.Diff("heading paragraph list heading table", strings.Join(kinds, " ")); diff != "" {
		t.Error(diff)
	}
	want := []string{"pack.md:3 S02C this", "pack.md:6 R01 to-date sourcePOL", "pack.md:7 R01 last-quarter", "pack.md:7 R01 this", "pack.md:7 TR05 this"}
	if diff := cmp.Diff(want, shows); diff != "" {
		t.Errorf("what it shows (-want +got):\n%s", diff)
	}
	first := p.Blocks[1].Lines[0]
	if first[2].Text != "spent" || !first[2].Strong || first[len(first)-2].Href != "#money" {
		t.Errorf("the paragraph is %+v", first)
	}
	if diff := cmp.Diff([]string{"money"}, p.Tables()); diff != "" {
		t.Error(diff)
	}
}

// Every mistake, each with its line and a caret under it, in the order of the text.
func TestMistakes(t *testing.T) {
	_, err := narrative.Parse("pack.md", `# Briefing

We had {R1} and 41 referrals, {R01[sauce=POL]}, {R01 yesterday}.

- £1,200 in {fond}; {change R01}
- a {R01|one}

#### Too deep

:::table mony

<b>bold</b>

![a](b.png) and [x](http://elsewhere)

1. first
`, known)
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	want := []string{
		`pack.md:3:8: "R1" is not a metric; did you mean "R01"?`,
		"  We had {R1} and 41 referrals, {R01[sauce=POL]}, {R01 yesterday}.\n         ^",
		`pack.md:3:17: "41" is typed: bind it to its figure, such as {R01}; of a law or a name write {literal Section 28}`,
		`pack.md:3:31: R01 is not broken down by "sauce"; it is by source, la`,
		`pack.md:3:49: "yesterday" is not a period; there are this, to-date, last-quarter`,
		`pack.md:5:4: "1,200" is typed`,
		`pack.md:5:13: {fond} is neither a figure, such as {R01 to-date}, nor one of the words period, fund; did you mean "fund"?`,
		`pack.md:5:21: a change is since last-quarter`,
		`pack.md:6:5: {R01|one} has 1 nouns`,
		`pack.md:8:6: a heading of level 4 cannot follow one of level 1`,
		`:::table mony is no block; write :::commentary NAME, or :::table and one of money, conditions; did you mean "money"?`,
		`HTML is not a part of a pack`,
		`a picture is not a part of a pack`,
		`a link goes to a heading (#money) or to https://`,
		`a list is of bullets; its numbers would be typed figures`,
	}
	rest := err.Error()
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Errorf("not told, or not in order: %s\nin\n%s", w, rest)
			continue
		}
		rest = after
	}
}

// A text without a title, with another one, or that is no text.
func TestTitles(t *testing.T) {
	for text, want := range map[string]string{
		"":              "begins with its title",
		"Words.":        "begins with its title",
		"# A\n\n# B":    "a pack has one title",
		"# A\xff":       "not UTF-8",
		"# A\n\n```\nx": "code is not a part of a pack",
	} {
		_, err := narrative.Parse("pack.md", text, known)
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// asking is a text in which people write at two places.
const asking = "# Briefing\n\n## Money: {fund}\n\n:::commentary money needed by the chief finance officer\n\n## Next\n\n:::commentary next\n"

// What people wrote stands where the text asks for it, its figures bound, its numbers
// theirs; what is only begun is not written.
func TestPeoplesWords(t *testing.T) {
	p, err := narrative.Parse("pack.md", asking, known)
	if err != nil {
		t.Fatal(err)
	}
	asked := []narrative.Asked{{Name: "money", Who: "the chief finance officer", Under: "Money", Needed: true}, {Name: "next", Under: "Next"}}
	if diff := cmp.Diff(asked, p.Asked()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(asked[:1], p.Unwritten()); diff != "" {
		t.Error(diff)
	}
	said, err := narrative.ParseCommentary("words.md", "\uFEFF# For whoever writes: 1 2 3\r\n\r\n## money\r\n\r\nby: finance lead, 3 May 2024\r\n\r\nWe owe 3 invoices, {S02C} of\r\nspend.\r\n\r\n- one\r\n\r\n## next\r\n\r\nby:\r\n",
		p.Asked(), known, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	p = p.With(said)
	b := p.Blocks[2]
	if b.By != "finance lead, 3 May 2024" || len(b.Said) != 2 || len(p.Unwritten()) != 0 || len(p.Blocks[4].Said) != 0 {
		t.Errorf("the words are %+v, unwritten %v", b, p.Unwritten())
	}
	if shows := p.Shows(); len(shows) != 1 || shows[0].Code != "S02C" || shows[0].At != "words.md:7" {
		t.Errorf("they show %+v", shows)
	}
}

func TestMistakesInPeoplesWords(t *testing.T) {
	p, err := narrative.Parse("pack.md", asking, known)
	if err != nil {
		t.Fatal(err)
	}
	screen := func(line string) string {
		if strings.Contains(line, "@") {
			return "an email address"
		}
		return ""
	}
	for text, wants := range map[string][]string{
		"## mony\n\nby: me, 3 May 2024\n\nWords.\n":                                   {`words.md:1:4: the pack has no place for "mony"; it has money, next; did you mean "money"?`},
		"## money\n\nWords, {S2}.\n":                                                  {`words.md:1:9: words and nobody who wrote them`, `words.md:3:8: "S2" is not a metric`},
		"## money\nby: me, 3 May 2024\n\n### Below\n\n:::table money\n\n<b>x</b> a@b": {"words.md:8: the line seems to have an email address in it"},
		"## money\nby: me, 3 May 2024\n\n### Below\n\n:::table money\n\n## money\n\n": {"words.md:4:5: people's words are paragraphs", "words.md:6:1: people's words are paragraphs", `"money" is there already`},
	} {
		_, err := narrative.ParseCommentary("words.md", text, p.Asked(), known, screen)
		for _, want := range wants {
			if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "a@b") {
				t.Errorf("%q: %v, want %s", text, err, want)
			}
		}
	}
	if _, err := narrative.Parse("pack.md", asking+"\n:::commentary next\n", known); err == nil || !strings.Contains(err.Error(), `"next" have a place already`) {
		t.Errorf("two places of one name: %v", err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("# A\n\n- {R01|a|b} 3 **x** [y](#z)\n\n:::table money")
	f.Add("# {\n\n{}{|}{n }")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := narrative.ParseCommentary("words.md", text, []narrative.Asked{{Name: "money"}}, known, func(string) string { return "" }); err != nil && err.Error() == "" {
			t.Error("a mistake without a word")
		}
		p, err := narrative.Parse("pack.md", text, known)
		if err == nil && p.Blocks[0].Level != 1 {
			t.Errorf("%q has no title", text)
		}
	})
}

func TestNumbersInDisguise(t *testing.T) {
	for text, want := range map[string]string{
		"We met {literal 99 victims}": `{literal 99 victims} has "99" in it`, "By {literal Uplift 241}": `has "1" in it`,
		"We helped ½ of them": `"½" is typed`, "We helped ١٢ people": `"١٢" is typed`,
		"We helped {R01 people": "{R01 people is never closed", "{money:days left": "never closed",
	} {
		if _, err := narrative.Parse("pack.md", "# Briefing\n\n"+text+"\n", known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
