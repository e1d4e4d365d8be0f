package paper_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mojreturns/pipeline/paper"
)

var plain = paper.Letters{Size: 11}

// A wider column never takes more lines, a text that fits takes one, no line holds more
// than there is room for, and every paragraph begins its own.
func TestLines(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z0-9,.()£%-]{1,9}`), 1, 30).Draw(t, "words")
		column := rapid.Float64Range(20, 120).Draw(t, "column")
		text := strings.Join(words, " ")
		lines := plain.Lines(text, column)
		if wider := plain.Lines(text, column+rapid.Float64Range(0, 40).Draw(t, "more")); wider > lines {
			t.Fatalf("%d lines in a wider column, %d in this", wider, lines)
		}
		if fits := plain.Column(text) <= column; fits != (lines == 1) {
			t.Fatalf("%q is %.1f wide and takes %d lines in a column of %.1f", text, plain.Column(text), lines, column)
		}
		if least := plain.Wide(text) / column; float64(lines) < least-0.001-float64(len(words))*plain.Wide(" ")/column {
			t.Fatalf("%d lines hold what is %.2f columns wide", lines, least)
		}
		if twice := plain.Lines(text+"\n"+text, column); twice != 2*lines {
			t.Fatalf("two paragraphs take %d lines, one %d", twice, lines)
		}
	})
}

// A word that no line holds is broken, and larger or bolder letters take more room.
func TestLetters(t *testing.T) {
	if got := plain.Lines(strings.Repeat("0", 64), 20.8); got != 4 { // 64 digits in lines of 20
		t.Errorf("a long word takes %d lines, want 4", got)
	}
	for _, wider := range []paper.Letters{{Size: 12}, {Size: 11, Bold: true}, {Size: 11, Usual: 10}} {
		if wider.Wide("Budget line") <= plain.Wide("Budget line") {
			t.Errorf("%+v are no wider than those of 11 points", wider)
		}
	}
	if got := (paper.Letters{Size: 12}).Row(100); got != paper.Tallest {
		t.Errorf("a row is %v points high; at most %v can be", got, paper.Tallest)
	}
}

// Columns stand upright on one page, on its side, or on pages beside each other, which
// all repeat the first.
func TestPage(t *testing.T) {
	for _, c := range []struct {
		widths  []float64
		upright bool
		across  int
		repeats string
	}{
		{[]float64{50, 40, 20}, true, 1, "'A''s'!$6:$6"},
		{[]float64{50, 70}, false, 1, "'A''s'!$6:$6"},
		{[]float64{68, 50, 50}, false, 2, "'A''s'!$A:$A,'A''s'!$6:$6"},
		{[]float64{40, 60, 60, 60, 60}, false, 2, "'A''s'!$A:$A,'A''s'!$6:$6"}, // 40 + 120 twice
		{[]float64{40, 60, 60, 60, 60, 20}, false, 3, "'A''s'!$A:$A,'A''s'!$6:$6"},
	} {
		p := paper.Page{Widths: c.widths, Letters: paper.Letters{Size: 12}, Header: 6}
		if p.Upright() != c.upright || p.Across() != c.across || p.Repeats("A's") != c.repeats {
			t.Errorf("%v: upright %v, %d across, repeating %s; want %v, %d, %s",
				c.widths, p.Upright(), p.Across(), p.Repeats("A's"), c.upright, c.across, c.repeats)
		}
	}
	header, footer := paper.Page{Marking: "R&D"}.Lines()
	if header != "&CR&&D" || footer != "&L&A&CR&&D&RPage &P of &N" {
		t.Errorf("above %q, below %q", header, footer)
	}
}
