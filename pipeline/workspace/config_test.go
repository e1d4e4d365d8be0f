package workspace

import (
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/strict"
)

// spelt is one key of the configuration: the lines above it, and how it is indented.
type spelt struct {
	above  []string
	indent string
	key    string
	kind   reflect.Type
}

// line is the key with a value, in a whole document.
func (s spelt) line(key, value string) (document string, line, column int) {
	text := s.indent + key + ": " + value
	return strings.Join(append(s.above, text), "\n") + "\n", len(s.above) + 1, len(s.indent+key+": ") + 1
}

// everyKey lists every key under a type that a document can hold.
func everyKey(kind reflect.Type, above []string, indent string) (keys []spelt) {
	for i := range kind.NumField() {
		f := kind.Field(i)
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if option == "inline" {
			keys = append(keys, everyKey(f.Type, above, indent)...)
		}
		if name == "" || name == "-" {
			continue
		}
		keys = append(keys, spelt{above, indent, name, f.Type})
		inside := append(above[:len(above):len(above)], indent+name+":")
		keys = append(keys, keysBelow(f.Type, inside, strings.ReplaceAll(indent, "-", " ")+"  ")...)
	}
	return keys
}

// keysBelow are those of what a key holds: of the entries of lists and tables too.
func keysBelow(kind reflect.Type, above []string, indent string) []spelt {
	if _, text := reflect.New(kind).Interface().(strict.Text); text {
		return nil
	}
	switch kind.Kind() {
	case reflect.Pointer:
		return keysBelow(kind.Elem(), above, indent)
	case reflect.Struct:
		return everyKey(kind, above, indent)
	case reflect.Slice:
		return keysBelow(kind.Elem(), above, indent+"- ")
	case reflect.Map:
		return keysBelow(kind.Elem(), append(above[:len(above):len(above)], indent+"any:"), strings.ReplaceAll(indent, "-", " ")+"  ")
	}
	return nil
}

// values are one that a key of a type takes, and one that it cannot.
func values(kind reflect.Type) (right, wrong string) {
	name := kind.String()
	switch {
	case strings.HasSuffix(name, "Date"):
		return "2024-03-31", "soon"
	case strings.HasSuffix(name, "Money"):
		return "1,234.50", "plenty"
	case strings.HasSuffix(name, "Share"):
		return "0.80", "80"
	}
	switch kind.Kind() {
	case reflect.Pointer:
		return values(kind.Elem())
	case reflect.Struct:
		return "{}", "7"
	case reflect.Map:
		inner, _ := values(kind.Elem())
		return "{a: " + inner + "}", "7"
	case reflect.Slice:
		inner, _ := values(kind.Elem())
		return "[" + inner + "]", "{a: b}"
	case reflect.Bool:
		return "true", "perhaps"
	case reflect.Int:
		return "12", "many"
	}
	return "text", "[a, b]"
}

// TestEveryKeyIsStrict walks every key that the configuration can hold: a right value
// is taken without a word, a wrong one is told with file, line and a caret under it,
// and so is a key beside it that nobody knows.
func TestEveryKeyIsStrict(t *testing.T) {
	keys := everyKey(reflect.TypeFor[config](), nil, "")
	if len(keys) < 100 {
		t.Fatalf("only %d keys are found", len(keys))
	}
	for _, k := range keys {
		right, wrong := values(k.kind)
		where := strings.Join(append(k.above, k.key), " ")
		text, _, _ := k.line(k.key, right)
		if err := strict.Read("office.yaml", []byte(text), &config{}).Err(); err != nil {
			t.Errorf("%s: a right value is refused: %v\n%s", where, err, text)
		}
		text, line, column := k.line(k.key, wrong)
		told(t, where, text, line, column, strings.Trim(wrong, "[]{}"))
		text, line, column = k.line("zzz", "1")
		told(t, where, text, line, column-len("zzz: "), `"zzz" is not known here; there are `)
	}
}

// told fails where reading a text does not end in one mistake at a place.
func told(t *testing.T, where, text string, line, column int, says string) {
	t.Helper()
	err := strict.Read("office.yaml", []byte(text), &config{}).Err()
	if err == nil {
		t.Errorf("%s: nothing is told of\n%s", where, text)
		return
	}
	lines := strings.Split(err.Error(), "\n")
	if !strings.HasPrefix(lines[0], fmt.Sprintf("office.yaml:%d: ", line)) || len(lines) != 3 {
		t.Errorf("%s: it says %v, of line %d of\n%s", where, err, line, text)
		return
	}
	if strings.Index(lines[2], "^") != len("    ")+column-1 {
		t.Errorf("%s: the caret is not under column %d:\n%v", where, column, err)
	}
	if !strings.Contains(lines[0]+lines[1], says) {
		t.Errorf("%s: it does not say %q:\n%v", where, says, err)
	}
}

// A seal holds the configuration as it is: the providers' own files too, and no other.
func TestConfigIsEveryFileOfIt(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{ConfigFile: "area: {code: X, name: X, office: X}\n", "providers/A.yaml": "code: A\n", "providers/B.yaml": "code: B\n", "providers/notes.txt": "x", "secrets.yaml": "x"} {
		if err := WriteFile(filepath.Join(dir, name), []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := Configured(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(ws.Config)); !slices.Equal(got, []string{ConfigFile, "providers/A.yaml", "providers/B.yaml"}) {
		t.Errorf("the configuration is %v", got)
	}
	if len(ws.Register.Providers) != 2 || ws.Register.Providers[1].Code != "B" || string(ws.Config["providers/B.yaml"]) != "code: B\n" {
		t.Errorf("the providers are %+v", ws.Register.Providers)
	}
}
