package chart_test

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"mojreturns/pipeline/chart"
)

func values(list ...string) []chart.Value {
	var out []chart.Value
	for _, v := range list {
		if strings.HasPrefix(v, "[") {
			out = append(out, chart.Value{Shown: v})
			continue
		}
		out = append(out, chart.Value{Value: v, Shown: v})
	}
	return out
}

func draw(t *testing.T, c chart.Chart) string {
	t.Helper()
	text, err := c.SVG()
	if err != nil {
		t.Fatal(err)
	}
	decoder := xml.NewDecoder(strings.NewReader(string(text)))
	for {
		if _, err := decoder.Token(); errors.Is(err, io.EOF) {
			return string(text)
		} else if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
	}
}

// What a chart says in words, of the values that are shown alone.
func TestSentence(t *testing.T) {
	quarters := []string{"Q1", "Q2", "Q3", "Q4"}
	for name, c := range map[string]struct {
		kind   chart.Kind
		values []chart.Value
		want   string
	}{
		"over time":    {chart.Column, values("41", "64", "32", "60"), "Lowest 32 (Q3), highest 64 (Q2), last 60 (Q4)."},
		"a gap":        {chart.Line, values("41", "[c]", "32", "[x]"), "Lowest 32 (Q3), highest 41 (Q1), last 32 (Q3). Hidden to protect people: Q2. Not available: Q4."},
		"one value":    {chart.Line, values("[x]", "[x]", "[x]", "7"), "One value is shown: 7 (Q4). Not available: Q1, Q2, Q3."},
		"all the same": {chart.Column, values("0", "0", "0", "0"), "All 4 are 0."},
		"nothing":      {chart.Column, values("[c]", "[c]", "[x]", "[x]"), "No value can be shown. Hidden to protect people: Q1, Q2. Not available: Q3, Q4."},
		"categories":   {chart.Bar, values("5", "-2", "9", "6.5"), "Highest 9 (Q3), lowest -2 (Q2)."},
	} {
		t.Run(name, func(t *testing.T) {
			got := chart.Chart{ID: "a", Kind: c.kind, Labels: quarters, Series: []chart.Series{{Name: "Referrals", Values: c.values}}}.Sentence()
			if got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
	two := chart.Chart{ID: "a", Kind: chart.Line, Labels: quarters, Target: chart.Value{Value: "50", Shown: "50"},
		Series: []chart.Series{{Name: "Received", Values: values("1", "2", "3", "4")}, {Name: "Started", Values: values("0", "0", "0", "0")}}}
	if got, want := two.Sentence(), "Received: lowest 1 (Q1), highest 4 (Q4), last 4 (Q4). Started: all 4 are 0. The target is 50."; got != want {
		t.Errorf("got %s", got)
	}
}

// Whatever a hidden value is, the chart is the same: it is never handed over, and has
// neither mark nor place. Its neighbours stand where they would if it were nought.
func TestAHiddenValueIsAGap(t *testing.T) {
	for kind, marks := range map[chart.Kind]int{chart.Column: 3, chart.Line: 3, chart.Bar: 3} {
		c := chart.Chart{ID: "a", Kind: kind, Labels: []string{"Q1", "Q2", "Q3", "Q4"}, Series: []chart.Series{{Name: "R", Values: values("4", "[c]", "30", "8")}}}
		text := draw(t, c)
		if got := strings.Count(text, `class="mark"`); got != marks {
			t.Errorf("%s: %d marks, want %d", kind, got, marks)
		}
		if kind != chart.Line && !strings.Contains(text, "[c]") {
			t.Errorf("%s: the gap does not say [c]", kind)
		}
	}
	line := draw(t, chart.Chart{ID: "a", Kind: chart.Line, Labels: []string{"Q1", "Q2", "Q3"}, Series: []chart.Series{{Name: "R", Values: values("4", "[c]", "30")}}})
	if strings.Contains(line, "L") && strings.Contains(line[strings.Index(line, `class="line"`):strings.Index(line, `fill="none"`)], "L") {
		t.Errorf("the line goes over the gap:\n%s", line)
	}
}

// The order of the bars tells nothing of what is hidden.
func TestHiddenBarsComeLast(t *testing.T) {
	c := chart.Chart{ID: "a", Kind: chart.Bar, Labels: []string{"West", "Housing", "Police", "Health"},
		Series: []chart.Series{{Values: values("[c]", "[c]", "9", "12")}}}.Sorted()
	if got := strings.Join(c.Labels, " "); got != "Health Police Housing West" {
		t.Errorf("the order is %s", got)
	}
}

// A column's height is its share of the scale, which begins at nought.
func TestHeights(t *testing.T) {
	text := draw(t, chart.Chart{ID: "a", Kind: chart.Column, Labels: []string{"Q1", "Q2"}, Series: []chart.Series{{Values: values("50", "100")}}})
	for _, want := range []string{`y="128" width="149" height="100"`, `y="28" width="149" height="200"`, ">0</text>", ">100</text>"} {
		if !strings.Contains(text, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	below := draw(t, chart.Chart{ID: "a", Kind: chart.Bar, Labels: []string{"A", "B"}, Series: []chart.Series{{Values: values("-10", "10")}}})
	if !strings.Contains(below, `x="1" y="38" width="234"`) {
		t.Errorf("a value below nought does not go to the left:\n%s", below)
	}
}

// A bar that is of something is its share of it: of two that are half spent, the small one
// is as long as the large one, and a sentence gives shares with the amounts behind them.
func TestBarsAreSharesOfWhatTheyAreOf(t *testing.T) {
	c := chart.Chart{ID: "f", Kind: chart.Bar, Labels: []string{"Large", "Small", "Over", "None"},
		Series: []chart.Series{{Name: "Spent", Values: values("500000", "10", "30", "[x]"), Targets: values("1000000", "20", "20", "20")}}}
	text := draw(t, c)
	if got := strings.Count(text, `x="1" y=`); got != 3 {
		t.Errorf("%d bars, want 3", got)
	}
	if got := strings.Count(text, `width="156" height="18"`); got != 2 { // a third of 468: the scale ends at 150 %
		t.Errorf("%d bars of a third of the scale, want 2:\n%s", got, text)
	}
	want := "Highest 150.0%, 30 of 20 (Over), lowest 50.0%, 500000 of 1000000 (Large). Not available: None."
	if got := c.Sentence(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Nothing of a chart needs a style sheet or a font, and its words are no markup.
func TestDrawings(t *testing.T) {
	four := []chart.Series{{Name: "A & <b>", Values: values("1", "2")}, {Name: "B", Values: values("2", "2")}, {Name: "C", Values: values("3", "1")}, {Name: "D", Values: values("3", "0")}}
	for _, kind := range []chart.Kind{chart.Column, chart.Line} {
		c := chart.Chart{ID: "x", Kind: kind, Labels: []string{"One <i>", "Two"}, Series: four, Target: chart.Value{Value: "2.5", Shown: "2.5"}}
		text := draw(t, c)
		if text != draw(t, c) {
			t.Error("the same chart has other bytes")
		}
		for _, not := range []string{"style", "<i>", "<b>", "NaN", "%!"} {
			if strings.Contains(text, not) {
				t.Errorf("%s: %q is in it", kind, not)
			}
		}
		if !strings.Contains(text, `aria-hidden="true"`) || !strings.Contains(text, "Target 2.5") {
			t.Errorf("%s: not hidden from screen readers, or no target", kind)
		}
	}
	bars := draw(t, chart.Chart{ID: "b", Kind: chart.Bar, Labels: []string{"Spent"}, Series: []chart.Series{{Values: values("80"), Targets: values("100")}}})
	if !strings.Contains(bars, "80 of 100 (80.0%)") {
		t.Errorf("no target:\n%s", bars)
	}
	draw(t, chart.Chart{ID: "none", Kind: chart.Column, Series: []chart.Series{{}}})
}

func TestMistakesAreToldTogether(t *testing.T) {
	_, err := chart.Chart{ID: "x", Kind: "pie", Labels: []string{"A"}, Series: []chart.Series{{Name: "R", Values: values("1", "many")}}}.SVG()
	for _, want := range []string{`"pie" is not a kind of chart`, `series "R" has 2 values and 0 targets for 1 labels`, `"many" is not a number`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}
