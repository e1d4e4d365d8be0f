// Package strict reads a YAML file that people write, to the last word: every
// value it shows is taken, or is a mistake told with its line, a caret and what to
// write, all mistakes together.
//
// goccy/go-yaml finds the structure and the places. Its decoder is not used: it
// stops at the first mistake, and takes what is written for what YAML makes of it,
// so that the cost centre 0740 became 480, {amount: 900,000} lost a whole table to a
// key named 000, and a second document was never looked at. Here a value without
// quotation marks is its own text, and the type of what it is for says what it means.
package strict

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"
)

// Document is a YAML file as it was read: it knows where each of its values stands.
type Document struct {
	name   string
	lines  []string
	at     map[string]spot
	faults []fault // of the reading itself
	broken bool
}

// spot is where a value stands, and the key that it stands under.
type spot struct {
	key, value *token.Token
	misread    bool // it is a mistake already
}

// fault is one mistake at a place; a column of 0 is a mistake about the whole file.
type fault struct {
	line, column int
	says         string
}

// Read reads a file's text into what into points at: structs with yaml tags, and
// what they hold. name is said in mistakes; Err gives those that were made.
func Read(name string, text []byte, into any) *Document {
	clean := strings.TrimPrefix(string(text), "\ufeff") // Windows Notepad's mark
	d := &Document{name: name, lines: strings.Split(strings.ReplaceAll(clean, "\r\n", "\n"), "\n"), at: map[string]spot{}}
	if !utf8.ValidString(clean) {
		d.stop(nil, "the file is not UTF-8; save it again with that encoding")
		return d
	}
	file, err := parser.ParseBytes([]byte(clean), 0, parser.AllowDuplicateMapKey())
	if err != nil {
		var syntax yaml.Error
		if errors.As(err, &syntax) {
			d.stop(syntax.GetToken(), "this is no YAML: %s; look at the brackets, quotation marks, colons and leading spaces here and just above",
				syntax.GetMessage())
		} else {
			d.stop(nil, "%v", err)
		}
		return d
	}
	tokens := lexer.Tokenize(clean)
	d.checkComments(tokens)
	d.checkColons(tokens)
	d.decode(file, into)
	return d
}

// stop tells of a mistake after which nothing can be read.
func (d *Document) stop(at *token.Token, format string, args ...any) {
	d.broken = true
	d.tell(at, format, args...)
}

// Broken tells whether the file could not be read at all, so that what was read
// into says nothing.
func (d *Document) Broken() bool { return d.broken }

// Err is every mistake of the reading, or nil.
func (d *Document) Err() error { return d.Mistakes().Err() }

// Lines are the numbers of the lines with a mistake, for a file whose text must not be
// shown.
func (d *Document) Lines() []string {
	var out []string
	for _, f := range d.faults {
		if n := strconv.Itoa(max(f.line, 1)); !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

func (d *Document) tell(at *token.Token, format string, args ...any) {
	d.faults = append(d.faults, d.fault(at, format, args...))
}

func (d *Document) fault(at *token.Token, format string, args ...any) fault {
	f := fault{says: fmt.Sprintf(format, args...)}
	if at != nil && at.Position != nil {
		f.line, f.column = at.Position.Line, at.Position.Column
	}
	return f
}

// Mistakes gathers what is wrong with a document: what its reading found, and what
// is told of its places afterwards.
type Mistakes struct {
	doc    *Document
	faults []fault
	apart  []apart
}

// apart is what was read from a document of its own.
type apart struct {
	path     string
	mistakes *Mistakes
}

// Mistakes starts with those of the reading.
func (d *Document) Mistakes() *Mistakes {
	return &Mistakes{doc: d, faults: slices.Clone(d.faults)}
}

// Elsewhere says that what stands at a place was read from another document: what is told
// of the place is told there.
func (m *Mistakes) Elsewhere(at Place, d *Document) {
	m.apart = append(m.apart, apart{at.path, d.Mistakes()})
}

// Top is the whole document.
func (m *Mistakes) Top() Place { return Place{mistakes: m} }

// Err is every mistake, in the order of the file's lines, or nil; then those of the
// documents elsewhere.
func (m *Mistakes) Err() error {
	faults := slices.Clone(m.faults)
	slices.SortStableFunc(faults, func(a, b fault) int {
		if a.line != b.line {
			return a.line - b.line
		}
		return a.column - b.column
	})
	var errs []error
	for _, f := range slices.Compact(faults) {
		errs = append(errs, errors.New(m.doc.show(f)))
	}
	for _, other := range m.apart {
		errs = append(errs, other.mistakes.Err())
	}
	return errors.Join(errs...)
}

// widest is how much of a long line is shown.
const widest = 100

// show is a mistake with its file, its line and a caret under its place.
func (d *Document) show(f fault) string {
	if f.line < 1 || f.line > len(d.lines) {
		return d.name + ": " + f.says
	}
	line, at := []rune(d.lines[f.line-1]), f.column-1
	at = max(0, min(at, len(line)))
	before, after := "", ""
	if from := at - widest/2; from > 0 && len(line) > widest {
		line, at, before = line[from:], widest/2+3, "..."
	}
	if len(line) > widest {
		line, after = line[:widest], "..."
	}
	return fmt.Sprintf("%s:%d: %s\n    %s%s%s\n    %s^", d.name, f.line, f.says, before, string(line), after, strings.Repeat(" ", at))
}

// Place is somewhere in a document: a value, whether it is there or not.
type Place struct {
	mistakes *Mistakes
	path     string
}

// In is the place of what stands under a key.
func (p Place) In(key string) Place {
	in := Place{p.mistakes, p.path + "\x1f" + key}
	for _, other := range p.mistakes.apart {
		if other.path == in.path {
			return other.mistakes.Top()
		}
	}
	return in
}

// Nth is the place of an entry of a list, from 0.
func (p Place) Nth(i int) Place { return p.In(fmt.Sprint(i)) }

// Given tells whether the file says anything here.
func (p Place) Given() bool {
	_, there := p.mistakes.doc.at[p.path]
	return there
}

// Wrong tells of a mistake at this place, or where it should be.
func (p Place) Wrong(format string, args ...any) {
	p.add(func(s spot) *token.Token { return s.value }, format, args...)
}

// WrongKey tells of a mistake in the key that the place stands under.
func (p Place) WrongKey(format string, args ...any) {
	p.add(func(s spot) *token.Token { return s.key }, format, args...)
}

// add leaves out what only follows from the place having been misread.
func (p Place) add(which func(spot) *token.Token, format string, args ...any) {
	doc, path := p.mistakes.doc, p.path
	found, there := doc.at[path]
	if there && found.misread {
		return
	}
	for !there && path != "" {
		path = path[:strings.LastIndex(path, "\x1f")]
		found, there = doc.at[path]
	}
	at := which(found)
	if at == nil {
		at = found.value
	}
	p.mistakes.faults = append(p.mistakes.faults, doc.fault(at, format, args...))
}

// start is the token at which a value begins, as people see it.
func start(node ast.Node) *token.Token {
	switch n := node.(type) {
	case *ast.MappingNode:
		if !n.IsFlowStyle && len(n.Values) > 0 {
			return start(n.Values[0].Key)
		}
	case *ast.MappingValueNode:
		return start(n.Key)
	}
	return node.GetToken()
}
