package briefing

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"strings"

	"mojreturns/pipeline/narrative"
)

// Write puts a pack's text into sections, each binding as say says it, with its tables. A
// section of which no table says anything is left out, and so is a bullet about it, or about
// a figure that is not there; both are named by the word {left-out}.
func Write(pack narrative.Pack, tables map[string]Table, say func(narrative.Binding) string) (title string, out []Section) {
	w := &writer{tables: tables, say: say}
	w.keep(pack.Blocks)
	w.gone, w.left, w.lines = w.left, nil, nil // bullets stand before the sections they are about
	kept := w.keep(pack.Blocks)
	w.say = func(b narrative.Binding) string {
		if b.Ask == narrative.Word && b.Item == "left-out" {
			return w.leftOut()
		}
		return say(b)
	}
	for i, b := range kept {
		block := w.block(b)
		if i == 0 {
			title = plain(block.Lines[0])
			continue
		}
		if b.Level == 2 || len(out) == 0 {
			out = append(out, Section{})
		}
		last := &out[len(out)-1]
		if b.Level == 2 {
			last.ID = block.ID
		}
		last.Blocks = append(last.Blocks, block)
	}
	return title, out
}

// writer writes blocks.
type writer struct {
	tables map[string]Table
	say    func(narrative.Binding) string
	left   []string // the sections and tables left out, in order
	lines  []string // the first words of bullets left out
	gone   []string // the sections known to be left out
}

// keep leaves out what has nothing to say.
func (w *writer) keep(blocks []narrative.Block) []narrative.Block {
	var out []narrative.Block
	for i := 0; i < len(blocks); i++ {
		b := blocks[i]
		switch {
		case b.Kind == narrative.Commentary && !b.Needed && len(b.Said) == 0:
			continue
		case b.Kind == narrative.Heading && b.Level > 1:
			end := i + 1
			for end < len(blocks) && (blocks[end].Kind != narrative.Heading || blocks[end].Level > b.Level) {
				end++
			}
			if w.saysNothing(blocks[i:end]) {
				w.left = append(w.left, plain(written(b.Lines[0], w.say)))
				i = end - 1
				continue
			}
		case b.Kind == narrative.Table && !w.tables[b.Name].HasData():
			w.left = append(w.left, w.tables[b.Name].Caption)
			continue
		case b.Kind == narrative.List:
			lines := b.Lines
			b.Lines = nil
			for _, line := range lines {
				if about := strongWords(written(line, w.say)); about != "" && (nothing(line, w.say) || slices.Contains(w.gone, about)) {
					w.lines = append(w.lines, about)
					continue
				}
				b.Lines = append(b.Lines, line)
			}
			if len(b.Lines) == 0 {
				continue
			}
		}
		out = append(out, b)
	}
	return out
}

// strongWords are those that a line begins with: what it is about.
func strongWords(line []Words) string {
	for i, w := range line {
		if !w.Strong {
			return plain(line[:i])
		}
	}
	return plain(line)
}

// saysNothing tells whether blocks have tables and none that says anything. What people
// have written is something.
func (w *writer) saysNothing(blocks []narrative.Block) bool {
	tables := 0
	for _, b := range blocks {
		if b.Kind == narrative.Table {
			tables++
		}
		if b.Kind == narrative.Table && w.tables[b.Name].HasData() || b.Kind == narrative.Commentary && (b.Needed || len(b.Said) > 0) {
			return false
		}
	}
	return tables > 0
}

// leftOut says what was left out: a bullet only where the section of its name was not.
func (w *writer) leftOut() string {
	left := slices.Clone(w.left)
	for _, line := range w.lines {
		if !slices.Contains(left, line) {
			left = append(left, "the summary's line on "+line)
		}
	}
	if len(left) == 0 {
		return "Nothing is left out: every section has something to show."
	}
	return "Left out, because there is nothing to show of it for this period: " + strings.Join(left, "; ") + "."
}

func (w *writer) block(b narrative.Block) Block {
	block := Block{Kind: b.Kind, Level: b.Level, By: b.By, Who: b.Who, Table: w.tables[b.Name]}
	for _, line := range b.Lines {
		block.Lines = append(block.Lines, written(line, w.say))
	}
	for _, said := range b.Said {
		block.Said = append(block.Said, w.block(said))
	}
	if b.Kind == narrative.Heading {
		block.ID = slug(block.Lines[0])
	}
	return block
}

func written(line []narrative.Inline, say func(narrative.Binding) string) []Words {
	var out []Words
	for _, i := range line {
		w := Words{Words: i.Text, Href: i.Href, Strong: i.Strong}
		if i.Binding != nil {
			w.Words = say(*i.Binding)
		}
		out = append(out, w)
	}
	return out
}

// nothing tells whether the figure that a bullet is about is not there, so that the rest
// of its words would say nothing.
func nothing(line []narrative.Inline, say func(narrative.Binding) string) bool {
	for _, i := range line {
		if i.Binding != nil && i.Binding.Ask != narrative.Word {
			words := say(*i.Binding)
			return words == notApplicableYet || words == notAvailableYet
		}
	}
	return false
}

func plain(line []Words) string {
	var text strings.Builder
	for _, w := range line {
		text.WriteString(w.Words)
	}
	return text.String()
}

var noLetters = regexp.MustCompile(`[^a-z0-9]+`)

// slug is the name by which a link goes to a heading.
func slug(line []Words) string {
	return strings.Trim(noLetters.ReplaceAllString(strings.ToLower(plain(line)), "-"), "-")
}

// known is a figure as the build has it; a hidden one has no value.
type known struct{ value, n, unit, marker string }

// speak reads the figures that the text may show, which are all that can be found, and
// says a binding in words.
func speak(ctx context.Context, db Querier, r Request, answers map[string][]row, words map[string]string) (func(narrative.Binding) string, error) {
	figures, err := figuresOf(ctx, db)
	if err != nil {
		return nil, err
	}
	periods := map[string]string{"this": r.Period, "to-date": answers["period"][0]["to_date"], "last-quarter": r.Before}
	find := func(b narrative.Binding, when string) known {
		scope := r.MoneyScope
		if r.OfService(b.Code) {
			scope = r.ActivityScope
		}
		f, ok := figures[[5]string{b.Code, scope, periods[when], b.Dimension, b.Category}]
		if !ok {
			f.marker = "x"
		}
		return f
	}
	return func(b narrative.Binding) string {
		switch b.Ask {
		case narrative.Word:
			return words[b.Item]
		case narrative.Row:
			return rowSaid(answers[b.Question], b.Item)
		case narrative.Number:
			f := find(b, b.When)
			return said(known{value: f.n, marker: f.marker}, b)
		case narrative.Change:
			return change(find(b, "this"), find(b, b.When))
		}
		return said(find(b, b.When), b)
	}, nil
}

func figuresOf(ctx context.Context, db Querier) (map[[5]string]known, error) {
	rows, err := db.QueryContext(ctx, "SELECT code, scope, period, dimension, category, value::VARCHAR, n::VARCHAR, unit, marker FROM figure")
	if err != nil {
		return nil, fmt.Errorf("cannot read the figures of the text: %w", err)
	}
	defer rows.Close()
	out := map[[5]string]known{}
	for rows.Next() {
		var at [5]string
		var value, n, unit, marker sql.NullString
		if err := rows.Scan(&at[0], &at[1], &at[2], &at[3], &at[4], &value, &n, &unit, &marker); err != nil {
			return nil, err
		}
		out[at] = known{value.String, n.String, unit.String, marker.String}
	}
	return out, rows.Err()
}

// said is a figure within a sentence, where no shorthand can stand.
func said(f known, b narrative.Binding) string {
	if f.unit == "share" && f.marker == "" {
		if shown := share(f.value, "", f.n); shown == tooFew {
			f.marker = "u"
		} else if shown != notAvailable {
			return strings.Replace(shown, "(n = ", "(of ", 1)
		}
	}
	if words := inWords(f); words != "" {
		return words
	}
	text := figure(f.value, f.unit, "")
	switch v := number(f.value); {
	case b.Many == "":
		return text
	case v.Cmp(big.NewRat(1, 1)) == 0:
		return text + " " + b.One
	case v.Sign() == 0:
		return "no " + b.Many
	}
	return text + " " + b.Many
}

// What a sentence says where there is no figure.
const notApplicableYet, notAvailableYet = "not applicable", "not available yet"

// inWords says why there is no figure; nothing where there is one.
func inWords(f known) string {
	switch {
	case f.marker == "c":
		return "a number not shown, to protect people"
	case f.marker == "u":
		return "a share of too few people to show"
	case f.marker == "z":
		return notApplicableYet
	case f.marker != "" || f.value == "":
		return notAvailableYet
	}
	return ""
}

// change says how a figure moved, in neutral words: what is better is for people to say.
func change(now, before known) string {
	switch {
	case now.marker == "c" || before.marker == "c":
		return "a change not shown, to protect people"
	case inWords(now) != "" || inWords(before) != "":
		return "with nothing to compare in the quarter before"
	}
	moved := new(big.Rat).Sub(number(now.value), number(before.value))
	size := figure(new(big.Rat).Abs(moved).RatString(), now.unit, "")
	if now.unit == "share" {
		size = decimal(new(big.Rat).Abs(new(big.Rat).Mul(moved, big.NewRat(100, 1))), 1) + " percentage points"
	}
	switch moved.Sign() {
	case 1:
		return size + " more than in the quarter before"
	case -1:
		return size + " fewer than in the quarter before"
	}
	return "the same as in the quarter before"
}

// rowsThere tells of rows that the text names and their question's answer has not.
func rowsThere(pack narrative.Pack, answers map[string][]row) error {
	var errs []error
	for _, b := range pack.Bindings() {
		answer := answers[b.Question]
		if b.Ask != narrative.Row || len(answer) == 0 {
			continue
		}
		var items []string
		for _, r := range answer {
			items = append(items, r["item"])
		}
		if !slices.Contains(items, b.Item) {
			errs = append(errs, fmt.Errorf("%s: {%s:%s} names a row that the question does not have; it has %s", b.At, b.Question, b.Item, strings.Join(items, ", ")))
		}
	}
	return errors.Join(errs...)
}

// rowSaid is the value of a row of a question's answer.
func rowSaid(answer []row, item string) string {
	for _, r := range answer {
		if r["item"] == item {
			return said(known{value: r["value"], n: r["value_n"], unit: r["unit"], marker: r["value_marker"]}, narrative.Binding{})
		}
	}
	return notAvailableYet
}

// gravity counts the conditions, the gravest first, and names those to look at.
func gravity(conditions []row) string {
	titles := map[string][]string{}
	for _, c := range conditions {
		titles[c["status"]] = append(titles[c["status"]], c["title"])
	}
	if len(conditions) == 0 {
		return "none was worked out"
	}
	said := fmt.Sprintf("%d not met, %d at risk, %d met", len(titles["not met"]), len(titles["at risk"]), len(titles["met"]))
	for _, status := range []string{"not met", "at risk"} {
		if list := titles[status]; len(list) > 0 {
			said += ". " + strings.ToUpper(status[:1]) + status[1:] + ": " + strings.Join(list, "; ")
		}
	}
	return said
}
