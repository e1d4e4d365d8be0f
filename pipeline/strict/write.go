package strict

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// Write says a value as the YAML that Read takes it from: fields in the order of their
// struct, maps by their keys, what is zero left out. A list of one text is the text alone.
// The same value gives the same bytes.
func Write(from any) []byte {
	var out bytes.Buffer
	write(&out, reflect.ValueOf(from), 0)
	return out.Bytes()
}

// write says the entries of a struct or a map, each on lines of its own.
func write(out *bytes.Buffer, v reflect.Value, depth int) {
	for _, e := range entriesOf(v) {
		fmt.Fprintf(out, "%s%s:", strings.Repeat("  ", depth), Scalar(e.name))
		below := indirect(e.value)
		switch {
		case below.Kind() == reflect.Slice && !flat(below):
			out.WriteString("\n")
			for i := range below.Len() {
				var one bytes.Buffer
				write(&one, below.Index(i), depth+2)
				text := one.String()
				indent := strings.Repeat("  ", depth+1)
				out.WriteString(indent + "- " + strings.TrimPrefix(text, indent+"  "))
			}
		case flat(below):
			out.WriteString(" " + flatText(below) + "\n")
		default:
			out.WriteString("\n")
			write(out, below, depth+1)
		}
	}
}

type written struct {
	name  string
	value reflect.Value
}

// entriesOf are the keys of a struct or a map that have a value.
func entriesOf(v reflect.Value) (out []written) {
	v = indirect(v)
	if v.Kind() == reflect.Map {
		keys := map[string]reflect.Value{}
		for _, key := range v.MapKeys() {
			keys[key.String()] = v.MapIndex(key)
		}
		for _, name := range slices.Sorted(maps.Keys(keys)) {
			out = append(out, written{name, keys[name]})
		}
		return out
	}
	for i := range v.NumField() {
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("yaml"), ",")
		if field := v.Field(i); name != "" && name != "-" && !nothing(field) {
			out = append(out, written{name, field})
		}
	}
	return out
}

func nothing(v reflect.Value) bool {
	return v.IsZero() || (v.Kind() == reflect.Map || v.Kind() == reflect.Slice) && v.Len() == 0
}

func indirect(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Pointer {
		return v.Elem()
	}
	return v
}

// flat says whether a value stands on the line of its key.
func flat(v reflect.Value) bool {
	_, text := v.Interface().(fmt.Stringer)
	switch {
	case text:
		return true
	case v.Kind() == reflect.Slice:
		return flat(reflect.New(v.Type().Elem()).Elem())
	case v.Kind() == reflect.Map && v.Len() == 0:
		return true
	}
	return !container(v)
}

func flatText(v reflect.Value) string {
	if text, ok := v.Interface().(fmt.Stringer); ok {
		return Scalar(text.String())
	}
	switch v.Kind() {
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			parts = append(parts, flatText(v.Index(i)))
		}
		if len(parts) == 1 && v.Type().Elem().Kind() == reflect.String {
			return parts[0]
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case reflect.Map:
		return "{}"
	case reflect.String:
		return Scalar(v.String())
	}
	return fmt.Sprint(v.Interface())
}

var (
	plainText = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9 _/.-]*[A-Za-z0-9]$`)
	isoDate   = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)
)

// Scalar writes a text as YAML, in quotation marks where it could be taken for
// anything else.
func Scalar(s string) string {
	if isoDate.MatchString(s) || plainText.MatchString(s) && !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off"}, strings.ToLower(s)) {
		return s
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic(err) // a text can always be written
	}
	return strings.TrimSpace(b.String())
}
