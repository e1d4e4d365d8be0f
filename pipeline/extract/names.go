package extract

// space is the namespace of a name. Only these mean anything to us: an element
// of an extension, whatever it is called, is in another.
type space byte

const (
	foreign       space = iota // any other, and none
	sheetSpace                 // Excel's sheets, transitional or strict
	relatedSpace               // attributes by which these refer to other parts
	relationSpace              // lists of what parts refer to
	typesSpace                 // the list of what parts are
	officeSpace                // OpenDocument's, from here on
	tableSpace
	textSpace
	styleSpace
	numberSpace
	calcSpace // LibreOffice's own
	manifestSpace
)

const (
	relatedName       = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	relatedNameStrict = "http://purl.oclc.org/ooxml/officeDocument/relationships"
	openName          = "urn:oasis:names:tc:opendocument:xmlns:"
)

var spaces = map[string]space{
	"http://schemas.openxmlformats.org/spreadsheetml/2006/main": sheetSpace,
	"http://purl.oclc.org/ooxml/spreadsheetml/main":             sheetSpace,
	relatedName:       relatedSpace,
	relatedNameStrict: relatedSpace,
	"http://schemas.openxmlformats.org/package/2006/relationships": relationSpace,
	"http://schemas.openxmlformats.org/package/2006/content-types": typesSpace,
	openName + "office:1.0":    officeSpace,
	openName + "table:1.0":     tableSpace,
	openName + "text:1.0":      textSpace,
	openName + "style:1.0":     styleSpace,
	openName + "datastyle:1.0": numberSpace,
	openName + "manifest:1.0":  manifestSpace,
	"urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": calcSpace,
}

// mostBound is how many prefixes may be declared at a time; a workbook has a dozen.
const mostBound = 4096

// binding says of which space a prefix is, from the tag at a depth on.
type binding struct {
	prefix string
	space  space
	depth  int
}

// declare takes in the prefixes that the tag just read declares.
func (m *markup) declare() error {
	for _, g := range m.given {
		prefix := g.name
		switch {
		case len(g.prefix) == 0 && string(g.name) == "xmlns":
			prefix = nil
		case string(g.prefix) != "xmlns":
			continue
		}
		name, err := appendDecoded(nil, g.value)
		if err != nil {
			return err
		}
		if len(m.bound) == mostBound {
			return tooMuch("declares more than 4,096 prefixes")
		}
		m.bound = append(m.bound, binding{prefix: string(prefix), space: spaces[string(name)], depth: m.depth})
	}
	m.unprefixed = m.spaceOf(nil)
	return nil
}

// leave forgets the prefixes of tags that have ended.
func (m *markup) leave() {
	n := len(m.bound)
	for n > 0 && m.bound[n-1].depth > m.depth {
		n--
	}
	if n < len(m.bound) {
		m.bound = m.bound[:n]
		m.unprefixed = m.spaceOf(nil)
	}
}

// spaceOf gives the space of a prefix.
func (m *markup) spaceOf(prefix []byte) space {
	for i := len(m.bound) - 1; i >= 0; i-- {
		if m.bound[i].prefix == string(prefix) {
			return m.bound[i].space
		}
	}
	return foreign
}

// is says whether the tag just started is this one.
func (m *markup) is(s space, name string) bool { return m.space == s && string(m.name) == name }

// child gives the next element directly within the one that started at a depth,
// passing over what is left of the last; false at its end.
func (m *markup) child(depth int) (bool, error) {
	for {
		t, err := m.next()
		switch {
		case err != nil:
			return false, noEnd(err)
		case t == endTag && m.depth < depth:
			return false, nil
		case t == startTag && m.depth == depth+1:
			return true, nil
		}
	}
}

// each gives every element directly within the one just started to do.
func (m *markup) each(do func() error) error {
	for depth := m.depth; ; {
		if more, err := m.child(depth); err != nil || !more {
			return err
		}
		if err := do(); err != nil {
			return err
		}
	}
}

// within does the same for the children of every element directly within that is
// called so.
func (m *markup) within(s space, name string, do func() error) error {
	return m.each(func() error {
		if m.is(s, name) {
			return m.each(do)
		}
		return nil
	})
}

// attribute gives the value of an attribute without a prefix, nil if there is none.
func (m *markup) attribute(name string) []byte {
	for i := range m.given {
		if string(m.given[i].name) == name && len(m.given[i].prefix) == 0 {
			return m.given[i].value
		}
	}
	return nil
}

// attributeIn gives that of an attribute of a space.
func (m *markup) attributeIn(s space, name string) []byte {
	for i := range m.given {
		if g := &m.given[i]; string(g.name) == name && len(g.prefix) > 0 && m.spaceOf(g.prefix) == s {
			return g.value
		}
	}
	return nil
}
