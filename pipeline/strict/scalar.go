package strict

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// shown is the text that a node shows, whatever YAML would make of it; not ok for
// what is not one text.
func shown(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return n.Value.Value, true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.NullNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func scalar(node ast.Node) bool {
	_, ok := shown(node)
	return ok && node.Type() != ast.NullType
}

// said describes a node that should not be where it is.
func said(node ast.Node) string {
	text, ok := shown(node)
	switch {
	case node.Type() == ast.NullType:
		return "nothing"
	case ok:
		return strconv.Quote(text)
	case node.Type() == ast.SequenceType:
		return "a list"
	}
	return "keys with their values"
}

// text is the text of a node, where it is one and says something. A blank is told
// unless the value may be blank.
func (r *reading) text(node ast.Node, kind reflect.Type, needed bool) (string, bool) {
	text, ok := shown(node)
	at := node.GetToken()
	switch {
	case !ok:
		r.tell(start(node), "here must stand %s, not %s", wanted(kind), said(node))
	case node.Type() == ast.NullType && at.Type != token.ImplicitNullType:
		r.tell(at, "%s is YAML's word for nothing; put it into quotation marks if the word is meant, or take the key away", at.Value)
		return "", false
	case node.Type() == ast.NullType && needed:
		r.tell(at, "nothing stands here; write %s, or take the key away", wanted(kind))
		return "", false
	case node.Type() == ast.NullType:
		return "", false
	case at.Type == token.StringType && strings.Contains(text, ": "):
		r.tell(at, "%q has a colon in it: a comma may be missing before it, or the value needs quotation marks", text)
		return "", false
	}
	return text, ok
}

// wanted names what a value of a type is.
func wanted(kind reflect.Type) string {
	if made, ok := reflect.New(kind).Interface().(Text); ok {
		return made.Wanted()
	}
	switch kind.Kind() {
	case reflect.Bool:
		return "yes or no"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "one text"
}

var wholeNumber = regexp.MustCompile(`^-?(0|[1-9]\d{0,8})$`)

// scalar takes one text as what it is for.
func (r *reading) scalar(node ast.Node, v reflect.Value) {
	text, ok := r.text(node, v.Type(), v.Kind() != reflect.String)
	if !ok {
		return
	}
	err := put(text, v)
	if err != nil {
		r.tell(start(node), "%v", err)
	}
}

func put(text string, v reflect.Value) error {
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		yes, known := map[string]bool{"true": true, "yes": true, "false": false, "no": false}[strings.ToLower(text)]
		if !known {
			return fmt.Errorf("%q is not a yes or no; write true or false", text)
		}
		v.SetBool(yes)
	case reflect.Int, reflect.Int64:
		if !wholeNumber.MatchString(text) {
			return fmt.Errorf("%q is not a whole number; write it in digits, such as 12", text)
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return err
		}
		v.SetInt(n)
	case reflect.Float64:
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return fmt.Errorf("%q is not a number; write it as 12.5", text)
		}
		v.SetFloat(f)
	default:
		return fmt.Errorf("a value of the type %s cannot be read", v.Type())
	}
	return nil
}
