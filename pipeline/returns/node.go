package returns

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

const maxDepth = 200 // of elements inside each other; no workbook comes near it

// node is one element of a part of a workbook, with all that is inside it.
type node struct {
	name  xml.Name
	attrs []xml.Attr
	kids  []*node
	text  string
}

// parse reads a part as a tree. Its depth is limited, so that walking it is safe.
func parse(part []byte) (*node, error) {
	in := xml.NewDecoder(bytes.NewReader(part))
	root := &node{}
	open := []*node{root}
	for {
		token, err := in.Token()
		if err == io.EOF {
			if len(root.kids) != 1 {
				return nil, errors.New("it has no content")
			}
			return root.kids[0], nil
		}
		if err != nil {
			return nil, err
		}
		last := open[len(open)-1]
		switch t := token.(type) {
		case xml.StartElement:
			if len(open) > maxDepth {
				return nil, fmt.Errorf("elements stand inside each other more than %d deep", maxDepth)
			}
			n := &node{name: t.Name, attrs: slices.Clone(t.Attr)}
			last.kids = append(last.kids, n)
			open = append(open, n)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			last.text += string(t)
		}
	}
}

// attr is the value of an attribute by its local name.
func (n *node) attr(name string) string {
	for _, a := range n.attrs {
		if a.Name.Local == name && a.Name.Space != "xmlns" {
			return a.Value
		}
	}
	return ""
}

// yes tells whether an attribute says so; missing is what its absence means.
func (n *node) yes(name string, missing bool) bool {
	switch n.attr(name) {
	case "":
		return missing
	case "1", "true", "on":
		return true
	}
	return false
}

// child is the first element of that name right below; an empty one if there is none.
func (n *node) child(name string) *node {
	for _, k := range n.kids {
		if k.name.Local == name {
			return k
		}
	}
	return &node{}
}

// all are the elements of that name right below.
func (n *node) all(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name.Local == name {
			out = append(out, k)
		}
	}
	return out
}

// find are the elements of that name anywhere below, in order.
func (n *node) find(name string) []*node {
	var out []*node
	for _, k := range n.kids {
		if k.name.Local == name {
			out = append(out, k)
		}
		out = append(out, k.find(name)...)
	}
	return out
}

// meaning writes the element in one way whatever way it was written in: with
// attributes in order, without prefixes, comments and space between elements.
func (n *node) meaning() string {
	var b strings.Builder
	n.mean(&b)
	return b.String()
}

func (n *node) mean(b *strings.Builder) {
	fmt.Fprintf(b, "<%s|%s", n.name.Space, n.name.Local)
	var attrs []string
	for _, a := range n.attrs {
		if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
			attrs = append(attrs, fmt.Sprintf(" %s|%s=%q", a.Name.Space, a.Name.Local, a.Value))
		}
	}
	slices.Sort(attrs)
	b.WriteString(strings.Join(attrs, "") + ">")
	if len(n.kids) == 0 || strings.TrimSpace(n.text) != "" {
		b.WriteString(n.text)
	}
	for _, k := range n.kids {
		k.mean(b)
	}
	b.WriteString("</>")
}
