package returns_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// withMap is the quarterly template with another cell map.
func withMap(t interface{ Fatal(...any) }, files map[string][]byte, rows ...string) returns.Template {
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: content}
	}
	folder["map.csv"] = &fstest.MapFile{Data: []byte(mapHeader + strings.Join(rows, "\n") + "\n")}
	template, err := returns.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return template
}

func folderOf(t *testing.T) map[string][]byte {
	blank, cellMap, fingerprint := made(t)
	return map[string][]byte{"blank.xlsx": blank, "map.csv": cellMap, "fingerprint.csv": fingerprint,
		"description.yaml": []byte("{name: n, title: t, version: '1'}")}
}

func mapped(dimension, category string, n int) string {
	return fmt.Sprintf("T,B%d,A%d,L,figure,R01,value,activity,Q3,%s,%s,count,,", n, n, dimension, category)
}

// The law: the figures of a breakdown that stand in the form add up to its total
// exactly when nothing is left out of it, and else lack what is named.
func TestNothingIsLeftOutExactlyWhenASheetAddsUp(t *testing.T) {
	files := folderOf(t)
	at, _ := period.Parse("2023-24-Q3")
	rapid.Check(t, func(t *rapid.T) {
		crossed := rapid.Bool().Draw(t, "crossed")
		of := func(categories ...string) []string { return categories }
		firsts, seconds := of("A", "B", "C", "D"), of("")
		dimension := "one"
		if crossed {
			seconds, dimension = of("X", "Y", "Z"), "one x two"
		}
		pick := func(name string, from []string) map[string]bool {
			out := map[string]bool{}
			for _, c := range rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, len(from), rapid.ID).Draw(t, name) {
				out[c] = true
			}
			return out
		}
		rows, columns := pick("rows", firsts), pick("columns", seconds)
		figures := map[figure.Place]returns.Value{}
		byRow, byColumn := map[string][2]int{}, map[string][2]int{} // in all, and printed
		named, all, printed := 0, 0, 0
		var lines []string
		for _, a := range firsts {
			for _, b := range seconds {
				category := strings.TrimSuffix(a+" x "+b, " x ")
				n := rapid.SampledFrom([]int{0, 0, 0, 1, 7}).Draw(t, "figure of "+category)
				figures[figure.Place{Code: "R01", Scope: "service:STK", Period: at.Label, Dimension: dimension, Category: category}] = returns.Value{Value: fmt.Sprintf("%d.000", n)}
				shown := 0
				if rows[a] && columns[b] {
					lines, shown = append(lines, mapped(dimension, category, len(lines)+7)), n
				}
				all, printed = all+n, printed+shown
				byRow[a] = [2]int{byRow[a][0] + n, byRow[a][1] + shown}
				byColumn[b] = [2]int{byColumn[b][0] + n, byColumn[b][1] + shown}
			}
		}
		left, err := withMap(t, files, lines...).LeftOut(scopes, at, figures)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range left {
			var n int
			fmt.Sscanf(l.Value, "%d.000", &n)
			named += n
		}
		addsUp := true // a single row or column is a count of its own, and its other margin stands
		for a := range rows {
			addsUp = addsUp && (len(columns) == 1 && crossed || byRow[a][0] == byRow[a][1])
		}
		for b := range columns {
			addsUp = addsUp && (len(rows) == 1 || byColumn[b][0] == byColumn[b][1])
		}
		if len(rows) > 1 && len(columns) > 1 { // a whole table: what has neither row nor column is missed in its sum
			addsUp = addsUp && printed == all
		}
		if addsUp != (len(left) == 0) {
			t.Fatalf("adds up: %v; left out: %+v; rows %v, columns %v, figures %v", addsUp, left, rows, columns, figures)
		}
		if !crossed && len(rows) > 1 && printed+named != all {
			t.Fatalf("%d printed and %d named of %d", printed, named, all)
		}
	})
}

// What the map says of a breakdown that it shows in part, and what has no value.
func TestLeftOut(t *testing.T) {
	files := folderOf(t)
	at, _ := period.Parse("2023-24-Q3")
	place := func(category string) figure.Place {
		return figure.Place{Code: "R01", Scope: "service:STK", Period: at.Label, Dimension: "one", Category: category}
	}
	figures := map[figure.Place]returns.Value{place("A"): {Value: "1"}, place("B"): {Value: "2"}, place("C"): {Value: "3"}, place("D"): {Value: "0.00"}, place("E"): {Marker: "x"}}
	other := maps.Clone(figures)
	other[figure.Place{Code: "R01", Scope: "service:VCS", Period: at.Label, Dimension: "one", Category: "F"}] = returns.Value{Value: "9"}
	other[figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q4", Dimension: "one", Category: "F"}] = returns.Value{Value: "9"}
	for _, c := range []struct {
		name string
		rows []string
		want string
	}{
		{"a category with a figure and no row", []string{mapped("one", "A", 7), mapped("one", "B", 8)}, "T C 3;"},
		{"shown in part, and the map says why", []string{mapped("one", "A", 7), mapped("one", "B", 8), "T,,,the form asks for two,partial,R01,,,,one,,,,"}, ""},
		{"in part on another sheet", []string{mapped("one", "A", 7), mapped("one", "B", 8), "U,,,the form asks for two,partial,R01,,,,one,,,,"}, "T C 3;"},
		{"left to people", []string{mapped("one", "A", 7), mapped("one", "B", 8), "T,left to people,,,figure,R01,value,activity,Q3,one,C,count,,"}, "T C 3;"},
		{"one category alone is a count", []string{mapped("one", "A", 7)}, ""},
	} {
		left, err := withMap(t, files, c.rows...).LeftOut(scopes, at, other)
		got := ""
		for _, l := range left {
			got += l.Sheet + " " + l.Place.Category + " " + l.Value + ";"
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q (%v), want %q", c.name, got, err, c.want)
		}
	}
}

// A cell that could not be placed in a new blank stays in the map, which cannot be
// used before it has a place or is left to people.
func TestACellWithoutAPlaceBlocks(t *testing.T) {
	a, _ := adopt(t, changedBlank(t, func(f *excelize.File) error { return f.SetCellStr("T06_Caseload", "A10", "") }))
	files, err := a.Files(returns.Description{Name: "next", Title: "Next year's return", Version: "2"})
	if err != nil {
		t.Fatal(err)
	}
	open := func() error {
		_, err := returns.ReadMap(strings.NewReader(string(files["map.csv"])))
		return err
	}
	for _, want := range []string{"figure R12 value activity Q1 has no cell", "figure R12 value activity YTD has no cell"} {
		if err := open(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the map reads with %v; want it to say %q", err, want)
		}
	}
	files["map.csv"] = []byte(strings.ReplaceAll(string(files["map.csv"]), "T06_Caseload,,", "T06_Caseload,left to people,"))
	if err := open(); err != nil {
		t.Errorf("left to people: %v", err)
	}
}

// A mapped cell is never empty: where the map leaves it as issued, something stands there.
func TestNoMappedCellIsEmpty(t *testing.T) {
	files := folderOf(t)
	files["map.csv"] = []byte(strings.Replace(string(files["map.csv"]), "T06_Caseload,B7,A7,Open at start,figure,R12S,value,activity,Q1,,,count,[x],", "T06_Caseload,B7,A7,Open at start,figure,R12S,value,activity,Q1,,,count,(leave),", 1))
	folder := fstest.MapFS{}
	for name, content := range files {
		folder[name] = &fstest.MapFile{Data: content}
	}
	r := request(t, folder, "2023-24-Q4")
	_, _, err := returns.Draft(t.Context(), r)
	if err == nil || !strings.Contains(err.Error(), "T06_Caseload!B7: figure R12S value activity Q1 has no value and the map leaves the cell as issued") {
		t.Errorf("drafted with %v", err)
	}
}

// An other row shows what its breakdown has in categories without a row, exactly; what
// has no value gives it none.
func TestOtherRows(t *testing.T) {
	files := folderOf(t)
	at, _ := period.Parse("2023-24-Q3")
	place := func(label, category string) figure.Place {
		p := figure.Place{Code: "R01", Scope: "service:STK", Period: label, Dimension: "one", Category: category}
		if category == "" {
			p.Dimension = ""
		}
		return p
	}
	figures := map[figure.Place]returns.Value{
		place("2023-24-Q3", ""): {Value: "10.30", N: "10"}, place("2023-24-Q3", "A"): {Value: "1", N: "1"}, place("2023-24-Q3", "B"): {Value: "2", N: "2"},
		place("2023-24-Q3", "C"): {Value: "3.10", N: "3"}, place("2023-24-Q3", "D"): {Value: "4.20", N: "4"},
		place("2023-24-Q2", ""): {Value: "1", N: "1"}, place("2023-24-Q2", "A"): {Value: "1", N: "1"},
		place("2023-24-Q1", ""): {Marker: "z", N: "0"}, place("2023-24-Q1", "A"): {Marker: "z", N: "0"}, place("2023-24-Q1", "D"): {Marker: "z", N: "0"},
	}
	quarter := func(label string, n int) string {
		return strings.ReplaceAll(mapped("one", "(other)", n), "Q3", label)
	}
	template := withMap(t, files, mapped("one", "A", 7), mapped("one", "B", 8), quarter("Q1", 9), quarter("Q2", 10), quarter("Q3", 11))
	if err := template.AddOthers(scopes, at, figures); err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]string{"2023-24-Q1": "z", "2023-24-Q2": "0", "2023-24-Q3": "7.3"} {
		if v := figures[place(label, "(other)")]; v.Value+v.Marker != want {
			t.Errorf("%s: other is %+v, want %s", label, v, want)
		}
	}
	if of := figures[place("2023-24-Q3", "(other)")].Of; strings.Join(of, " ") != "C D" {
		t.Errorf("it is made of %q", of)
	}
	if left, err := template.LeftOut(scopes, at, figures); err != nil || len(left) > 0 {
		t.Errorf("left out are %+v (%v), and an other row takes them", left, err)
	}
}
