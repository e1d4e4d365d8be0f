package briefing

import (
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
	w.marks = marks(kept, say)
	for i, b := range kept {
		block := w.block(b)
		w.explain(&block.Table)
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
	marks  []mark   // those not seen yet
}

// mark is a shorthand such as [c], and what it means.
type mark struct{ sign, means string }

// marks are the shorthand that the text's own bullets explain: those about "[c]" and so on.
func marks(blocks []narrative.Block, say func(narrative.Binding) string) []mark {
	var out []mark
	for _, b := range blocks {
		for _, line := range b.Lines {
			words := written(line, say)
			if about := strongWords(words); b.Kind == narrative.List && markForm.MatchString(about) {
				out = append(out, mark{about, plain(words)})
			}
		}
	}
	return out
}

// explain says below a table what the shorthand means that no table before it had: who
// meets [c] on page two should not have to look for the last.
func (w *writer) explain(t *Table) {
	w.marks = slices.DeleteFunc(w.marks, func(m mark) bool {
		seen := slices.ContainsFunc(t.Rows, func(r Row) bool {
			return slices.ContainsFunc(r.Cells, func(c Cell) bool { return strings.Contains(c.Text, m.sign) })
		})
		if seen {
			t.Notes = append(t.Notes, m.means)
		}
		return seen
	})
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

var markForm = regexp.MustCompile(`^\[[a-z]\]$`)

var noLetters = regexp.MustCompile(`[^a-z0-9]+`)

// slug is the name by which a link goes to a heading.
func slug(line []Words) string {
	return strings.Trim(noLetters.ReplaceAllString(strings.ToLower(plain(line)), "-"), "-")
}
