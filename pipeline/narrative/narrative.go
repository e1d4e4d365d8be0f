// Package narrative reads the words of the Commissioner's pack: Markdown in which every
// number is bound to a figure. It gives blocks that any output can be made of, and the
// list of the figures they may show, before a single one is read.
//
// A text is CommonMark with headings, paragraphs, bullets, **strong** words and links
// to the page itself or to https; nothing else of it, and no HTML. In braces:
//
//	{S02C}                         a figure of the pack's period
//	{R01 to-date}                  of the financial year so far; last-quarter: the quarter before;
//	                               last-year: the same period of the year before
//	{R01[source=POL]}              of a category of a breakdown
//	{R01|referral|referrals}       with the noun that goes with the number
//	{n TR05}                       how many a share, mean or median is of
//	{change R01 last-quarter}      "7 more than in the quarter before"
//	{money:left}                   the value of a row of a question of queries/briefing
//	{period}                       one of the words that the pack knows
//	{literal Section 28}           a number that is no figure: a law, or a name of the office
//
// A line ":::table NAME" is a table, alone in its paragraph, and ":::commentary NAME
// needed by the commissioning officer" (needed and by may be left out) a place for people's
// own words. A digit that is none of these, nor part of a date or a period, is a mistake:
// somebody typed a figure.
//
// goldmark (MIT, one module, kept since 2019) reads the Markdown: what CommonMark means
// by a list or an emphasis is nobody's to write again.
package narrative

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"mojreturns/pipeline/strict"
)

// Kind is what a block is.
type Kind string

// The kinds of a block.
const (
	Heading   Kind = "heading"
	Paragraph Kind = "paragraph"
	List      Kind = "list"
	Table     Kind = "table"
	// Commentary is people's own words, where the text asks for them.
	Commentary Kind = "commentary"
)

// Pack is a text, read: blocks in order, the first of them the one heading of level 1.
type Pack struct{ Blocks []Block }

// Block is a heading of a level, a paragraph, a list of Lines, the table of a name, or
// what By Said for the place of a name, if anybody has; else it waits for Who.
type Block struct {
	Kind   Kind
	Level  int
	Name   string
	Lines  [][]Inline
	Needed bool
	Who    string
	By     string
	Said   []Block
}

// Inline is a stretch of words, or a figure bound.
type Inline struct {
	Text    string
	Strong  bool
	Href    string
	Binding *Binding
}

// Ask is what of a figure is bound.
type Ask string

// What can be bound.
const (
	Value  Ask = "value"
	Number Ask = "n"
	Change Ask = "change"
	Row    Ask = "row" // of a question's answer: Question and Item
	Word   Ask = "word"
)

// Binding binds a place of the text to a figure. When is this, to-date, last-quarter or last-year.
// One and Many are the nouns that go with it. At is the file and line.
type Binding struct {
	Ask                       Ask
	Code, Dimension, Category string
	When                      string
	One, Many                 string
	Question, Item            string
	At                        string
}

// Shown is a figure that a text may show: of a change both its ends.
type Shown struct{ Code, Dimension, Category, When, At string }

// Shows lists the figures that the text may show, in its order.
func (p Pack) Shows() []Shown {
	var out []Shown
	for _, b := range p.Bindings() {
		if b.Code == "" {
			continue
		}
		out = append(out, Shown{b.Code, b.Dimension, b.Category, b.When, b.At})
		if b.Ask == Change {
			out = append(out, Shown{b.Code, b.Dimension, b.Category, "this", b.At})
		}
	}
	return out
}

// Bindings are those of the text, in its order.
func (p Pack) Bindings() []Binding {
	var out []Binding
	for _, block := range p.Blocks {
		out = append(out, Pack{Blocks: block.Said}.Bindings()...)
		for _, line := range block.Lines {
			for _, i := range line {
				if i.Binding != nil {
					out = append(out, *i.Binding)
				}
			}
		}
	}
	return out
}

// Tables are the names of the tables, in order.
func (p Pack) Tables() []string {
	var out []string
	for _, b := range p.Blocks {
		if b.Kind == Table {
			out = append(out, b.Name)
		}
	}
	return out
}

// Known is what a text can name.
type Known struct {
	// Metric tells the breakdowns of a metric; false where there is none of the code.
	Metric func(code string) (by []string, ok bool)
	Codes  []string // of all metrics
	Tables []string
	Words  []string
	Names  []string  // of the office: a number in one is no figure
	Today  time.Time // the last day on which people can have written
}

// mistake is one thing wrong, with its place in the text.
type mistake struct {
	at   int
	says string
}

// told writes mistakes in the order of the text, each with line and caret.
func told(file, text string, mistakes []mistake) error {
	slices.SortStableFunc(mistakes, func(a, b mistake) int { return cmp.Compare(a.at, b.at) })
	var errs []error
	for _, m := range mistakes {
		line, column, words := where(text, m.at)
		caret := strings.Repeat(" ", column-1) + "^"
		errs = append(errs, fmt.Errorf("%s:%d:%d: %s\n  %s\n  %s", file, line, column, m.says, words, caret))
	}
	return errors.Join(errs...)
}

// where is the line and the column, counted in characters from 1, of a place.
func where(text string, at int) (line, column int, words string) {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	words, _, _ = strings.Cut(text[start:], "\n")
	return strings.Count(text[:at], "\n") + 1, len([]rune(text[start:at])) + 1, strings.TrimRight(words, "\r")
}

// nearest is the word of a list that a mistyped one is most like.
func nearest(word string, list []string) string {
	best := strict.Nearest(word, list)
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}
