package workbook

import (
	"bytes"
	"errors"
	"html"
	"regexp"
	"slices"
	"strings"
)

// Tag is a tag of a part, and where its bytes stand.
type Tag struct {
	Name     string // without its prefix; of an element that is not in the root's space, after that space
	Prefix   string // of the element, with its colon
	From, To int
	Depth    int  // of the element; that of the root is 1
	End      bool // an end tag; an element written as <row/> has both in one
	Empty    bool
	text     []byte
}

var errCutOff = errors.New("the part is cut off or is not XML")

// Scan gives every tag of a part, in order, to do. It does not judge whether the
// part is well formed otherwise: whoever changes a part changes single tags of it.
func Scan(part []byte, do func(Tag) error) error {
	depth := 0
	var spaces spaces
	for at := 0; ; {
		next := bytes.IndexByte(part[at:], '<')
		if next < 0 {
			if depth != 0 {
				return errCutOff
			}
			return nil
		}
		at += next
		to, plain := tagEnd(part, at)
		switch {
		case to < 0:
			return errCutOff
		case !plain:
			at = to
			continue
		}
		t := tagOf(part, at, to)
		if !t.End {
			depth++
		}
		t.Depth = depth
		if depth == 0 {
			return errCutOff
		}
		spaces.name(&t)
		if err := do(t); err != nil {
			return err
		}
		if t.End || t.Empty {
			depth--
			spaces.leave(depth)
		}
		at = to
	}
}

// spaces are the prefixes declared around a tag: an element of an extension may be
// called as one of the sheet's own and is another.
type spaces struct {
	bound []bound
	root  string
	begun bool
}

type bound struct {
	prefix, space string
	depth         int
}

// name puts its space before the name of a tag that is not in the root's.
func (s *spaces) name(t *Tag) {
	if !t.End && bytes.Contains(t.text, []byte("xmlns")) {
		for _, found := range declaration.FindAllSubmatch(t.text, -1) {
			s.bound = append(s.bound, bound{string(found[1]), html.UnescapeString(string(found[2][1 : len(found[2])-1])), t.Depth})
		}
	}
	space := s.of(t.Prefix)
	if !s.begun {
		s.root, s.begun = space, true
	}
	if space != s.root {
		t.Name = space + " " + t.Name
	}
}

// declaration finds the prefixes that a tag declares, each with its colon.
var declaration = regexp.MustCompile(`\sxmlns(?::([^\s=]+))?\s*=\s*("[^"]*"|'[^']*')`)

func (s *spaces) of(prefix string) string {
	for _, b := range slices.Backward(s.bound) {
		if b.prefix == strings.TrimSuffix(prefix, ":") {
			return b.space
		}
	}
	return ""
}

func (s *spaces) leave(depth int) {
	for len(s.bound) > 0 && s.bound[len(s.bound)-1].depth > depth {
		s.bound = s.bound[:len(s.bound)-1]
	}
}

// tagEnd finds where what begins at a < ends, and whether it is a tag: comments,
// instructions and raw text are none.
func tagEnd(part []byte, from int) (to int, plain bool) {
	for _, other := range [][2]string{{"<!--", "-->"}, {"<![CDATA[", "]]>"}, {"<?", "?>"}, {"<!", ">"}} {
		if bytes.HasPrefix(part[from:], []byte(other[0])) {
			end := bytes.Index(part[from:], []byte(other[1]))
			if end < 0 {
				return -1, false
			}
			return from + end + len(other[1]), false
		}
	}
	var quote byte
	for at := from + 1; at < len(part); at++ {
		switch c := part[at]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '>':
			return at + 1, true
		}
	}
	return -1, false
}

func tagOf(part []byte, from, to int) Tag {
	t := Tag{From: from, To: to, text: part[from:to], Empty: part[to-2] == '/', End: part[from+1] == '/'}
	name := part[from+1 : to-1]
	if t.End {
		name = name[1:]
	}
	if end := bytes.IndexAny(name, " \t\r\n/"); end >= 0 {
		name = name[:end]
	}
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		t.Prefix, name = string(name[:colon+1]), name[colon+1:]
	}
	t.Name = string(name)
	return t
}

// String is the tag as it is written.
func (t Tag) String() string { return string(t.text) }

// Attr is an attribute by its name, with or without a prefix; empty if it is not there.
func (t Tag) Attr(name string) string {
	if from, to, ok := t.value(name); ok {
		return html.UnescapeString(string(t.text[from:to]))
	}
	return ""
}

// value finds where an attribute's value stands in the tag.
func (t Tag) value(name string) (from, to int, ok bool) {
	text := t.text
	at := bytes.IndexAny(text, " \t\r\n")
	for at >= 0 && at < len(text) {
		equals := bytes.IndexByte(text[at:], '=')
		if equals < 0 {
			return 0, 0, false
		}
		own := bytes.TrimSpace(text[at : at+equals])
		open := bytes.IndexAny(text[at+equals:], `"'`)
		if open < 0 {
			return 0, 0, false
		}
		from = at + equals + open + 1
		length := bytes.IndexByte(text[from:], text[from-1])
		if length < 0 {
			return 0, 0, false
		}
		if string(own) == name || strings.HasSuffix(string(own), ":"+name) && !bytes.HasPrefix(own, []byte("xmlns:")) {
			return from, from + length, true
		}
		at = from + length + 1
	}
	return 0, 0, false
}

// With is the tag with an attribute of another value, added where it has none.
func (t Tag) With(name, value string) Tag {
	text := string(t.text)
	if from, to, ok := t.value(name); ok {
		text = text[:from] + Escaped(value) + text[to:]
	} else {
		end := len(text) - 1
		if t.Empty {
			end--
		}
		text = strings.TrimRight(text[:end], " \t\r\n") + ` ` + name + `="` + Escaped(value) + `"` + text[end:]
	}
	t.text = []byte(text)
	return t
}

// Without is the tag without an attribute.
func (t Tag) Without(name string) Tag {
	if from, to, ok := t.value(name); ok {
		text := string(t.text)
		name := strings.TrimRight(text[:strings.LastIndex(text[:from], "=")], " \t\r\n")
		before := strings.LastIndexAny(name, " \t\r\n")
		t.text = []byte(strings.TrimRight(name[:before], " \t\r\n") + text[to+1:])
	}
	return t
}
