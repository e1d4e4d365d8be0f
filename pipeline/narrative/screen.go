package narrative

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// screened tells of source lines that may not be written, without repeating them.
func (r *reader) screened() error {
	at := 0
	for line := range strings.SplitSeq(r.source, "\n") {
		r.hold(at, "line", line)
		at += len(line) + 1
	}
	return errors.Join(r.held...)
}

// hold screens words that stand at a place of the file. The end of a line is read as a
// blank, as a page shows it, and as nothing, as whoever reads it will.
func (r *reader) hold(at int, part, words string) {
	found := func(format string, args ...any) {
		line, _, _ := where(r.source, at)
		r.held = append(r.held, fmt.Errorf("%s:%d: the %s "+format, append([]any{r.file, line, part}, args...)...))
	}
	if i := strings.IndexFunc(words, unseen); i >= 0 {
		char, _ := utf8.DecodeRuneInString(words[i:])
		found("has the character %U in it, which nobody sees and which changes how the rest is read: take it out", char)
		return
	}
	for _, end := range []string{" ", ""} {
		if what := r.screen(strings.ReplaceAll(words, "\n", end)); what != "" {
			found("seems to have %s in it: take it out (the words are not repeated here)", what)
			return
		}
	}
}

// unseen are control characters, and those that turn the direction of reading: what is
// read would be other than what is screened.
func unseen(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
}

// holdShown screens the words below a node as a page shows them: Markdown joins lines, reads
// entities and takes marks away, which a source line hides.
func (r *reader) holdShown(root ast.Node) {
	_ = ast.Walk(root, func(n ast.Node, enters bool) (ast.WalkStatus, error) { // what it is given never fails
		link, isLink := n.(*ast.Link)
		switch {
		case !enters:
		case isLink:
			if to, err := url.PathUnescape(string(link.Destination)); err == nil {
				r.hold(r.start(n), "link", to)
			}
		case n.Type() != ast.TypeBlock:
		case n.FirstChild() == nil && n.Lines() != nil:
			r.hold(r.start(n), "block", unescaped(r.lines(n)))
		case n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeInline:
			r.hold(r.start(n), "paragraph", r.shown(n))
		}
		return ast.WalkContinue, nil
	})
}

// holdLine screens a line that is not part of the words, such as a heading, as if it were.
func (r *reader) holdLine(at int, words string) {
	alone := &reader{source: words, file: r.file, screen: r.screen}
	root := alone.parser().Parse(text.NewReader([]byte(words)))
	for n := root.FirstChild(); n != nil; n = n.NextSibling() {
		r.hold(at, "line", alone.shown(n))
	}
}

// shown is what a reader sees of a block's words, with the ends of its lines.
func (r *reader) shown(n ast.Node) string {
	var out strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			out.WriteString(unescaped(r.source[c.Segment.Start:c.Segment.Stop]))
			if c.SoftLineBreak() || c.HardLineBreak() {
				out.WriteString("\n")
			}
		case *ast.RawHTML:
			out.WriteString(unescaped(string(c.Segments.Value([]byte(r.source)))))
		case *bound:
			out.WriteString(strings.TrimPrefix(c.words, "literal "))
		default:
			out.WriteString(r.shown(c))
		}
	}
	return out.String()
}
