package narrative_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/narrative"
)

var known = narrative.Known{
	Metric: func(code string) ([]string, bool) {
		by, ok := map[string][]string{"R01": {"source", "la"}, "S02C": nil, "TR05": nil}[code]
		return by, ok
	},
	Codes: []string{"R01", "S02C", "TR05"}, Tables: []string{"money", "conditions"}, Words: []string{"period", "fund"},
}

func TestParse(t *testing.T) {
	p, err := narrative.Parse("pack.md", "# Briefing\r\n\r\n{S02C} was **spent** in\n2023-24, by 31 March 2024 ({literal 24} hours); see [money](#money).\n\n"+
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
		`pack.md:3:17: "41" is typed: bind it to its figure, such as {R01}, or write {literal 41} if it is none`,
		`pack.md:3:31: R01 is not broken down by "sauce"; it is by source, la`,
		`pack.md:3:49: "yesterday" is not a period; there are this, to-date, last-quarter`,
		`pack.md:5:4: "1,200" is typed`,
		`pack.md:5:13: {fond} is neither a figure, such as {R01 to-date}, nor one of the words period, fund; did you mean "fund"?`,
		`pack.md:5:21: a change is since last-quarter`,
		`pack.md:6:5: {R01|one} has 1 nouns`,
		`pack.md:8:6: a heading of level 4 cannot follow one of level 1`,
		`:::table mony is no block; write :::table and one of money, conditions; did you mean "money"?`,
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

func FuzzParse(f *testing.F) {
	f.Add("# A\n\n- {R01|a|b} 3 **x** [y](#z)\n\n:::table money")
	f.Add("# {\n\n{}{|}{n }")
	f.Fuzz(func(t *testing.T, text string) {
		p, err := narrative.Parse("pack.md", text, known)
		if err == nil && p.Blocks[0].Level != 1 {
			t.Errorf("%q has no title", text)
		}
	})
}

func TestNumbersInDisguise(t *testing.T) {
	for text, want := range map[string]string{
		"We helped ½ of them": `"½" is typed`, "We helped ١٢ people": `"١٢" is typed`,
		"We helped {R01 people": "{R01 people is never closed", "{money:days left": "never closed",
	} {
		if _, err := narrative.Parse("pack.md", "# Briefing\n\n"+text+"\n", known); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
