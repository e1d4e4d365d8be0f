package metrics

import (
	"fmt"
	"regexp"
	"strings"
)

// Part is a metric a formula uses, optionally narrowed to one category:
// S02[budget_group=TRN].
type Part struct{ Code, Dimension, Category string }

// Node is a formula: a part, a constant, or an operator over two nodes.
type Node struct {
	Op          byte // + - * / for operators, 0 for leaves
	Left, Right *Node
	Part        *Part
	Constant    string
}

// Parts lists the parts from left to right, repeats left out.
func (n *Node) Parts() []Part {
	var out []Part
	seen := map[Part]bool{}
	var walk func(*Node)
	walk = func(n *Node) {
		switch {
		case n == nil:
		case n.Part != nil:
			if !seen[*n.Part] {
				seen[*n.Part] = true
				out = append(out, *n.Part)
			}
		default:
			walk(n.Left)
			walk(n.Right)
		}
	}
	walk(n)
	return out
}

// Division is the quotient whose two sides are the formula's numerator and
// denominator: the formula itself, or the quotient a constant multiplies.
func (n *Node) Division() *Node {
	switch {
	case n.Op == '/':
		return n
	case n.Op == '*' && n.Right.Constant != "":
		return n.Left.Division()
	}
	return nil
}

var token = regexp.MustCompile(`^\s*([A-Z][A-Z0-9]*)(?:\[([a-z_]+(?: x [a-z_]+)*)=([^\]]+)\])?|^\s*([0-9]+(?:\.[0-9]+)?)|^\s*([-+*/()])`)

type formulaReader struct {
	text string
	rest string
}

func parseFormula(text string) (*Node, error) {
	r := &formulaReader{text: text, rest: text}
	n, err := r.sum()
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(r.rest) != "" {
		return nil, fmt.Errorf("%q is not understood", strings.TrimSpace(r.rest))
	}
	if len(n.Parts()) == 0 {
		return nil, fmt.Errorf("no metric code is in it")
	}
	return n, nil
}

func (r *formulaReader) sum() (*Node, error)     { return r.chain("+-", r.product) }
func (r *formulaReader) product() (*Node, error) { return r.chain("*/", r.leaf) }

// chain reads operands joined by operators of one strength, from the left.
func (r *formulaReader) chain(ops string, operand func() (*Node, error)) (*Node, error) {
	left, err := operand()
	for err == nil {
		next := strings.TrimLeft(r.rest, " ")
		if next == "" || !strings.ContainsRune(ops, rune(next[0])) {
			return left, nil
		}
		r.rest = next[1:]
		var right *Node
		if right, err = operand(); err == nil {
			left = &Node{Op: next[0], Left: left, Right: right}
		}
	}
	return nil, err
}

func (r *formulaReader) leaf() (*Node, error) {
	m := token.FindStringSubmatch(r.rest)
	switch {
	case m == nil || strings.ContainsAny(m[5], "+-*/)"):
		return nil, fmt.Errorf("a metric code or a number is expected at %q", strings.TrimSpace(r.rest))
	case m[5] == "(":
		r.rest = r.rest[len(m[0]):]
		n, err := r.sum()
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(strings.TrimLeft(r.rest, " "), ")") {
			return nil, fmt.Errorf("a closing bracket is missing")
		}
		r.rest = strings.TrimLeft(r.rest, " ")[1:]
		return n, nil
	}
	r.rest = r.rest[len(m[0]):]
	if m[4] != "" {
		return &Node{Constant: m[4]}, nil
	}
	return &Node{Part: &Part{Code: m[1], Dimension: m[2], Category: strings.TrimSpace(m[3])}}, nil
}
