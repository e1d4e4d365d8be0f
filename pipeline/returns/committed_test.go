package returns_test

import (
	"bytes"
	"encoding/csv"
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

var update = flag.Bool("update", false, "make blank.xlsx, map.csv and fingerprint.csv again from description.yaml")

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
func made(t testing.TB) (blank, cellMap, fingerprint []byte) {
	t.Helper()
	d, err := returns.ReadDescription(os.DirFS(quarterlyDir))
	if err != nil {
		t.Fatal(err)
	}
	files, err := returns.Make(d, returns.Office{Lists: queries.Files})
	if err != nil {
		t.Fatal(err)
	}
	return files["blank.xlsx"], files["map.csv"], files["fingerprint.csv"]
}

// taken is the fingerprint of a blank, as a template's folder keeps it.
func taken(t testing.TB, blank []byte, rows []returns.Row) []byte {
	t.Helper()
	f, err := returns.MakeFingerprint(blank, rows)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	if err := f.Write(&text); err != nil {
		t.Fatal(err)
	}
	return text.Bytes()
}

var quarterlyDir = filepath.Join("..", "..", "templates", "returns", "moj-quarterly")

// The committed blank, map and fingerprint are what the committed description makes, byte
// for byte, so that none of the four can drift from the others.
func TestCommitted(t *testing.T) {
	blank, cellMap, fingerprint := made(t)
	for _, file := range []struct {
		name string
		want []byte
	}{{"blank.xlsx", blank}, {"map.csv", cellMap}, {"fingerprint.csv", fingerprint}} {
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
	again, _, _ := made(t)
	if !bytes.Equal(blank, again) {
		t.Error("the same description made two different blanks")
	}
}

// column is one column of figures broken down by one dimension.
type column struct{ sheet, code, field, period, dimension string }

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
		scope := strings.TrimSuffix(r.Scope, "?")
		if !slices.Contains(m.Scopes, kindOf[scope]) && !(kindOf[scope] == "fund" && slices.Contains(m.Scopes, "claimed")) {
			t.Errorf("%s: metric %s has no figure for the scope %q; it has %s", where, r.Code, r.Scope, m.Scopes)
		}
		if r.Dimension == "" {
			continue
		}
		at := column{r.Sheet, r.Code, r.Field, r.Period, r.Dimension}
		if categories[at] == nil {
			categories[at] = map[string]bool{}
		}
		if categories[at][r.Category] {
			t.Errorf("%s: %+v has %s twice", where, at, r.Category)
		}
		categories[at][r.Category] = true
	}
	if len(categories) == 0 {
		t.Fatal("the map has no breakdown at all")
	}
	for at, found := range categories {
		checkCategories(t, at, found)
	}
}

// checkCategories fails where a category of a breakdown has neither a cell nor an
// "unlisted" line in the map. Of a crossing, each category that it shows of the
// first dimension must have every one of the second, or only the one all rows
// share; of front-line completions only Y is shown, shares are of what is shown, and
// an other row stands for all that have none.
func checkCategories(t *testing.T, at column, found map[string]bool) {
	t.Helper()
	if at.dimension == "front_line" || at.field == "percent of total" || found[returns.Other] {
		return
	}
	first, second, crossed := strings.Cut(at.dimension, " x ")
	if !crossed {
		for _, code := range codes(t, at, first) {
			if !found[code] {
				t.Errorf("%+v: %s has no cell", at, code)
			}
		}
		return
	}
	rows, columns := map[string]bool{}, map[string]bool{}
	for category := range found {
		row, column, _ := strings.Cut(category, " x ")
		rows[row], columns[column] = true, true
	}
	wanted, side := codes(t, at, second), rows
	if second == "front_line" { // the rows are the whole of the first
		wanted, side = codes(t, at, first), columns
	}
	for _, code := range wanted {
		for other := range side {
			category := other + " x " + code
			if second == "front_line" {
				category = code + " x " + other
			}
			if !found[category] {
				t.Errorf("%+v: %s has no cell", at, category)
			}
		}
	}
}

// codes are the categories of a dimension, as reference/dimension.csv leads to
// them: rows without a value are counted in one of their own, which is named too.
func codes(t *testing.T, at column, dimension string) []string {
	t.Helper()
	for _, d := range reference(t, "dimension") {
		if d["dimension"] != dimension || d["metrics"] != "" && !strings.HasPrefix(at.code, d["metrics"]) || d["metrics"] == "" && dimension == "outcome" && strings.HasPrefix(at.code, "O") {
			continue
		}
		out := []string{d["blank"]}
		for _, r := range reference(t, d["list"]) {
			if code := r[d["column"]]; !slices.Contains(out, code) {
				out = append(out, code)
			}
		}
		return out
	}
	t.Fatalf("%+v: reference/dimension.csv has no %q", at, dimension)
	return nil
}

// reference reads a file of the reference as rows by column.
func reference(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := queries.Files.Open("reference/" + name + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, r := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = r[i]
		}
		rows = append(rows, row)
	}
	return rows
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
