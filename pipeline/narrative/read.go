package narrative

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

// Parse reads a text. All that is wrong in it is told together, each with file, line and
// a caret under it.
func Parse(file, source string, known Known) (Pack, error) {
	source, err := readable(file, source)
	if err != nil {
		return Pack{}, err
	}
	r := &reader{known: known, file: file, source: source}
	root := r.parser().Parse(text.NewReader([]byte(source)))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		r.block(n)
	}
	r.levels()
	if len(r.mistakes) > 0 {
		return Pack{}, told(file, source, r.mistakes)
	}
	return Pack{Blocks: r.blocks}, nil
}

// readable is a text as it is read, whatever wrote it.
func readable(file, source string) (string, error) {
	if !utf8.ValidString(source) {
		return "", fmt.Errorf("%s: the text is not UTF-8: save it as such", file)
	}
	return strings.ReplaceAll(strings.TrimPrefix(source, "\uFEFF"), "\r\n", "\n"), nil
}

func (*reader) parser() parser.Parser {
	return parser.NewParser(
		parser.WithBlockParsers(parser.DefaultBlockParsers()...),
		parser.WithInlineParsers(append(parser.DefaultInlineParsers(), util.Prioritized(braces{}, 50))...))
}

// reader turns what goldmark read into blocks.
type reader struct {
	known        Known
	file, source string
	blocks       []Block
	places       []int // of the blocks
	mistakes     []mistake
	last         int  // the place of the text read last: of what has none of its own
	free         bool // numbers may be typed: they are their writers'
	screen       func(words string) string
	held         []error // what the screen found, of which no word is repeated
}

func (r *reader) wrong(at int, format string, args ...any) {
	r.mistakes = append(r.mistakes, mistake{at, fmt.Sprintf(format, args...)})
}

// start is the place where a block begins.
func (r *reader) start(n ast.Node) int {
	if n.Type() == ast.TypeBlock && n.Lines() != nil && n.Lines().Len() > 0 {
		r.last = n.Lines().At(0).Start
	} else if n.FirstChild() != nil {
		return r.start(n.FirstChild())
	}
	return r.last
}

// lines are a block's, as they stand.
func (r *reader) lines(n ast.Node) string {
	var out strings.Builder
	for i := range n.Lines().Len() {
		out.WriteString(r.source[n.Lines().At(i).Start:n.Lines().At(i).Stop])
	}
	return out.String()
}

func (r *reader) block(n ast.Node) {
	at := r.start(n)
	b := Block{}
	switch n := n.(type) {
	case *ast.Heading:
		b.Kind, b.Level = Heading, n.Level
		b.Lines = append(b.Lines, r.inlines(n))
	case *ast.Paragraph:
		if words, ok := strings.CutPrefix(strings.TrimSpace(r.lines(n)), ":::"); ok {
			r.placed(words, at, &b)
			break
		}
		b.Kind = Paragraph
		b.Lines = append(b.Lines, r.inlines(n))
	case *ast.List:
		b.Kind = List
		if n.IsOrdered() {
			r.wrong(at, "a list is of bullets; its numbers would be typed figures")
		}
		for item := n.FirstChild(); item != nil; item = item.NextSibling() {
			if item.ChildCount() != 1 || item.FirstChild().Kind() != ast.KindTextBlock {
				r.wrong(r.start(item), "a bullet is one run of words, without lists or paragraphs within it")
				continue
			}
			b.Lines = append(b.Lines, r.inlines(item.FirstChild()))
		}
	default:
		r.wrong(at, "%s is not a part of a pack, which has headings, paragraphs, bullets and tables", named(n))
		return
	}
	r.blocks, r.places = append(r.blocks, b), append(r.places, at)
}

// placed reads what stands behind ":::": a table, or a place where people write.
func (r *reader) placed(words string, at int, b *Block) {
	if asked := askedForm.FindStringSubmatch(words); asked != nil {
		b.Kind, b.Name, b.Needed, b.Who = Commentary, asked[1], asked[2] != "", asked[3]
		if slices.ContainsFunc(r.blocks, func(other Block) bool { return other.Kind == Commentary && other.Name == b.Name }) {
			r.wrong(at, "the words %q have a place already", b.Name)
		}
		return
	}
	name, ok := strings.CutPrefix(words, "table ")
	if name = strings.TrimSpace(name); !ok || !slices.Contains(r.known.Tables, name) {
		r.wrong(at, ":::%s is no block; write :::commentary NAME, or :::table and one of %s%s", words, strings.Join(r.known.Tables, ", "), nearest(name, r.known.Tables))
	}
	b.Kind, b.Name = Table, name
}

// levels: one heading of level 1, first; none goes down by more than one.
func (r *reader) levels() {
	level := 0
	for i, b := range r.blocks {
		switch {
		case i == 0 && (b.Kind != Heading || b.Level != 1):
			r.wrong(r.places[i], "a pack begins with its title: # and words")
		case b.Kind == Heading && i > 0 && b.Level == 1:
			r.wrong(r.places[i], "a pack has one title; this heading is ## or ###")
		case b.Kind == Heading && (b.Level > level+1 || b.Level > 3):
			r.wrong(r.places[i], "a heading of level %d cannot follow one of level %d", b.Level, level)
		}
		if b.Kind == Heading {
			level = b.Level
		}
	}
	if len(r.blocks) == 0 && len(r.mistakes) == 0 {
		r.wrong(0, "a pack begins with its title: # and words")
	}
}

func (r *reader) inlines(n ast.Node) []Inline {
	var out []Inline
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		out = append(out, r.inline(c)...)
	}
	return out
}

func (r *reader) inline(n ast.Node) []Inline {
	switch n := n.(type) {
	case *ast.Text:
		at := n.Segment.Start
		words := r.source[n.Segment.Start:n.Segment.Stop]
		r.last = at
		r.digits(words, at)
		if n.SoftLineBreak() || n.HardLineBreak() {
			words += " "
		}
		return []Inline{{Text: unescaped(words)}}
	case *bound:
		r.last = n.at
		if n.open {
			r.wrong(n.at, "{%s is never closed: write } in the same line", n.words)
			return nil
		}
		i, err := r.known.bind(n.words)
		if err != nil {
			r.wrong(n.at, "%s", err)
		}
		if i.Binding != nil {
			line, _, _ := where(r.source, n.at)
			i.Binding.At = fmt.Sprintf("%s:%d", r.file, line)
		}
		return []Inline{i}
	case *ast.Emphasis, *ast.Link:
		out := r.inlines(n)
		for i := range out {
			if link, ok := n.(*ast.Link); ok {
				out[i].Href = string(link.Destination)
			} else {
				out[i].Strong = true
			}
		}
		if link, ok := n.(*ast.Link); ok && !strings.HasPrefix(string(link.Destination), "#") && !strings.HasPrefix(string(link.Destination), "https://") {
			r.wrong(r.last, "a link goes to a heading (#money) or to https://")
		}
		return out
	}
	r.wrong(r.last, "%s is not a part of a pack", named(n))
	return nil
}

// unescaped takes away the backslashes that CommonMark does, and reads its entities.
func unescaped(words string) string {
	return string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations([]byte(words)))))
}

var typed = regexp.MustCompile(`\p{N}[\p{N},.]*`) // ½ and digits of other scripts too

// allowed are dates and periods.
var allowed = regexp.MustCompile(`\b[0-9]{1,2} (?:January|February|March|April|May|June|July|August|September|October|November|December)(?: [0-9]{4})?\b|` +
	`\b(?:January|February|March|April|May|June|July|August|September|October|November|December) [0-9]{4}\b|\b[0-9]{4}-[0-9]{2}(?:-(?:Q[1-4]|H[12]))?\b`)

// digits tells of numbers that somebody typed.
func (r *reader) digits(words string, at int) {
	if r.free {
		return
	}
	dates := allowed.FindAllStringIndex(words, -1)
	for _, found := range typed.FindAllStringIndex(words, -1) {
		if !slices.ContainsFunc(dates, func(d []int) bool { return d[0] <= found[0] && found[1] <= d[1]+1 }) {
			r.wrong(at+found[0], "%q is typed: bind it to its figure, such as {R01}; of a law or a name write {literal Section 28}", words[found[0]:found[1]])
		}
	}
}

func named(n ast.Node) string {
	switch n.Kind() {
	case ast.KindHTMLBlock, ast.KindRawHTML:
		return "HTML"
	case ast.KindImage:
		return "a picture"
	case ast.KindCodeSpan, ast.KindCodeBlock, ast.KindFencedCodeBlock:
		return "code"
	case ast.KindBlockquote:
		return "a quotation"
	case ast.KindThematicBreak:
		return "a rule"
	}
	return "this (" + n.Kind().String() + ")"
}

// bound is what stands in braces.
type bound struct {
	ast.BaseInline
	words string
	at    int
	open  bool // no brace closes it
}

var kindBound = ast.NewNodeKind("Binding")

// Kind is that of the node.
func (*bound) Kind() ast.NodeKind { return kindBound }

// Dump is for those who mend goldmark.
func (b *bound) Dump(source []byte, level int) { ast.DumpHelper(b, source, level, nil, nil) }

// braces reads {...}, which does not go over a line's end.
type braces struct{}

// Trigger is what such a thing begins with.
func (braces) Trigger() []byte { return []byte{'{'} }

// Parse reads one.
func (braces) Parse(_ ast.Node, block text.Reader, _ parser.Context) ast.Node {
	line, at := block.PeekLine()
	words, _, ok := strings.Cut(string(line[1:]), "}")
	if !ok {
		words = strings.TrimRight(words, "\n")
		block.Advance(1 + len(words))
		return &bound{words: words, at: at.Start, open: true}
	}
	block.Advance(len(words) + 2)
	return &bound{words: words, at: at.Start}
}
