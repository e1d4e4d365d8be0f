package returns_test

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/returns"
	"mojreturns/queries"
	"mojreturns/templates"
)

var update = flag.Bool("update", false, "make blank.xlsx and map.csv again from description.yaml")

// quarterly is the folder of the quarterly return, as the program embeds it.
func quarterly(t testing.TB) fs.FS {
	t.Helper()
	files, err := fs.Sub(templates.Files, "returns/moj-quarterly")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// made is what the committed description makes.
func made(t testing.TB) (blank, cellMap []byte) {
	t.Helper()
	d, err := returns.ReadDescription(os.DirFS(quarterlyDir))
	if err != nil {
		t.Fatal(err)
	}
	if blank, err = returns.Blank(d, queries.Files); err != nil {
		t.Fatal(err)
	}
	rows, err := returns.Map(d, queries.Files)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := returns.WriteMap(&text, rows); err != nil {
		t.Fatal(err)
	}
	return blank, text.Bytes()
}

var quarterlyDir = filepath.Join("..", "..", "templates", "returns", "moj-quarterly")

// The committed blank and map are what the committed description makes, byte
// for byte, so that none of the three can drift from the others.
func TestCommitted(t *testing.T) {
	blank, cellMap := made(t)
	for _, file := range []struct {
		name string
		want []byte
	}{{"blank.xlsx", blank}, {"map.csv", cellMap}} {
		path := filepath.Join(quarterlyDir, file.name)
		if *update {
			if err := os.WriteFile(path, file.want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, file.want) {
			t.Errorf("%s is not what description.yaml makes; look at the difference, then run go test ./pipeline/returns -run TestCommitted -update", path)
		}
	}
	again, _ := made(t)
	if !bytes.Equal(blank, again) {
		t.Error("the same description made two different blanks")
	}
}

// column is one column of figures broken down by one dimension.
type column struct{ sheet, code, period, dimension string }

// Every figure the return shows is one that a metric gives: the code, its
// breakdown, its scope, and each category of a breakdown once.
func TestEveryMappedFigureHasAMetric(t *testing.T) {
	set, err := metrics.Load(queries.Files)
	if err != nil {
		t.Fatal(err)
	}
	kindOf := map[string]string{"money": "fund", "activity": "service"}
	categories := map[column]map[string]bool{}
	for _, r := range mapRows(t) {
		if r.Kind != "figure" && r.Kind != "unlisted" {
			continue
		}
		where := r.Sheet + "!" + r.Cell
		m, ok := set.Metric(r.Code)
		if !ok {
			t.Errorf("%s: there is no metric %q", where, r.Code)
			continue
		}
		if r.Dimension != "" && !slices.ContainsFunc(m.By, func(b metrics.Breakdown) bool { return b.String() == r.Dimension }) {
			t.Errorf("%s: metric %s is not broken down by %q", where, r.Code, r.Dimension)
		}
		if !slices.Contains(m.Scopes, kindOf[r.Scope]) && !(r.Scope == "money" && slices.Contains(m.Scopes, "claimed")) {
			t.Errorf("%s: metric %s has no figure for the scope %q; it has %s", where, r.Code, r.Scope, m.Scopes)
		}
		if r.Dimension == "" {
			continue
		}
		at := column{r.Sheet, r.Code, r.Period, r.Dimension}
		if categories[at] == nil {
			categories[at] = map[string]bool{}
		}
		category, _, _ := strings.Cut(r.Category, " x ")
		if categories[at][category] {
			t.Errorf("%s: %+v has %s twice", where, at, category)
		}
		categories[at][category] = true
	}
	if len(categories) == 0 {
		t.Fatal("the map has no breakdown at all")
	}
	for at, found := range categories {
		checkCategories(t, at, found)
	}
}

// checkCategories fails where a code of a breakdown's list has neither a cell
// nor an "unlisted" line in the map. Of front-line completions only Y is shown.
func checkCategories(t *testing.T, at column, found map[string]bool) {
	t.Helper()
	if at.dimension == "front_line" {
		return
	}
	lists := map[string]string{"source": "referral_source", "budget_line": "budget_line", "organisation_type": "organisation_type", "role": "delegate_role", "la": "local_authority"}
	dimension, _, _ := strings.Cut(at.dimension, " x ")
	text, err := fs.ReadFile(queries.Files, "reference/"+lists[dimension]+".csv")
	if err != nil {
		t.Fatalf("%+v: %v", at, err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		if code, _, _ := strings.Cut(line, ","); !found[code] {
			t.Errorf("%+v: %s has no cell", at, code)
		}
	}
}

func mapRows(t testing.TB) []returns.Row {
	t.Helper()
	f, err := quarterly(t).Open("map.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := returns.ReadMap(f)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}
