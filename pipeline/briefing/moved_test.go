package briefing_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/briefing"
)

// placesOf is everything that a reader reads of a pack, by where it stands.
func placesOf(d briefing.Data) map[string]string {
	out := map[string]string{}
	for s, section := range d.Sections {
		for b, block := range section.Blocks {
			at := fmt.Sprintf("%d.%d", s, b)
			for l, line := range block.Lines {
				for _, w := range line {
					out[fmt.Sprintf("%s line %d", at, l)] += w.Words
				}
			}
			t := block.Table
			for _, row := range t.Rows { // by what it is about: the largest comes first
				for c, cell := range row.Cells {
					out[fmt.Sprintf("%s %s row %s column %d", at, t.Name, row.Cells[0].Text, c)] = cell.Text + " " + cell.Small
				}
			}
			for c, chart := range t.Charts {
				out[fmt.Sprintf("%s %s chart %d", at, t.Name, c)] = chart.Title + chart.Sentence
			}
		}
	}
	return out
}

// printedAs is a whole number as a page prints it in a unit, told apart from a longer one
// by what stands before it.
func printedAs(value int, unit string) string {
	text := fmt.Sprintf("%d,%03d", value/1000, value%1000)
	if unit == "pounds" {
		return "£" + text + ".00"
	}
	return text
}

// A figure that changes is read otherwise in every place that printed it, and in no other:
// each is given a number that no other has, so the page itself tells which places print it,
// and no binding is asked. What is worked out of a figure on the page (what is left, all
// grants together, a change, a share of the front line, a chart's highest and lowest) may move with it. Some seconds: a
// pack is collected for each figure.
func TestAFigureMovesThePlacesThatPrintIt(t *testing.T) {
	t.Parallel()
	db := warehouseOf(t)
	workedOut := map[string][]string{ // by the figure, where
		"S01": {"grants", "money row Left", "funds chart", "0.1 line"}, "S02C": {"grants", "money row Left", "funds chart", "0.1 line"}, "S04": {"grants"},
		"R01": {"referrals chart", "effect chart", "0.1 line"}, "TR03": {"effect chart", "organisations row Local authority column 3", "organisations row Police column 3", "organisations row Probation column 3"},
	}
	type moved struct{ code, scope, period, dimension, category, unit string }
	var figures []moved
	found, err := db.Query("SELECT code, scope, period, dimension, category, unit FROM figure WHERE marker = '' AND unit <> 'share' ORDER BY ALL")
	if err != nil {
		t.Fatal(err)
	}
	defer found.Close()
	for found.Next() {
		var f moved
		if err := found.Scan(&f.code, &f.scope, &f.period, &f.dimension, &f.category, &f.unit); err != nil {
			t.Fatal(err)
		}
		figures = append(figures, f)
	}
	number := func(i int) int { return 101_003 + 1_117*i }
	set := func(f moved, value int) {
		if _, err := db.Exec("UPDATE figure SET value = ? WHERE (code, scope, period, dimension, category) = (?, ?, ?, ?, ?)",
			value, f.code, f.scope, f.period, f.dimension, f.category); err != nil {
			t.Fatal(err)
		}
	}
	for i, f := range figures {
		set(f, number(i))
	}
	before := placesOf(collect(t, db, request()))
	printed := 0
	for i, f := range figures {
		const other = 987_654
		set(f, other)
		after := placesOf(collect(t, db, request()))
		set(f, number(i))
		was, is, seen := printedAs(number(i), f.unit), printedAs(other, f.unit), false
		for place, text := range before {
			switch {
			case strings.Contains(text, was) && !strings.Contains(place, "chart"):
				if seen = true; after[place] != strings.ReplaceAll(text, was, is) && !slices.ContainsFunc(workedOut[f.code], within(place)) {
					t.Errorf("%v became %s, and %s reads %q, was %q", f, is, place, after[place], text)
				}
				if strings.Contains(after[place], was) {
					t.Errorf("%v became %s, and %s still reads %q", f, is, place, text)
				}
			case after[place] != text && !slices.ContainsFunc(workedOut[f.code], within(place)):
				t.Errorf("%v became %s, and %s, which did not print it, reads %q, was %q", f, is, place, after[place], text)
			}
		}
		if seen {
			printed++
		}
		if len(after) != len(before) {
			t.Errorf("%v became %s, and %d places became %d", f, is, len(before), len(after))
		}
	}
	if printed < 30 {
		t.Errorf("only %d figures of %d are printed anywhere", printed, len(figures))
	}
}

func within(place string) func(string) bool {
	return func(part string) bool { return strings.Contains(place, part) }
}
