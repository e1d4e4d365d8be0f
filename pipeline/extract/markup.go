package extract

import (
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// What one tag, and the nesting of tags, may come to at most.
const (
	mostTag   = 1 << 20
	mostDepth = 256
)

var errMarkup = errors.New("not well-formed XML")

type token int

const (
	startTag token = iota
	endTag
	chars
)

// markup splits XML into tags and text as it is read: what encoding/xml does,
// with what spreadsheets use of it only, and several times faster. A tag without
// content gives a start and an end. Comments and instructions are passed over; a
// document type, which could name a great text, is an error. What a token holds is
// good until the next. Tags are told by their place and space: see names.go.
type markup struct {
	src      io.Reader
	buf      []byte
	pos, end int
	eof      bool
	depth    int
	closed   bool // the tag just given has no content: its end comes next

	name    []byte // of the tag just started, without prefix
	space   space
	given   []given
	text    []byte // of chars, decoded
	decoded []byte

	bound      []binding // prefixes declared, the innermost last
	unprefixed space
}

// given is an attribute; its value is as it stands in the file.
type given struct{ prefix, name, value []byte }

func newMarkup(src io.Reader) *markup {
	// parts are UTF-8; a byte order mark may say otherwise
	var mark [3]byte
	n, _ := io.ReadFull(src, mark[:]) // an error comes again
	src = io.MultiReader(bytes.NewReader(mark[:n]), src)
	if mark[0] >= 0xfe || mark[0] == 0xef {
		src = transform.NewReader(src, unicode.BOMOverride(unicode.UTF8.NewDecoder()))
	}
	return &markup{src: src, buf: make([]byte, 64<<10)}
}

// next gives the next token; io.EOF at the end of a text whose tags are closed.
func (m *markup) next() (token, error) {
	if m.closed {
		m.closed = false
		m.depth--
		m.leave()
		return endTag, nil
	}
	for {
		if m.pos == m.end {
			if m.eof {
				return 0, m.atEnd()
			}
			if err := m.fill(); err != nil {
				return 0, err
			}
			continue
		}
		b := m.buf[m.pos:m.end]
		var n int
		var t token
		var err error
		if b[0] == '<' {
			n, t, err = m.tag(b)
		} else {
			n, t, err = m.chars(b)
		}
		switch {
		case err != nil:
			return 0, err
		case n == 0:
			if m.eof || len(b) > mostTag {
				return 0, errMarkup
			}
			if err := m.fill(); err != nil {
				return 0, err
			}
		default:
			m.pos += n
			if t != nothing {
				return t, nil
			}
		}
	}
}

func (m *markup) atEnd() error {
	if m.depth != 0 {
		return errMarkup
	}
	return io.EOF
}

// fill reads more behind what is left.
func (m *markup) fill() error {
	copy(m.buf, m.buf[m.pos:m.end])
	m.end -= m.pos
	m.pos = 0
	if m.end == len(m.buf) {
		m.buf = append(m.buf, make([]byte, len(m.buf))...)
	}
	n, err := io.ReadAtLeast(m.src, m.buf[m.end:], 1)
	m.end += n
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		m.eof = true
		return nil
	}
	return err
}

// nothing is a token that nobody needs to know of.
const nothing token = -1

// tag reads what begins with < and gives its length; 0 if it is not all there yet.
func (m *markup) tag(b []byte) (int, token, error) {
	switch {
	case len(b) < 3:
		return 0, nothing, nil
	case b[1] == '/':
		end := bytes.IndexByte(b, '>')
		if end < 0 {
			return 0, nothing, nil
		}
		if m.depth--; m.depth < 0 {
			return 0, nothing, errMarkup
		}
		m.leave()
		return end + 1, endTag, nil
	case b[1] == '?':
		return until(b, "?>"), nothing, nil
	case b[1] != '!':
		return m.start(b)
	case bytes.HasPrefix(b, []byte("<!--")):
		return until(b, "-->"), nothing, nil
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		n := until(b, "]]>")
		if n > 0 {
			m.text = b[len("<![CDATA[") : n-len("]]>")]
		}
		return n, chars, nil
	case len(b) < len("<![CDATA["):
		return 0, nothing, nil
	}
	return 0, nothing, errMarkup
}

func until(b []byte, mark string) int {
	at := bytes.Index(b, []byte(mark))
	if at < 0 {
		return 0
	}
	return at + len(mark)
}

// local parts a name from its prefix.
func local(name []byte) (prefix, rest []byte) {
	if at := bytes.IndexByte(name, ':'); at >= 0 {
		return name[:at], name[at+1:]
	}
	return nil, name
}

var nameEnds = [256]bool{' ': true, '\t': true, '\r': true, '\n': true, '=': true, '/': true, '>': true, '<': true, '"': true, '\'': true}

// start reads a start tag.
func (m *markup) start(b []byte) (int, token, error) {
	i := 1
	for i < len(b) && !nameEnds[b[i]] {
		i++
	}
	if i == 1 {
		return 0, nothing, errMarkup
	}
	prefix, name := local(b[1:i])
	m.given = m.given[:0]
	declares := false
	for {
		for i < len(b) && (b[i] == ' ' || b[i] == '\n' || b[i] == '\r' || b[i] == '\t') {
			i++
		}
		if i+1 >= len(b) && (i == len(b) || b[i] != '>') {
			return 0, nothing, nil
		}
		switch {
		case b[i] == '>', b[i] == '/' && b[i+1] == '>':
			if m.depth++; m.depth > mostDepth {
				return 0, nothing, tooMuch("nests its parts more than 256 deep")
			}
			if m.closed = b[i] == '/'; m.closed {
				i++
			}
			return i + 1, startTag, m.begin(prefix, name, declares)
		}
		from := i
		for i < len(b) && !nameEnds[b[i]] {
			i++
		}
		attribute := b[from:i]
		i, from = valueOf(b, i)
		switch {
		case i == 0:
			return 0, nothing, nil
		case i < 0 || len(attribute) == 0:
			return 0, nothing, errMarkup
		}
		g := given{value: b[from : i-1]}
		g.prefix, g.name = local(attribute)
		m.given = append(m.given, g)
		declares = declares || attribute[0] == 'x' && bytes.HasPrefix(attribute, []byte("xmlns"))
	}
}

// begin says of which space the tag is, by the prefixes that it and those around
// it declare.
func (m *markup) begin(prefix, name []byte, declares bool) (err error) {
	if declares {
		err = m.declare()
	}
	if m.name, m.space = name, m.unprefixed; len(prefix) > 0 {
		m.space = m.spaceOf(prefix)
	}
	return err
}

// valueOf finds an attribute's value at or after b[i]: where it starts, and where
// what follows its closing mark does. next is 0 if it is not all there yet, -1 if there is none.
func valueOf(b []byte, i int) (next, from int) {
	seen := false
	for ; i < len(b); i++ {
		switch c := b[i]; {
		case c == '=' && !seen:
			seen = true
		case seen && (c == '"' || c == '\''):
			end := bytes.IndexByte(b[i+1:], c)
			if end < 0 {
				return 0, 0
			}
			return i + 1 + end + 1, i + 1
		case c != ' ' && c != '\t' && c != '\r' && c != '\n':
			return -1, 0
		}
	}
	return 0, 0
}

// chars reads text up to the next tag, or as much of it as is there.
func (m *markup) chars(b []byte) (int, token, error) {
	n := bytes.IndexByte(b, '<')
	whole := n >= 0 || m.eof
	if n < 0 {
		n = len(b)
	}
	b = b[:n]
	if !whole {
		// a character, an entity or a line end may be cut off at the end
		b = b[:wholeRunes(b)]
		if at := bytes.LastIndexByte(b, '&'); at >= 0 && bytes.IndexByte(b[at:], ';') < 0 {
			b = b[:at]
		}
		b = bytes.TrimSuffix(b, []byte("\r"))
	}
	if len(b) == 0 {
		return 0, nothing, nil
	}
	if bytes.IndexByte(b, '&') < 0 && bytes.IndexByte(b, '\r') < 0 {
		m.text = b
		return len(b), chars, nil
	}
	var err error
	m.decoded, err = appendDecoded(m.decoded[:0], b)
	m.text = m.decoded
	return len(b), chars, err
}

// skip passes over what is within the tag just started, up to its end.
func (m *markup) skip() error {
	for depth := m.depth; ; {
		t, err := m.next()
		if err != nil {
			return noEnd(err)
		}
		if t == endTag && m.depth < depth {
			return nil
		}
	}
}

// noEnd says that a text ended within a tag.
func noEnd(err error) error {
	if err == io.EOF {
		return errMarkup
	}
	return err
}
