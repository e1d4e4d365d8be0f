package strict

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// Text is a value that is written as one text, such as a date or an amount. FromText
// takes every form whose meaning is plain; its error says what to write, as Wanted does.
type Text interface {
	FromText(text string) error
	Wanted() string
}

// mostNodes bounds what a document may hold with its references followed, since
// references to references multiply.
const mostNodes = 200_000

// reading is a document on its way into Go values.
type reading struct {
	*Document
	anchors map[string]ast.Node
	inside  map[string]bool // the references being followed
	nodes   int
}

func (d *Document) decode(file *ast.File, into any) {
	var bodies []ast.Node
	for _, doc := range file.Docs {
		switch {
		case doc.Body == nil, doc.Body.Type() == ast.CommentType:
		case doc.Body.Type() == ast.DirectiveType:
			d.tell(doc.Body.GetToken(), "a line that begins with %% is not understood here; take it away")
		default:
			bodies = append(bodies, doc.Body)
		}
	}
	if len(bodies) == 0 {
		return
	}
	for _, more := range bodies[1:] {
		d.tell(start(more), "a second document begins here, after --- or ...; one file holds one, so put its lines into the first")
	}
	r := &reading{Document: d, anchors: map[string]ast.Node{}, inside: map[string]bool{}}
	r.value(bodies[0], reflect.ValueOf(into).Elem(), "")
}

// checkComments finds what YAML takes for a comment and people may not: a word that
// begins with # straight after a value without quotation marks, or in place of one.
func (d *Document) checkComments(tokens token.Tokens) {
	for i, t := range tokens {
		if i == 0 || t.Type != token.CommentType || t.Position.Line != tokens[i-1].Position.Line || t.Value == "" ||
			strings.ContainsAny(t.Value[:1], " \t#!-") {
			continue
		}
		switch tokens[i-1].Type {
		case token.SingleQuoteType, token.DoubleQuoteType, token.MappingEndType, token.SequenceEndType, token.LiteralType, token.FoldedType:
			continue
		}
		d.tell(t, "what follows # is a comment and is not read; put the whole value into quotation marks, or write a space after the #")
	}
}

// checkColons finds a colon within {} or [] that is followed by no blank, as in {POL:Police}:
// one reader takes it for a key and its value, another for one word.
func (d *Document) checkColons(tokens token.Tokens) {
	for i, t := range tokens {
		if t.Type != token.MappingValueType || i == 0 || i+1 == len(tokens) {
			continue
		}
		before, after := tokens[i-1], tokens[i+1]
		switch after.Type {
		case token.MappingStartType, token.MappingEndType, token.SequenceStartType, token.SequenceEndType, token.CollectEntryType:
			continue
		}
		quoted := before.Type == token.SingleQuoteType || before.Type == token.DoubleQuoteType
		if !quoted && after.Position.Line == t.Position.Line && after.Position.Column == t.Position.Column+1 {
			d.tell(t, "a blank is missing behind the colon; write one, or put the whole into quotation marks if it is one word")
		}
	}
}

// value puts what a node holds into v. What cannot be is told, and v stays as it is.
func (r *reading) value(node ast.Node, v reflect.Value, path string) {
	if r.nodes++; r.nodes > mostNodes {
		if r.nodes == mostNodes+1 {
			r.tell(node.GetToken(), "the file holds more than %d values, its references followed", mostNodes)
		}
		return
	}
	r.at[path] = spot{key: r.at[path].key, value: start(node)}
	before := len(r.faults)
	if name, ok := node.(*ast.AliasNode); ok && r.inside[name.Value.String()] {
		r.tell(node.GetToken(), "*%s stands inside what it refers to", name.Value)
		return
	} else if ok {
		r.inside[name.Value.String()] = true
		defer delete(r.inside, name.Value.String())
	}
	if node = r.plain(node); node != nil {
		r.take(node, v, path)
	}
	if where := r.at[path]; len(r.faults) > before && !container(v) {
		where.misread = true
		r.at[path] = where
	}
}

func container(v reflect.Value) bool {
	return slices.Contains([]reflect.Kind{reflect.Struct, reflect.Map, reflect.Slice}, v.Kind())
}

// plain is a node without its anchor, or what a reference refers to; nil if that
// cannot be.
func (r *reading) plain(node ast.Node) ast.Node {
	switch n := node.(type) {
	case *ast.AnchorNode:
		r.anchors[n.Name.String()] = n.Value
		return r.plain(n.Value)
	case *ast.AliasNode:
		to, ok := r.anchors[n.Value.String()]
		if !ok {
			r.tell(n.GetToken(), "nothing above is marked &%[1]s, so *%[1]s refers to nothing; if it is a word, put it into quotation marks",
				n.Value)
			return nil
		}
		return r.plain(to)
	case *ast.TagNode:
		if n.GetToken().Value == "!!str" && n.Value != nil {
			return r.plain(n.Value)
		}
		r.tell(n.GetToken(), "%s is a YAML tag, which is not understood here; take it away, or put the whole value into quotation marks",
			n.GetToken().Value)
		return nil
	case *ast.MappingValueNode:
		return ast.Mapping(n.GetToken(), false, n)
	}
	return node
}

func (r *reading) take(node ast.Node, v reflect.Value, path string) {
	if text, ok := v.Addr().Interface().(Text); ok {
		if said, ok := r.text(node, v.Type(), true); ok {
			if err := text.FromText(said); err != nil {
				r.tell(start(node), "%v", err)
			}
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if node.Type() == ast.NullType {
			if node.GetToken().Type == token.ImplicitNullType { // ~ says that there is none
				r.tell(node.GetToken(), "nothing stands here; write what belongs to it, or take the key away")
			}
			return
		}
		made := reflect.New(v.Type().Elem())
		r.take(node, made.Elem(), path)
		v.Set(made)
	case reflect.Struct:
		r.structure(node, v, path)
	case reflect.Map:
		r.table(node, v, path)
	case reflect.Slice:
		r.list(node, v, path)
	default:
		r.scalar(node, v)
	}
}

// structure takes keys that must all be fields of a struct.
func (r *reading) structure(node ast.Node, v reflect.Value, path string) {
	fields := map[string]reflect.Value{}
	gather(v, fields)
	list, ok := r.entries(node)
	if !ok {
		r.tell(start(node), "here must stand keys with their values, such as %s: ..., not %s", exampleOf(fields), said(node))
		return
	}
	for _, e := range list {
		field, known := fields[e.name]
		if !known {
			r.tell(e.key, "%q is not known here; %s", e.name, Instead(e.name, slices.Sorted(maps.Keys(fields))))
			continue
		}
		r.under(e, field, path)
	}
}

// table takes any keys, as text, with values of one kind.
func (r *reading) table(node ast.Node, v reflect.Value, path string) {
	list, ok := r.entries(node)
	if !ok {
		r.tell(start(node), "here must stand names with their values, such as {name: value}, not %s", said(node))
		return
	}
	made := reflect.MakeMapWithSize(v.Type(), len(list))
	for _, e := range list {
		one := reflect.New(v.Type().Elem()).Elem()
		if e.value.Type() == ast.NullType {
			r.tell(e.key, "%q has no value; give it one, or take it away", e.name)
			continue
		}
		r.under(e, one, path)
		made.SetMapIndex(reflect.ValueOf(e.name).Convert(v.Type().Key()), one)
	}
	if len(list) > 0 {
		v.Set(made)
	}
}

func (r *reading) under(e entry, v reflect.Value, path string) {
	path += "\x1f" + e.name
	if e.lost {
		r.at[path] = spot{key: e.key, value: start(e.value), misread: true}
		return
	}
	r.at[path] = spot{key: e.key}
	r.value(e.value, v, path)
}

// list takes the entries of a list; one text alone is a list of one.
func (r *reading) list(node ast.Node, v reflect.Value, path string) {
	sequence, ok := node.(*ast.SequenceNode)
	switch {
	case node.Type() == ast.NullType:
		return
	case !ok && v.Type().Elem().Kind() == reflect.String && scalar(node):
		one := reflect.New(v.Type().Elem()).Elem()
		r.take(node, one, path)
		v.Set(reflect.Append(reflect.MakeSlice(v.Type(), 0, 1), one))
		return
	case !ok:
		r.tell(start(node), "here must stand a list, as lines that begin with - or in [ ], not %s", said(node))
		return
	}
	made := reflect.MakeSlice(v.Type(), len(sequence.Values), len(sequence.Values))
	for i, one := range sequence.Values {
		if one.Type() == ast.NullType {
			r.tell(start(one), "entry %d of the list is blank; give it a value, or take it away", i+1)
			continue
		}
		r.value(one, made.Index(i), path+"\x1f"+strconv.Itoa(i))
	}
	v.Set(made)
}

// gather lists the fields of a struct by their yaml names, those of inlined ones too.
func gather(v reflect.Value, into map[string]reflect.Value) {
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		switch {
		case option == "inline":
			gather(v.Field(i), into)
		case name != "" && name != "-":
			into[name] = v.Field(i)
		}
	}
}
