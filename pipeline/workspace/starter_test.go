package workspace

import (
	"log/slog"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/period"
	"mojreturns/pipeline/strict"
)

// taken is the starter with every optional line used: the one # before it taken away.
func taken(t *testing.T) []byte {
	t.Helper()
	year, err := period.ParseYear("2025-26")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(Starter(year, Area{Code: "N", Name: "Northmoor"}))) {
		if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "##") {
			line = line[1:]
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}

// What init writes is right as it is, and with every option in it used.
func TestStarterIsRight(t *testing.T) {
	year, err := period.ParseYear("2025-26")
	if err != nil {
		t.Fatal(err)
	}
	// of an area whose councils are known `init` writes the list of them too
	for name, text := range map[string][]byte{"as it is": Starter(year, Area{Code: "N", Name: "Northmoor"}), "all used": taken(t)} {
		dir := t.TempDir()
		if err := WriteFile(filepath.Join(dir, ConfigFile), text); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(dir, Use{Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Every key that the configuration can hold stands in it with a value, and with a line
// that explains it.
func TestStarterExplainsEveryKey(t *testing.T) {
	var c config
	if err := strict.Read("starter.yaml", taken(t), &c).Err(); err != nil {
		t.Fatal(err)
	}
	all, given := map[string]bool{}, map[string]bool{}
	keysOf(reflect.TypeFor[config](), all)
	keysIn(reflect.ValueOf(c), given)
	if len(all) < 80 {
		t.Fatalf("only %d keys are found", len(all))
	}
	lines := strings.Split(starter, "\n")
	for key := range all {
		if !given[key] {
			t.Errorf("%s does not stand in the starter", key)
			continue
		}
		name := key[strings.LastIndex(key, " ")+1:]
		stands := regexp.MustCompile(`^#?[^#]*(^|[ #{-])` + name + `:`)
		if !slices.ContainsFunc(lines, func(l string) bool {
			at := slices.Index(lines, l)
			return stands.MatchString(l) && (strings.Contains(l, "    # ") || at > 0 && strings.HasPrefix(lines[at-1], "## "))
		}) {
			t.Errorf("nothing explains %s", key)
		}
	}
}

// keysOf are the keys of a type, each with the struct it is of.
func keysOf(kind reflect.Type, out map[string]bool) {
	switch kind.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		keysOf(kind.Elem(), out)
	case reflect.Struct:
		for i := range kind.NumField() {
			f := kind.Field(i)
			name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if name != "" && name != "-" {
				out[kind.String()+" "+name] = true
			}
			if name != "" && name != "-" || option == "inline" {
				keysOf(f.Type, out)
			}
		}
	}
}

// keysIn are those of a value that say something.
func keysIn(v reflect.Value, out map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			keysIn(v.Elem(), out)
		}
	case reflect.Slice:
		for i := range v.Len() {
			keysIn(v.Index(i), out)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			keysIn(v.MapIndex(k), out)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
			if name != "" && name != "-" && !v.Field(i).IsZero() {
				out[v.Type().String()+" "+name] = true
			}
			if name != "" && name != "-" || option == "inline" {
				keysIn(v.Field(i), out)
			}
		}
	}
}
