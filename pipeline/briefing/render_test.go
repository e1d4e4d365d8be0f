package briefing_test

import (
	"bytes"
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"

	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/narrative"
)

// office is what the page says of itself.
func office() briefing.Data {
	return briefing.Data{Office: "Office of the Police and Crime Commissioner for Cleveland", Period: "January to March 2024 (quarter 4 of 2023-24)",
		Frozen: "15 April 2024, 06:00", Build: "000042-9f86d081884c"}
}

// sample has a table for every place of the pack, and a name that tries to be markup.
func sample(t *testing.T) map[string]briefing.Table {
	t.Helper()
	names, _, err := briefing.Vocabulary(os.DirFS("../../queries"))
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]briefing.Table{}
	for _, name := range names {
		out[name] = briefing.Table{Name: name, Caption: "Rows of " + name, Columns: []briefing.Column{{Heading: "What"}, {"Figure", true}},
			Rows: []briefing.Row{{Cells: []briefing.Cell{{Text: "Victim <script>hub</script>", Small: "the <i>small</i> words"}, {Text: "1,204", Number: true}}},
				{Total: true, Cells: []briefing.Cell{{Text: "All"}, {Text: "[c]", Number: true}}}},
			Charts: []briefing.Chart{{Title: "Drawn", Sentence: "One value.", SVG: `<svg class="chart" aria-hidden="true"></svg>`}}}
	}
	status := func(words, mark string) briefing.Row {
		return briefing.Row{Cells: []briefing.Cell{{Text: "A condition"}, {Text: words, Mark: mark}}}
	}
	out["conditions"] = briefing.Table{Name: "conditions", Caption: "Conditions", Columns: []briefing.Column{{Heading: "Condition"}, {Heading: "Status"}},
		Rows: []briefing.Row{status("met", "met"), status("not met", "not-met"), status("at risk", "at-risk"), status("not available", "neither")}}
	return out
}

// bare has a table without rows for every place, which says so.
func bare(t *testing.T) map[string]briefing.Table {
	t.Helper()
	out := sample(t)
	for name := range out {
		out[name] = briefing.Table{Name: name, Empty: "No rows of " + name + "."}
	}
	return out
}

// pack is the text that comes with the program; of metrics it knows those it names.
func pack(t *testing.T) narrative.Pack {
	t.Helper()
	text, err := os.ReadFile("../../templates/briefing/pack.md")
	if err != nil {
		t.Fatal(err)
	}
	tables, words, err := briefing.Vocabulary(os.DirFS("../../queries"))
	if err != nil {
		t.Fatal(err)
	}
	p, err := narrative.Parse("pack.md", string(text), narrative.Known{Metric: func(string) ([]string, bool) { return nil, true }, Tables: tables, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// render writes the page of the pack with tables.
func render(t *testing.T, tables map[string]briefing.Table) string {
	t.Helper()
	d := office()
	d.Title, d.Sections = briefing.Write(pack(t), tables, func(b narrative.Binding) string { return "(" + b.Code + b.Item + ")" })
	return page(t, d)
}

func page(t *testing.T, d briefing.Data) string {
	t.Helper()
	var page bytes.Buffer
	if err := briefing.Render(context.Background(), &page, os.DirFS("../../templates"), d); err != nil {
		t.Fatal(err)
	}
	return page.String()
}

// elements walks the page in order.
func elements(t *testing.T, page string) []*html.Node {
	t.Helper()
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var list []*html.Node
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode {
			list = append(list, n)
		}
	}
	return list
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var words []string
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			words = append(words, strings.Fields(d.Data)...)
		}
	}
	return strings.Join(words, " ")
}

func TestThePageIsAccessible(t *testing.T) {
	for name, d := range map[string]map[string]briefing.Table{"full": sample(t), "empty": bare(t)} {
		t.Run(name, func(t *testing.T) {
			page := render(t, d)
			count, ids := map[string]int{}, map[string]int{}
			level := 0
			all := elements(t, page)
			for _, n := range all {
				count[n.Data]++
				if id := attr(n, "id"); id != "" {
					ids[id]++
				}
			}
			for _, n := range all {
				switch n.Data {
				case "h1", "h2", "h3", "h4", "h5", "h6":
					if next := int(n.Data[1] - '0'); next > level+1 {
						t.Errorf("heading %q is %s after level %d", text(n), n.Data, level)
					} else {
						level = next
					}
				case "html":
					if attr(n, "lang") != "en-GB" {
						t.Errorf("the language is %q", attr(n, "lang"))
					}
				case "table":
					if c := n.FirstChild.NextSibling; c == nil || c.Data != "caption" || text(c) == "" {
						t.Errorf("a table does not begin with its caption: %.60s", text(n))
					}
				case "th":
					if s := attr(n, "scope"); s != "col" && s != "row" || text(n) == "" {
						t.Errorf("heading cell %q has scope %q", text(n), s)
					}
				case "svg":
					if attr(n, "aria-hidden") != "true" || !strings.Contains(text(n.Parent), "same numbers") {
						t.Error("the chart is not hidden, or no words stand for it")
					}
				case "section":
					if attr(n, "aria-labelledby") == "" {
						t.Error("a section has no name")
					}
				}
				for id := range strings.FieldsSeq(attr(n, "aria-labelledby")) {
					if ids[id] != 1 {
						t.Errorf("%d elements are called %q, want 1", ids[id], id)
					}
				}
			}
			for _, one := range []string{"h1", "header", "main", "footer", "style"} {
				if count[one] != 1 {
					t.Errorf("%d of <%s>, want 1", count[one], one)
				}
			}
		})
	}
}

func TestThePageNeedsNothingElse(t *testing.T) {
	page := render(t, sample(t))
	for _, n := range elements(t, page) {
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "embed", "form", "base":
			t.Errorf("the page has a <%s>", n.Data)
		}
		for _, a := range n.Attr {
			if strings.HasPrefix(a.Key, "on") || a.Key == "src" || a.Key == "href" && !strings.HasPrefix(a.Val, "#") {
				t.Errorf("<%s> has %s=%q", n.Data, a.Key, a.Val)
			}
		}
	}
	for _, word := range []string{"url(", "@import", "http:", "https:", "ZgotmplZ"} {
		if strings.Contains(page, word) {
			t.Errorf("the page contains %q", word)
		}
	}
}

// A status is a word in the text, and each of the five looks different even
// without colour.
func TestEveryStatusIsAWord(t *testing.T) {
	var got []string
	for _, n := range elements(t, render(t, sample(t))) {
		if n.Data == "strong" && attr(n, "class") != "" {
			got = append(got, text(n)+" | "+attr(n, "class"))
		}
	}
	want := []string{"met | status met", "not met | status not-met", "at risk | status at-risk", "not available | status neither"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePageSaysItAll(t *testing.T) {
	all := text(elements(t, render(t, sample(t)))[0])
	for _, want := range []string{
		"January to March 2024 (quarter 4 of 2023-24)", "Data frozen 15 April 2024, 06:00", "Build 000042-9f86d081884c",
		"Drawn One value. The table below has the same numbers. Rows of funds What Figure Victim <script>hub</script> the <i>small</i> words 1,204 All [c]",
		"To be written by the commissioning officer.", "is not proof that the training caused it",
		"[x] : not available", "[z] : not applicable", "[c] : hidden", "[u] : too few",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if empty := text(elements(t, render(t, bare(t)))[0]); !strings.Contains(empty, "No rows of deliveries.") {
		t.Error("the empty page does not say that a table is empty")
	}
}

// A section of which no table says anything is left out, with what is below it, and named
// once; people's words keep it.
func TestWhatIsLeftOut(t *testing.T) {
	tables := sample(t)
	for _, name := range []string{"organisations", "learning", "effect"} {
		tables[name] = briefing.Table{Name: name, Caption: name}
	}
	tables["training"] = briefing.Table{Name: "training", Caption: "Training", Rows: []briefing.Row{{Cells: []briefing.Cell{{Text: "People"}, {Text: "[z]", Number: true}}}}}
	all := render(t, tables)
	if strings.Contains(all, "What these figures do not prove") || strings.Count(all, "Training reach") != 1 || // in the summary neither
		!strings.Contains(all, "there is nothing to show of it for this period: Training reach.") {
		t.Errorf("training is not left out:\n%.3000s", all)
	}
	d := office()
	said := pack(t).With(map[string]narrative.Said{"training": {By: "somebody", Blocks: []narrative.Block{{Kind: narrative.Paragraph, Lines: [][]narrative.Inline{{{Text: "It is to come."}}}}}}})
	d.Title, d.Sections = briefing.Write(said, tables, func(narrative.Binding) string { return "1" })
	if kept := page(t, d); !strings.Contains(kept, "<p>It is to come.</p>") || strings.Contains(kept, "[z]</td>") {
		t.Error("what people say of training is left out, or its empty table is not")
	}
}

func TestSameDataSameBytes(t *testing.T) {
	first := render(t, sample(t))
	time.Sleep(2 * time.Millisecond)
	if first != render(t, sample(t)) {
		t.Error("the same data gave two different pages")
	}
}

func TestNothingIsWrittenWhenThePageCannotBeMade(t *testing.T) {
	var page bytes.Buffer
	if err := briefing.Render(context.Background(), &page, os.DirFS(t.TempDir()), office()); err == nil || page.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, page.Len())
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if err := briefing.Render(stopped, &page, os.DirFS("../../templates"), office()); err != context.Canceled || page.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, page.Len())
	}
}
