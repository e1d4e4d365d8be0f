// Package chart draws charts as SVG, and says in a sentence what they show. It is
// handed figures that are already guarded and written, and knows of nothing else.
//
// What is not shown has an empty Value and is a gap: no mark, no height, no place in
// the scale, in the order of the bars or in the sentence. Marks begin at nought, and
// there is one axis. Colours are those that the Government Analysis Function advises;
// dashes, hatching and labels beside the marks tell as much in grey. Text and lines are
// currentColor, so they follow a reader's own colours, and nothing is styled by a sheet,
// so a page that allows none can show a chart. Equal charts give equal bytes.
package chart

import (
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
)

// Kind is how a chart draws its series.
type Kind string

// The kinds: upright columns over time, lines over time, and lying bars for
// categories, each with its target where it has one.
const (
	Column Kind = "column"
	Line   Kind = "line"
	Bar    Kind = "bar"
)

// most is how many series can be told apart.
const most = 4

// Chart is one chart. ID goes before the ids within the drawing and differs for each
// chart of a page.
type Chart struct {
	ID     string
	Kind   Kind
	Labels []string // of the places along the axis, or of the bars
	Series []Series // bars have one
	Target Value    // a line across columns and lines; empty for none
}

// Series is one thing that is drawn, with a value for each label of its chart.
type Series struct {
	Name   string
	Values []Value
	// Targets are what bars are of, one for each label: an award, an aim; none where
	// there is nothing of the kind. Each bar is then drawn as a share of its own, so that a
	// small grant can be read beside a large one.
	Targets []Value
}

// part is a bar as a share of its target, and that in percent; neither where there is none.
func (s Series) part(i int) Value {
	n, shown := s.Values[i].number()
	aim, aimed := s.Targets[i].number()
	if !shown || !aimed || aim.Sign() <= 0 {
		return Value{}
	}
	part := new(big.Rat).Quo(n, aim)
	return Value{Value: part.RatString(), Shown: new(big.Rat).Mul(part, big.NewRat(100, 1)).FloatString(1) + "%"}
}

// Value is an exact decimal, empty where it is not shown, and what people read: a
// number with its unit, or a shorthand such as [c].
type Value struct{ Value, Shown string }

// number is the value; false where it is not shown.
func (v Value) number() (*big.Rat, bool) {
	if v.Value == "" {
		return nil, false
	}
	return new(big.Rat).SetString(v.Value)
}

// Check says all that is wrong with a chart.
func (c Chart) Check() error {
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	switch {
	case c.Kind != Column && c.Kind != Line && c.Kind != Bar:
		wrong("%q is not a kind of chart: it is column, line or bar", c.Kind)
	case len(c.Series) == 0 || len(c.Series) > most:
		wrong("a chart has 1 to %d series, not %d", most, len(c.Series))
	case c.Kind == Bar && len(c.Series) > 1:
		wrong("a chart of bars has one series, not %d", len(c.Series))
	}
	for _, s := range c.Series {
		if len(s.Values) != len(c.Labels) || len(s.Targets) > 0 && len(s.Targets) != len(c.Labels) {
			wrong("series %q has %d values and %d targets for %d labels", s.Name, len(s.Values), len(s.Targets), len(c.Labels))
		}
		for _, v := range slices.Concat(s.Values, s.Targets, []Value{c.Target}) {
			if _, ok := v.number(); v.Value != "" && !ok {
				wrong("%q is not a number", v.Value)
			}
		}
	}
	return errors.Join(errs...)
}

// Sorted is a chart of bars with the largest first. Those that are not shown come last,
// by label: where they stood among the others would tell of them.
func (c Chart) Sorted() Chart {
	if c.Kind != Bar || c.Check() != nil {
		return c
	}
	s := c.Series[0]
	order := make([]int, len(c.Labels))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		x, shownX := s.Values[a].number()
		y, shownY := s.Values[b].number()
		switch {
		case shownX && shownY && x.Cmp(y) != 0:
			return y.Cmp(x)
		case shownX != shownY:
			return map[bool]int{true: -1, false: 1}[shownX]
		}
		return strings.Compare(c.Labels[a], c.Labels[b])
	})
	out := Chart{ID: c.ID, Kind: c.Kind, Target: c.Target, Series: []Series{{Name: s.Name}}}
	for _, i := range order {
		out.Labels = append(out.Labels, c.Labels[i])
		out.Series[0].Values = append(out.Series[0].Values, s.Values[i])
		if len(s.Targets) > 0 {
			out.Series[0].Targets = append(out.Series[0].Targets, s.Targets[i])
		}
	}
	return out
}

// Sentence says what a chart shows to who does not see it: lowest, highest and, over
// time, last, of the values that are shown.
func (c Chart) Sentence() string {
	var said []string
	for _, s := range c.Series {
		text := s.sentence(c.Labels, c.Kind != Bar)
		if c.Kind == Bar && len(s.Targets) > 0 {
			text = s.parts().sentence(c.Labels, false)
		}
		if len(c.Series) > 1 {
			text = s.Name + ": " + strings.ToLower(text[:1]) + text[1:]
		}
		said = append(said, text)
	}
	if c.Target.Value != "" {
		said = append(said, "The target is "+c.Target.Shown+".")
	}
	return strings.Join(said, " ")
}

func (s Series) sentence(labels []string, overTime bool) string {
	var shown []int
	for i, v := range s.Values {
		if _, ok := v.number(); ok {
			shown = append(shown, i)
		}
	}
	at := func(i int) string { return s.Values[i].Shown + " (" + labels[i] + ")" }
	gaps := s.gaps(labels)
	if len(shown) == 0 {
		return "No value can be shown." + gaps
	}
	compare := func(a, b int) int {
		x, _ := s.Values[a].number()
		y, _ := s.Values[b].number()
		return x.Cmp(y)
	}
	lowest, highest, last := slices.MinFunc(shown, compare), slices.MaxFunc(shown, compare), shown[len(shown)-1]
	switch {
	case len(shown) == 1:
		return "One value is shown: " + at(last) + "." + gaps
	case compare(lowest, highest) == 0:
		return fmt.Sprintf("All %d are %s.", len(shown), s.Values[last].Shown) + gaps
	case overTime:
		return "Lowest " + at(lowest) + ", highest " + at(highest) + ", last " + at(last) + "." + gaps
	}
	return "Highest " + at(highest) + ", lowest " + at(lowest) + "." + gaps
}

// parts is a series as shares of its targets, each with the amounts behind it.
func (s Series) parts() Series {
	out := Series{Name: s.Name}
	for i, v := range s.Values {
		part := s.part(i)
		if part.Value == "" {
			part.Shown = v.Shown
		} else {
			part.Shown += ", " + v.Shown + " of " + s.Targets[i].Shown
		}
		out.Values = append(out.Values, part)
	}
	return out
}

// gaps names the places without a value, by why there is none.
func (s Series) gaps(labels []string) string {
	at := map[string][]string{}
	for i, v := range s.Values {
		if _, ok := v.number(); !ok {
			at[v.Shown] = append(at[v.Shown], labels[i])
		}
	}
	text := ""
	for _, why := range slices.Sorted(maps.Keys(at)) {
		said := "Without a value"
		switch why {
		case "[c]":
			said = "Hidden to protect people"
		case "[u]":
			said = "Of too few to show"
		case "[x]":
			said = "Not available"
		case "[z]":
			said = "Not applicable"
		}
		text += " " + said + ": " + strings.Join(at[why], ", ") + "."
	}
	return text
}
