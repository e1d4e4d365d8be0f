package intake_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/workspace"
)

var (
	plantings = flag.Int("planted", 0, "how many files to draw of every kind in every feed, format and place; -1 for all; 0 for each place once")
	seed      = flag.Uint64("planted-seed", 1, "by which they are drawn")
)

// A planted value with a header of its own is known by that, in another column.
type planted struct {
	kind, value, header, feed, provider, format string
	place                                       map[string]string // a row of testdata/personal/places.csv
	file                                        string
}

func (p planted) String() string {
	return fmt.Sprintf("%s (%s) in %s of a %s of %s", p.kind, p.value, p.place["place"], p.format, p.feed)
}

// What is planted in a file is neither kept, in any byte of the store, nor told.
// Several seconds: each is a file of its own.
func TestPlanted(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	all := plantedFiles(t, ws)
	t.Logf("%d files may be planted", len(all))
	r := rand.New(rand.NewPCG(*seed, 0))
	switch n := *plantings; {
	case n == 0: // each place and each header once, of a kind, a feed and a format that are drawn
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		seen := map[string]bool{}
		all = slices.DeleteFunc(all, func(p planted) bool {
			what := p.place["place"] + p.header
			twice := seen[what]
			seen[what] = true
			return twice
		})
	case n > 0:
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		all = all[:min(n, len(all))]
	}
	kept, printed := 0, 0
	for batch := range slices.Chunk(all, 1000) { // each in a store of its own
		k, p := plantAll(t, example.Cleveland(t), batch)
		kept, printed = kept+k, printed+p
	}
	t.Logf("%d planted, %d kept, %d printed", len(all), kept, printed)
	if len(all) < 80 {
		t.Errorf("only %d are planted", len(all))
	}
}

// plantedFiles are every kind in every feed, format and place.
func plantedFiles(t *testing.T, ws *workspace.Workspace) (all []planted) {
	t.Helper()
	kinds := example.ReadRows(t, "../../testdata/personal/planted.csv")
	for _, place := range example.ReadRows(t, "../../testdata/personal/places.csv") {
		for _, format := range strings.Fields(place["formats"]) {
			for _, kind := range kinds {
				if kind["header"] != "" && place["place"] != "another column" || kind["but_in"] != "" && kind["but_in"] == place["place"] {
					continue // README says that it is not found there
				}
				for _, p := range ws.Register.Providers {
					for _, f := range p.Feeds {
						all = append(all, planted{kind: kind["kind"], value: kind["value"], header: kind["header"], feed: f.Feed, provider: p.Code, format: format, place: place})
					}
				}
			}
		}
	}
	return all
}

// plantAll lands the files and counts those of which the value is kept, and told.
func plantAll(t *testing.T, ws *workspace.Workspace, all []planted) (kept, printed int) {
	t.Helper()
	dir := t.TempDir()
	lands := map[[2]string][]string{}
	for i := range all {
		p := &all[i]
		place := p.place["place"]
		if place == "the file's name" || place == "a sheet's name" { // which may not have every sign
			p.value = strings.ReplaceAll(p.value, "/", "-")
		}
		name := fmt.Sprintf("planted %d.%s", i, p.format)
		if place == "the file's name" {
			name = fmt.Sprintf("planted %d about %s.%s", i, p.value, p.format)
		}
		p.file = filepath.Join(dir, name)
		plant(t, ws, *p)
		lands[[2]string{p.provider, p.feed}] = append(lands[[2]string{p.provider, p.feed}], p.file)
	}
	told, sums := "", map[string]string{}
	for by, files := range lands {
		landed, err := intake.LandAndJudge(t.Context(), ws, files, landing.Given{Provider: by[0], Feed: by[1]}, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range landed {
			told += fmt.Sprintf("%+v\n", l)
			sums[l.File] = l.SHA256
			if l.Status == "landed" && l.Rows != l.Accepted+l.Rejected {
				t.Errorf("%s: %d rows, %d accepted and %d rejected", l.File, l.Rows, l.Accepted, l.Rejected)
			}
		}
	}
	everything := example.Everything(t, ws)
	delete(everything, "mojreturns.yaml")
	lies := map[string][]string{} // where a value lies
	for _, p := range all {
		if _, looked := lies[p.value]; looked {
			continue
		}
		lies[p.value] = []string{}
		forms := formsOf(t, p.value)
		for at, text := range everything {
			if slices.ContainsFunc(forms, func(form string) bool { return strings.Contains(text, form) || strings.Contains(at, form) }) {
				lies[p.value] = append(lies[p.value], at)
			}
		}
	}
	elsewhere := map[string]bool{}
	for _, p := range all {
		own, others := []string{}, []string{}
		for _, at := range lies[p.value] {
			if sum := sums[filepath.Base(p.file)]; sum != "" && strings.Contains(at, sum) {
				own = append(own, at)
			} else {
				others = append(others, at)
			}
		}
		switch {
		case len(own) > 0:
			kept++
			t.Errorf("%s: kept in %s", p, own)
		case len(others) > 0 && !elsewhere[p.value]:
			elsewhere[p.value] = true
			kept++
			t.Errorf("%s, or of another file: kept in %s", p, others[:min(3, len(others))])
		}
		if strings.Contains(told, p.value) {
			printed++
			t.Errorf("%s: told", p)
		}
	}
	return kept, printed
}

// formsOf are the ways in which a value may stand in bytes.
func formsOf(t *testing.T, value string) []string {
	t.Helper()
	var escaped bytes.Buffer
	if err := xml.EscapeText(&escaped, []byte(value)); err != nil {
		t.Fatal(err)
	}
	quoted, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	out := []string{value, escaped.String(), strings.Trim(string(quoted), `"`), wide(value, false), wide(value, true)}
	for before := range 3 { // wherever it stands in groups of three bytes, but for what shares one with others
		whole := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", before) + value))
		from := []int{0, 2, 3}[before]
		if form := whole[from : len(whole)-4]; len(form) >= 8 { // else it stands anywhere
			out = append(out, form)
		}
	}
	return out
}

// wide is a value in UTF-16.
func wide(value string, big bool) string {
	var out []byte
	for _, unit := range utf16.Encode([]rune(value)) {
		if low, high := byte(unit), byte(unit>>8); big {
			out = append(out, high, low)
		} else {
			out = append(out, low, high)
		}
	}
	return string(out)
}
