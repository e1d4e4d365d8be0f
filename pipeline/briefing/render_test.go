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

// sample has every part of the page in it, and a name that tries to be markup.
func sample() briefing.Data {
	return briefing.Data{
		Office:   "Office of the Police and Crime Commissioner for Cleveland",
		Period:   "January to March 2024 (quarter 4 of 2023-24)",
		Money:    "Core victims fund uplift 2023-24 (stalking training)",
		Activity: "Stalking advocacy service",
		Frozen:   "15 April 2024, 06:00", Build: "000042-9f86d081884c",
		ToDate: "1 April 2023 to 31 March 2024", Year: "2023-24",
		Decisions:  []briefing.Decision{{"Training delivered in the delivery window", "C03", "Core <i>uplift</i>", "not met", "1 session was outside.", "Ask the ministry.", "31 March 2024"}},
		Funds:      []briefing.Fund{{"Core uplift", "£22,528.57", "£21,000.00", "£22,000.00", "0"}},
		FundsChart: briefing.Chart{Title: "Spent so far", Sentence: "One value.", SVG: `<svg class="chart" aria-hidden="true"></svg>`},
		Services:   []briefing.Service{{"Stalking advocacy service", "SLT", "78", "70", "[c]", "44"}},
		Funding:    []briefing.Fact{{"Award", "£22,528.57", "the fund's maximum"}, {"Left", "£1,528.57", "award less spent so far"}, {"Days left to spend", "0", "after the end of the period"}},
		Conditions: []briefing.Condition{
			{"C01", "Spend is within the maximum", "met", "£21,000.00 of eligible spend to 31 March 2024.", "decision record 23/24-0017"},
			{"C03", "Training delivered in the delivery window", "not met", "1 session was delivered outside <b>the window</b>.", "decision record 23/24-0017"},
			{"C04", "Spent on the purpose of the fund", "at risk", "No spend, but 1 commitment off the list.", ""},
			{"C11", "No carry-over", "not applicable", "The spend window is not over.", "local"},
			{"C12", "The extract ties to the ledger", "not available", "", "local"},
		},
		Training:      []briefing.Measure{{"Sessions delivered", "4", "12"}, {"Completions by front-line staff", "[u]", "83.3% (n = 120)"}},
		Organisations: []briefing.Organisation{{"Police", "100", "96", "90.0% (n = 100)"}, {"Housing", "[c]", "[c]", "[c]"}},
		Quarters: []briefing.Quarter{{"Quarter 1", "April to June 2023", "[x]", "[x]", "[x]", "[x]", false}, {"Quarter 2", "July to September 2023", "41", "38", "20", "18", false},
			{"Quarter 3", "October to December 2023", "64", "60", "33", "31", false}, {"Quarter 4", "January to March 2024", "78", "70", "41", "44", false},
			{"Year to date", "April 2023 to March 2024", "183", "168", "94", "44", true}},
		Chart:      briefing.Chart{Title: "Referrals received in each quarter of 2023-24", Sentence: "Lowest 41 (Quarter 2).", SVG: `<svg class="chart" aria-hidden="true"></svg>`},
		Deliveries: []briefing.Delivery{{"Victim <script>hub</script>", "referrals", "2", "1,204", "1,199", "5"}},
		Missing:    []briefing.Missing{{"Victim hub", "referrals", "2023-24-Q4", "it was due by 15 April 2024"}},
	}
}

// pack is the text that comes with the program; of metrics it knows those it names.
func pack(t *testing.T) narrative.Pack {
	t.Helper()
	text, err := os.ReadFile("../../templates/briefing/pack.md")
	if err != nil {
		t.Fatal(err)
	}
	tables, words := briefing.Vocabulary()
	p, err := narrative.Parse("pack.md", string(text), narrative.Known{Metric: func(string) ([]string, bool) { return nil, true }, Tables: tables, Words: words})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func render(t *testing.T, d briefing.Data) string {
	t.Helper()
	d.Title, d.Sections = briefing.Write(pack(t), func(b narrative.Binding) string { return "(" + b.Code + b.Item + ")" })
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
	for name, d := range map[string]briefing.Data{"full": sample(), "empty": {Period: "2023-24"}} {
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
	page := render(t, sample())
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
	for _, n := range elements(t, render(t, sample())) {
		if n.Data == "strong" && attr(n, "class") != "" {
			got = append(got, text(n)+" | "+attr(n, "class"))
		}
	}
	want := []string{"not met | status not-met", "met | status met", "not met | status not-met", "at risk | status at-risk", "not applicable | status neither", "not available | status neither"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestThePageSaysItAll(t *testing.T) {
	all := text(elements(t, render(t, sample()))[0])
	for _, want := range []string{
		"January to March 2024 (quarter 4 of 2023-24)", "Data frozen 15 April 2024, 06:00", "Build 000042-9f86d081884c",
		"Ask the ministry. not met Core <i>uplift</i>, to be spent by 31 March 2024: 1 session was outside. Training delivered in the delivery window (C03)",
		"Core uplift £22,528.57 £21,000.00 £22,000.00 0", "Stalking advocacy service SLT 78 70 [c] 44",
		"Award £22,528.57 the fund's maximum",
		"Training delivered in the delivery window C03 not met 1 session was delivered outside <b>the window</b>. Basis: decision record 23/24-0017.",
		"Completions by front-line staff [u] 83.3% (n = 120)",
		"Police 100 96 90.0% (n = 100)",
		"Quarter 1 April to June 2023 [x] [x] [x] [x]",
		"Year to date April 2023 to March 2024 183 168 94 44",
		"is not proof that the training caused it",
		"no smaller breakdown of the people referred",
		"Victim <script>hub</script> referrals 2 1,204 1,199 5",
		"Victim hub referrals 2023-24-Q4 it was due by 15 April 2024",
		"[x] not available", "[z] not applicable", "[c] hidden", "[u] too few",
	} {
		if !strings.Contains(all, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	bare := text(elements(t, render(t, briefing.Data{}))[0])
	for _, want := range []string{"No condition has been worked out", "No delivery is current.", "Every delivery expected for the year to date has come.", "No condition of any fund is unmet or at risk."} {
		if !strings.Contains(bare, want) {
			t.Errorf("the empty page does not say %q", want)
		}
	}
}

func TestSameDataSameBytes(t *testing.T) {
	first := render(t, sample())
	time.Sleep(2 * time.Millisecond)
	if first != render(t, sample()) {
		t.Error("the same data gave two different pages")
	}
}

func TestNothingIsWrittenWhenThePageCannotBeMade(t *testing.T) {
	var page bytes.Buffer
	if err := briefing.Render(context.Background(), &page, os.DirFS(t.TempDir()), sample()); err == nil || page.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, page.Len())
	}
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	if err := briefing.Render(stopped, &page, os.DirFS("../../templates"), sample()); err != context.Canceled || page.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, page.Len())
	}
}
