package workspace

import (
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// office opens an office with these lines of configuration and, if any, its own councils.
func office(t *testing.T, area, users, councils string) *Workspace {
	t.Helper()
	dir := t.TempDir()
	config := "area: {code: " + area + ", name: Area, office: Office}\n" + `time_zone: Europe/London
funds:
  - {code: F, name: Fund, agreement: A, maximum: {amount: "1.00", date: 2025-04-01, reference: R}, spend_from: 2025-04-01, spend_by: 2026-03-31}
services:
  - {code: S, name: Service, provider: P, fund: F}
providers:
  - {code: P, name: Provider}
` + users
	files := map[string]string{ConfigFile: config}
	if councils != "" {
		files[filepath.Join("queries", filepath.FromSlash(Councils))] = councils
	}
	for name, content := range files {
		if err := WriteFile(filepath.Join(dir, name), []byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := Open(dir, Use{Now: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return ws
}

// The councils are those of the configuration's area, unless the office lists its own.
func TestCouncilsAreOfTheArea(t *testing.T) {
	const own = "code,label,population_2021\nN1,Moor End,\nOOA,Outside,\nNK,Not known,\n"
	gwent := []string{"W06000018", "W06000019", "W06000020", "W06000021", "W06000022", "OOA", "NK"} // ONS, local authority districts
	for name, c := range map[string]struct {
		area, councils string
		want           []string
	}{
		"of an area of England and Wales":    {"E23000016", "", nil},
		"Gwent's":                            {"W15000002", "", gwent},
		"its own":                            {"N", own, []string{"N1", "OOA", "NK"}},
		"of no known area, the list as ever": {"X", "", []string{"E06000001", "E06000002", "E06000003", "E06000004", "OOA", "NK"}},
	} {
		ws := office(t, c.area, "", c.councils)
		var got []string
		for _, row := range ws.Lists["local_authority"] {
			got = append(got, row["code"])
		}
		if c.want == nil && (len(got) != 11 || slices.Contains(got, "E06000001")) {
			t.Errorf("%s: %v", name, got)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if c.want != nil && !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, not %v", name, got, c.want)
		}
		text, err := fs.ReadFile(ws.Queries, Councils) // as builds, forms and seals read it
		listed, globErr := fs.Glob(ws.Queries, "reference/local_*.csv")
		if err != nil || globErr != nil || len(listed) != 1 || strings.Count(string(text), "\n") != len(got)+1 {
			t.Errorf("%s: %q in %v, %v, %v", name, text, listed, err, globErr)
		}
	}
}

// A right configuration says what it still lacks, and nothing where nothing lacks.
func TestAwaited(t *testing.T) {
	const both = "users:\n  - {name: a, may: [submit]}\n  - {name: b, may: [approve]}\n"
	for _, c := range []struct {
		area, users string
		want        []string
	}{
		{"W15000002", "", []string{"a return", "those who sign"}},
		{"W15000002", both, []string{"a return"}},
		{"W15000002", "users:\n  - {name: a, may: [submit]}\n", []string{"a return", "one who may approve"}},
		{"W15000002", "users:\n  - {name: a, may: [approve]}\n", []string{"a return", "one who may submit"}},
		{"W15000002", "users:\n  - {name: a, may: [submit, approve]}\n", []string{"a return", "a second user"}},
		{"X", both, []string{"a return", "the councils of the area"}},
	} {
		got := office(t, c.area, c.users, "").Awaited()
		if !slices.EqualFunc(got, c.want, strings.HasPrefix) {
			t.Errorf("%s, %q: %q, not %q", c.area, c.users, got, c.want)
		}
	}
}
