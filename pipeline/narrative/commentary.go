package narrative

import (
	"cmp"
	"errors"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/text"
)

// Asked is a place of the text where people's own words go: a name, whether the text can
// do without them, who writes them, and the heading they stand under.
type Asked struct {
	Name, Who, Under string
	Needed           bool
}

// Asked are the places where people write, in order.
func (p Pack) Asked() []Asked {
	var out []Asked
	under := ""
	for _, b := range p.Blocks {
		switch b.Kind {
		case Heading:
			under = plain(b.Lines[0])
		case Commentary:
			out = append(out, Asked{b.Name, b.Who, under, b.Needed})
		}
	}
	return out
}

// plain is a line without its figures.
func plain(line []Inline) string {
	var out strings.Builder
	for _, i := range line {
		out.WriteString(i.Text)
	}
	return strings.Trim(out.String(), ": ")
}

// Said is what somebody wrote for one place: who and when, as they put it, and the words.
type Said struct {
	By     string
	Blocks []Block
}

// With puts people's words where the text asks for them.
func (p Pack) With(said map[string]Said) Pack {
	out := Pack{Blocks: slices.Clone(p.Blocks)}
	for i, b := range out.Blocks {
		if b.Kind == Commentary {
			out.Blocks[i].By, out.Blocks[i].Said = said[b.Name].By, said[b.Name].Blocks
		}
	}
	return out
}

// Unwritten are the places that the text cannot do without and nobody has written for.
func (p Pack) Unwritten() []Asked {
	said := map[string]bool{}
	for _, b := range p.Blocks {
		said[b.Name] = b.Kind == Commentary && len(b.Said) > 0
	}
	return slices.DeleteFunc(p.Asked(), func(a Asked) bool { return !a.Needed || said[a.Name] })
}

var (
	askedForm   = regexp.MustCompile(`^commentary ([a-z]+(?:-[a-z]+)*)( needed)?(?: by (.+))?$`)
	sectionForm = regexp.MustCompile(`(?m)^##[ \t]+(.*?)[ \t]*$`)
	// aboveForm is what may stand above the first heading: a title, then comments of HTML.
	aboveForm = regexp.MustCompile(`^\s*(?:#[ \t][^\n]*(?:\n|$))?\s*(?:<!--(?s:.*?)-->\s*)*`)
	byForm    = regexp.MustCompile(`(?i)^\s*by:[ \t]*(.*?)[ \t]*(?:\n|$)`)
)

// ParseCommentary reads what people wrote: below "## NAME" a line "by: role, day", then
// paragraphs and bullets, in which figures may be bound and numbers typed, which are their
// writers'. Screen says what in words may not be written, or nothing: it is asked of each
// line of the source, and of each paragraph, bullet and heading as a page shows it. Such
// words are not repeated, nor are those with control characters in them. Above the first heading stand
// a title and what <!-- --> keeps for whoever writes: other words there are a mistake. A section without a
// letter, digit or figure that is seen is not written yet.
func ParseCommentary(file, source string, asked []Asked, known Known, screen func(line string) string) (map[string]Said, error) {
	source, err := readable(file, source)
	if err != nil {
		return nil, err
	}
	r := &reader{known: known, file: file, source: source, free: true, screen: screen}
	if err := r.screened(); err != nil {
		return nil, err
	}
	out := map[string]Said{}
	starts := sectionForm.FindAllStringSubmatchIndex(source, -1)
	above := len(source)
	if len(starts) > 0 {
		above = starts[0][0]
	}
	r.above(above)
	for i, at := range starts {
		end := len(source)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		name := source[at[2]:at[3]]
		r.holdLine(at[2], name)
		if _, twice := out[name]; twice {
			r.wrong(at[2], "%q is there already", name)
		}
		if !slices.ContainsFunc(asked, func(a Asked) bool { return a.Name == name }) {
			var names []string
			for _, a := range asked {
				names = append(names, a.Name)
			}
			r.wrong(at[2], "the pack has no place for %q; it has %s%s", name, cmp.Or(strings.Join(names, ", "), "none"), nearest(name, names))
		}
		out[name] = r.section(at[1], end)
	}
	if len(r.held) > 0 {
		return nil, errors.Join(r.held...)
	}
	if len(r.mistakes) > 0 {
		return nil, told(file, source, r.mistakes)
	}
	return out, nil
}

// above tells of words that no page would show, as they stand before the first section.
func (r *reader) above(end int) {
	if at := aboveForm.FindStringIndex(r.source[:end])[1]; at < end {
		r.wrong(at, "no page shows words that stand above the first heading: put them below one, such as ## NAME, or between <!-- and -->")
	}
}

// section reads the words between two places of the source.
func (r *reader) section(from, to int) Said {
	var s Said
	start := from
	by := byForm.FindStringSubmatchIndex(r.source[from:to])
	if by != nil {
		s.By, start = r.source[from+by[2]:from+by[3]], from+by[1]
		r.holdLine(from+by[2], s.By)
	}
	if strings.TrimSpace(r.source[start:to]) == "" {
		return Said{}
	}
	// blank lines stand for what is around the section, so that each place is that of the file
	around := []byte(r.source[:start])
	for i := range around {
		if around[i] != '\n' {
			around[i] = ' '
		}
	}
	words := &reader{known: r.known, file: r.file, source: r.source, free: true, screen: r.screen}
	root := words.parser().Parse(text.NewReader(append(around, r.source[start:to]...)))
	words.holdShown(root)
	r.held = append(r.held, words.held...)
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		words.block(n)
	}
	for i, b := range words.blocks {
		if b.Kind != Paragraph && b.Kind != List {
			words.wrong(words.places[i], "people's words are paragraphs and bullets; the pack has the headings and tables")
		}
	}
	if len(words.mistakes) == 0 && !slices.ContainsFunc(words.blocks, Block.shows) {
		return Said{}
	}
	r.mistakes = append(r.mistakes, words.mistakes...)
	if s.By == "" {
		r.wrong(from, "words and nobody who wrote them: write \"by: role, day\" below the heading")
	} else if what := role(s.By, r.known.Today); what != "" {
		r.wrong(from+by[2], "%s", what)
	}
	s.Blocks = words.blocks
	return s
}

// shows tells whether a reader sees anything of a block.
func (b Block) shows() bool {
	return slices.ContainsFunc(b.Lines, func(line []Inline) bool {
		return slices.ContainsFunc(line, func(i Inline) bool { return i.Binding != nil || strings.ContainsFunc(i.Text, visible) })
	})
}

// visible are letters and digits, but for the letters of Unicode that are blank.
func visible(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsNumber(r)) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r)
}
