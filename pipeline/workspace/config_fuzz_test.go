package workspace

import (
	"bytes"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
)

// FuzzConfiguration: whatever the text is, it is refused with its mistakes, or every
// value that it shows has been taken. Which values a text shows is asked of another
// reader of YAML than the one that reads configurations.
func FuzzConfiguration(f *testing.F) {
	example, err := os.ReadFile(filepath.FromSlash("../../testdata/cleveland/mojreturns.yaml"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	for _, text := range []string{
		"funds: [{code: CORE, maximum: {amount: 900,000, date: 2023-04-01}}]\n",
		"funds:\n  - code: CORE\n    maximum: {amount: £900,000.00, date: 1 April 2023}\n" +
			"    front_line_target: 80%\n    match_cost_centres: [0940, 0740, 1e3, 0x1F]\n",
		"area: &a {code: 1.50, name: yes, office: null}\nfunds:\n  - <<: *a\n    code: 07\n",
		"providers:\n- code: P\n  feeds:\n  - codes: {sex_code: {1: F, 2: M, true: X, null: NS, 0740: NK, a b: F}}\n" +
			"    dates: day-first\n    constants:\n      service_code: |\n        A\n        B\n",
		"users: [{name: a, may: submit}] #x\n---\nusers: []\n",
		"area: {code: 'it''s', name: \"a\\tb\", office: a #b}\n",
		"schedule: [{name: n, at: 06:00, days: [monday,\n  friday]}]\n",
		"returns: [{name: r, due: {days: 30}, scopes: {money, activity: all}}]\n", "\ufeffarea:\r\n  code: X\r\n", "? a\n: b\n",
		"area: !!int 3\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var c config
		if err := strict.Read("mojreturns.yaml", text, &c).Err(); err != nil {
			return
		}
		var shown, more yaml.Node
		other := yaml.NewDecoder(bytes.NewReader(text))
		if err := other.Decode(&shown); err != nil || len(shown.Content) == 0 {
			return // the other reader cannot say
		}
		held(t, shown.Content[0], reflect.ValueOf(c), "")
		if err := other.Decode(&more); err == nil && len(more.Content) > 0 && more.Content[0].Tag != "!!null" {
			t.Fatalf("a second document is not held: %q", more.Content[0].Value)
		}
	})
}

// held fails for every value of a node that v does not hold.
func held(t *testing.T, n *yaml.Node, v reflect.Value, where string) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!null" || n.Value == "" && n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) == 0) {
		return // nothing is shown, with a tag ("!:") or without
	}
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	switch {
	case !v.IsValid():
		t.Fatalf("%s shows %q and nothing is held", where, n.Value)
	case n.Kind == yaml.SequenceNode:
		if v.Kind() != reflect.Slice || v.Len() != len(n.Content) {
			t.Fatalf("%s shows a list of %d: %v", where, len(n.Content), v)
		}
		for i, one := range n.Content {
			held(t, one, v.Index(i), where+"["+strconv.Itoa(i)+"]")
		}
	case n.Kind == yaml.MappingNode:
		heldUnder(t, n, v, where)
	case v.Kind() == reflect.Slice:
		if v.Len() != 1 {
			t.Fatalf("%s shows %q: %v", where, n.Value, v)
		}
		held(t, n, v.Index(0), where)
	case !same(n.Value, v):
		t.Fatalf("%s shows %q and %v is held", where, n.Value, v)
	}
}

func heldUnder(t *testing.T, n *yaml.Node, v reflect.Value, where string) {
	own := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		own[n.Content[i].Value] = true
	}
	for i := 0; i < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		if key.Tag == "!!merge" {
			if value.Kind == yaml.AliasNode {
				value = value.Alias
			}
			rest := *value
			rest.Content = nil
			for j := 0; j+1 < len(value.Content); j += 2 {
				if !own[value.Content[j].Value] {
					rest.Content = append(rest.Content, value.Content[j], value.Content[j+1])
				}
			}
			held(t, &rest, v, where)
			continue
		}
		under := reflect.Value{}
		if v.Kind() == reflect.Map {
			under = v.MapIndex(reflect.ValueOf(key.Value).Convert(v.Type().Key()))
		} else if v.Kind() == reflect.Struct {
			under = field(v, key.Value)
		}
		if !under.IsValid() && value.Tag == "!!null" {
			continue // a key without a value shows none: {code:} is the key "code:" to the other reader
		}
		if !under.IsValid() {
			t.Fatalf("%s shows the key %q, which nothing holds: %v", where, key.Value, v)
		}
		held(t, value, under, where+"."+key.Value)
	}
}

func field(v reflect.Value, name string) reflect.Value {
	for i := range v.NumField() {
		tag := v.Type().Field(i).Tag.Get("yaml")
		if tag == name {
			return v.Field(i)
		}
		if tag == ",inline" {
			if found := field(v.Field(i), name); found.IsValid() {
				return found
			}
		}
	}
	return reflect.Value{}
}

var notOfNumbers = regexp.MustCompile(`[£,\s()%+-]`)

// same tells whether a value says what a text shows, each kind in a way of its own.
func same(text string, v reflect.Value) bool {
	number := func(held string) bool {
		shown, ok1 := new(big.Rat).SetString(notOfNumbers.ReplaceAllString(text, ""))
		kept, ok2 := new(big.Rat).SetString(strings.TrimPrefix(held, "-"))
		if ok1 && strings.Contains(text, "%") {
			shown.Quo(shown, big.NewRat(100, 1))
		}
		return ok1 && ok2 && shown.Cmp(kept) == 0 && strings.HasPrefix(held, "-") == strings.ContainsAny(text, "-(")
	}
	switch held := v.Interface().(type) {
	case register.Date:
		digits := strings.Map(func(r rune) rune {
			if r < '0' || r > '9' {
				return ' '
			}
			return r
		}, text)
		if len(strings.TrimSpace(text)) == 8 && strings.TrimSpace(digits) == strings.TrimSpace(text) {
			return held.Format("20060102") == strings.TrimSpace(text)
		}
		has := map[int]bool{}
		for _, d := range strings.Fields(digits) {
			n, _ := strconv.Atoi(d)
			has[n] = true
		}
		named := strings.Contains(strings.ToLower(text), strings.ToLower(held.Month().String()[:3]))
		return has[held.Year()] && has[held.Day()] && (has[int(held.Month())] || named)
	case register.Money:
		return number(string(held))
	case register.Share:
		return number(string(held))
	case bool:
		return map[string]bool{"true": true, "yes": true, "false": false, "no": false}[strings.ToLower(text)] == held
	case int:
		return strconv.Itoa(held) == text || "-"+strconv.Itoa(-held) == text
	}
	return v.Kind() == reflect.String && v.String() == text
}
