package strict

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// entry is a key with its value.
type entry struct {
	name   string
	key    *token.Token
	value  ast.Node
	merged bool // it comes from what << refers to, so the keys beside it win
	lost   bool // its value is a mistake already
}

// entries are the keys and values of a node, each key as it is written; not ok where
// it has none by its kind.
func (r *reading) entries(node ast.Node) (list []entry, ok bool) {
	mapping, ok := node.(*ast.MappingNode)
	if !ok {
		return nil, node.Type() == ast.NullType
	}
	at := map[string]int{}
	add := func(e entry) {
		i, twice := at[e.name]
		switch {
		case !twice:
			at[e.name] = len(list)
			list = append(list, e)
		case list[i].merged && !e.merged:
			list[i] = e
		case !e.merged:
			r.tell(e.key, "%q stands here twice, first on line %d; take one away", e.name, list[i].key.Position.Line)
		}
	}
	for i := 0; i < len(mapping.Values); i++ {
		pair := mapping.Values[i]
		if _, merge := pair.Key.(*ast.MergeKeyNode); merge {
			for _, e := range r.merged(pair) {
				add(e)
			}
			continue
		}
		name, ok := r.name(pair.Key)
		if !ok {
			continue
		}
		if bare(pair) {
			r.tell(start(pair.Key), "%q stands here without a value; inside { } a comma begins the next key; a value with one needs quotation marks", name)
			continue
		}
		parts := thousands(pair, mapping.Values[i+1:])
		if parts != "" {
			r.tell(start(pair.Value), "the comma in %s ends the value inside { }; write %s: %q", parts, name, parts)
			i += strings.Count(parts, ",")
		}
		add(entry{name: name, key: start(pair.Key), value: pair.Value, lost: parts != ""})
	}
	return list, true
}

// merged are the entries of what << refers to.
func (r *reading) merged(pair *ast.MappingValueNode) []entry {
	alias, ok := pair.Value.(*ast.AliasNode)
	if ok && !r.inside[alias.Value.String()] {
		r.inside[alias.Value.String()] = true
		defer delete(r.inside, alias.Value.String())
		if to := r.plain(alias); to != nil {
			if list, ok := r.entries(to); ok {
				for i := range list {
					list[i].merged = true
				}
				return list
			}
		} else {
			return nil
		}
	}
	r.tell(start(pair.Key), "<< takes in what one *name above refers to, which must be keys with their values")
	return nil
}

// name is a key as it is written. What YAML takes for a number, a yes or a nothing is
// a word here.
func (r *reading) name(key ast.MapKeyNode) (string, bool) {
	if explicit, ok := key.(*ast.MappingKeyNode); ok {
		r.tell(explicit.GetToken(), "a key that begins with ? is not understood here; write it as key: value")
		return "", false
	}
	text, ok := shown(key)
	if !ok {
		r.tell(start(key), "a key is one word or text; put it into quotation marks")
	}
	if ok && key.GetToken().Type == token.StringType && strings.Contains(text, ": ") {
		r.tell(start(key), "%q has a colon in it: a comma may be missing before it, or the key needs quotation marks", text)
		return "", false
	}
	return text, ok
}

// bare tells whether a key of { } has neither colon nor value.
func bare(pair *ast.MappingValueNode) bool {
	return pair.Value.Type() == ast.NullType && pair.GetToken().Type != token.MappingValueType
}

var group, digits = regexp.MustCompile(`^\d{3}(\.\d*)?$`), regexp.MustCompile(`^[-+]?£?\d{1,3}$`)

// thousands puts together an amount that YAML has cut at its commas; empty where it
// has not.
func thousands(pair *ast.MappingValueNode, after []*ast.MappingValueNode) string {
	whole, ok := shown(pair.Value)
	if !ok || !digits.MatchString(whole) {
		return ""
	}
	parts := []string{whole}
	for _, next := range after {
		text, ok := shown(next.Key)
		if !ok || !bare(next) || !group.MatchString(text) {
			break
		}
		parts = append(parts, text)
	}
	if len(parts) == 1 {
		return ""
	}
	return strings.Join(parts, ",")
}

// exampleOf is a key that a struct has.
func exampleOf(fields map[string]reflect.Value) string {
	names := slices.Sorted(maps.Keys(fields))
	for _, usual := range []string{"code", "name", "feed", "amount"} {
		if slices.Contains(names, usual) {
			return usual
		}
	}
	return names[0]
}

// Instead says what could have been meant by a word that is none of those known.
func Instead(word string, words []string) string {
	if like := Nearest(word, words); like != "" {
		return fmt.Sprintf("did you mean %q?", like)
	}
	if len(words) == 0 {
		return "there are none yet"
	}
	return "there are " + strings.Join(words, ", ")
}

// Nearest is the word most like one that is not known, of several the one that
// begins most alike; empty if none is like it.
func Nearest(word string, words []string) string {
	best, fewest, alike := "", max(1, len(word)/3), -1
	for _, w := range words {
		n, begins := Distance(strings.ToLower(word), strings.ToLower(w)), 0
		for begins < min(len(word), len(w)) && word[begins] == w[begins] {
			begins++
		}
		if n < fewest || n == fewest && begins > alike {
			best, fewest, alike = w, n, begins
		}
	}
	return best
}

// Distance is how many letters must be put in, left out or changed.
func Distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
