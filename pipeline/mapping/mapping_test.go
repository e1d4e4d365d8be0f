package mapping_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/mapping"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/templates"
)

func about(t *testing.T) mapping.About {
	t.Helper()
	contracts, err := contract.Load(templates.Files)
	if err != nil {
		t.Fatal(err)
	}
	return mapping.About{Contracts: contracts, Lists: contract.Lists{"crime_type": {{"code": "STK", "label": "Stalking"}, {"code": "HAR", "label": "Harassment"}}},
		Registers: map[string][]string{"service": {"DA"}, "fund": {"CORE"}}, Registered: map[string]string{"DA": "Domestic abuse support"}}
}

// Every key that a provider's mapping can hold goes into the workbook and comes back. The
// keys are those of what the configuration is read into, so a new key without a place in
// the workbook fails here.
func TestEveryKeyGoesRound(t *testing.T) {
	filled := 0
	for seed := range uint64(20) {
		f := filler{random: rand.New(rand.NewPCG(seed, 1)), used: map[string]bool{}}
		var p register.Provider
		f.fill(reflect.ValueOf(&p).Elem(), "provider")
		filled += f.n
		goesRound(t, p)
	}
	if filled < 20*60 {
		t.Errorf("only %d values were filled in", filled)
	}
}

func goesRound(t *testing.T, p register.Provider) {
	t.Helper()
	yaml := strict.Write(p)
	var read register.Provider
	if err := strict.Read("provider", yaml, &read).Err(); err != nil {
		t.Fatalf("the YAML cannot be read: %v\n%s", err, yaml)
	}
	if again := strict.Write(read); !bytes.Equal(yaml, again) {
		t.Fatalf("the YAML reads as\n%s\nnot\n%s", again, yaml)
	}
	a := about(t)
	content, err := mapping.Write(mapping.Book{Provider: read}, a)
	if err != nil {
		t.Fatal(err)
	}
	back, _, err := mapping.Read(content, a)
	if err != nil {
		t.Fatal(err)
	}
	if got := strict.Write(back.Provider); !bytes.Equal(got, yaml) {
		t.Fatalf("the workbook gives other lines:\n%s", differing(got, yaml))
	}
}

// differing are the lines that only one of two texts has.
func differing(got, want []byte) string {
	var out []string
	a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for _, l := range a {
		if !slices.Contains(b, l) {
			out = append(out, "+ "+l)
		}
	}
	for _, l := range b {
		if !slices.Contains(a, l) {
			out = append(out, "- "+l)
		}
	}
	return strings.Join(out, "\n")
}

// filler fills every field that has a yaml name with a value of its own.
type filler struct {
	random *rand.Rand
	n      int
	used   map[string]bool
}

func (f *filler) fill(v reflect.Value, path string) {
	f.n++
	switch at := v.Addr().Interface().(type) {
	case *register.Date:
		at.Time = time.Date(2026, 4, f.n%28+1, 0, 0, 0, 0, time.UTC)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			if name := v.Type().Field(i).Tag.Get("yaml"); name != "" && name != "-" {
				f.fill(v.Field(i), path+"."+name)
			}
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem(), path)
	case reflect.Slice:
		for range 1 + f.random.IntN(3) {
			one := reflect.New(v.Type().Elem()).Elem()
			f.fill(one, path)
			v.Set(reflect.Append(v, one))
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 1 + f.random.IntN(3) {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			f.fill(key, path+" key")
			f.fill(value, path)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(f.text(path))
	case reflect.Int:
		v.SetInt(int64(f.n))
	default:
		panic(fmt.Sprintf("%s is of a kind that the test cannot fill: %s", path, v.Kind()))
	}
}

// text is a text of its own, often one that a cell or YAML could take for something else.
func (f *filler) text(path string) string {
	if path == "provider.feeds.feed" {
		return "referrals"
	}
	name := fmt.Sprint("v", f.n)
	if path == "provider.feeds.derive.as" {
		return []string{"", "financial year", "ledger period", "line number"}[f.random.IntN(4)]
	}
	if strings.HasSuffix(path, " key") || path == "provider.feeds.pseudonym" || path == "provider.feeds.numbers" {
		return name
	}
	odd := []string{"%s", " %s ", `"%s"`, "%s | x", "00%s", "=%s", "%s\nx", "true", "%s #x", "'%s", "2026-04-01", "£%s: é", "%s_x0041_", "%s (x)", "?", "\u00a0%s", "~", "[%s]", "*%s", "-", "null"}
	text := odd[f.random.IntN(len(odd))]
	if !strings.Contains(text, "%s") { // once: a word means one thing
		if f.used[text] {
			return name
		}
		f.used[text] = true
	}
	return strings.Replace(text, "%s", name, 1)
}

func yamlOf(f mapping.Filled) string { return string(strict.Write(f.Provider)) }
