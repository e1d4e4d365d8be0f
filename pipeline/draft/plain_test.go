package draft_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
)

// shown are the figures of a workbook as they are read off it, by the columns of
// the cell map after the code: nothing but what stands on paper.
type shown map[figure.Place]string

// table reads rows of CSV by the names in the first.
func table(t *testing.T, text []byte) []map[string]string {
	t.Helper()
	records, err := csv.NewReader(bytes.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		out = append(out, row)
	}
	return out
}

// readPlainly reads the counts of people off a workbook.
func readPlainly(t *testing.T, file string, cells []map[string]string) shown {
	t.Helper()
	book, err := excelize.OpenFile(file)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	out := shown{}
	for _, c := range cells {
		at := figure.Place{Code: c["code"], Scope: c["scope"], Period: c["period"], Dimension: c["dimension"], Category: c["category"]}
		if c["kind"] == "figure" && c["field"] == "value" && c["format"] == "count" {
			if out[at], err = book.GetCellValue(c["sheet"], c["cell"], excelize.Options{RawCellValue: true}); err != nil {
				t.Fatal(err)
			}
		}
	}
	return out
}

// follows is what one subtraction gives: the one mark under a shown total, where all
// the other parts are shown.
func (s shown) follows(total figure.Place, parts []figure.Place) (one figure.Place, n int, ok bool) {
	n, err := strconv.Atoi(s[total])
	marks := 0
	for _, p := range parts {
		if s[p] == "[c]" {
			one, marks = p, marks+1
			continue
		}
		v, partErr := strconv.Atoi(s[p])
		if n -= v; partErr != nil {
			return one, 0, false
		}
	}
	return one, n, err == nil && marks == 1
}

// lists are the totals a reader sees, each with its parts: a table's total over its rows,
// a group of ethnicities over the ethnicities in it, a year over its quarters.
func (s shown) lists(group map[string]string) map[figure.Place][][]figure.Place {
	table, year := map[figure.Place]map[string][]figure.Place{}, map[figure.Place][]figure.Place{}
	for at := range s {
		whole := figure.Place{Code: at.Code, Scope: at.Scope, Period: at.Period}
		add := func(total figure.Place, by string) {
			if table[total] == nil {
				table[total] = map[string][]figure.Place{}
			}
			table[total][by] = append(table[total][by], at)
		}
		if at.Dimension != "" && !strings.Contains(at.Dimension, " x ") {
			add(whole, at.Dimension)
		}
		if first, second, crossed := strings.Cut(at.Dimension, " x "); crossed {
			one, other, _ := strings.Cut(at.Category, " x ")
			row, column := whole, whole
			row.Dimension, row.Category, column.Dimension, column.Category = first, one, second, other
			add(row, at.Dimension)
			add(column, at.Dimension)
		}
		if at.Dimension == "ethnicity" {
			whole.Dimension, whole.Category = "ethnicity_group", group[at.Category]
			add(whole, at.Dimension)
		}
		if at.Period != "YTD" {
			long := at
			long.Period = "YTD"
			year[long] = append(year[long], at)
		}
	}
	out := map[figure.Place][][]figure.Place{}
	for total, by := range table {
		for _, parts := range by {
			out[total] = append(out[total], parts)
		}
	}
	for total, parts := range year {
		out[total] = append(out[total], parts)
	}
	return out
}

// A reader with the workbook and no program finds no hidden count by one subtraction.
func TestNothingFollowsFromOneSubtraction(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	files, err := ws.Template(ws.Returns[0])
	if err != nil {
		t.Fatal(err)
	}
	cells, err := fs.ReadFile(files, "map.csv")
	if err != nil {
		t.Fatal(err)
	}
	group := map[string]string{}
	for _, e := range ws.Lists["ethnicity"] {
		group[e["code"]] = e["group"]
	}
	var looked, hidden, totals int
	for _, quarter := range []string{"2023-24-Q3", "2023-24-Q4"} {
		at := example.Quarter(t, quarter)
		truth := example.FiguresOf(t, ws, quarter).Values
		path := filepath.Join(t.TempDir(), quarter+".xlsx")
		if _, err := draft.Return(context.Background(), example.View(t, ws, at), "", path); err != nil {
			t.Fatal(err)
		}
		page := readPlainly(t, path, table(t, cells))
		for cell, text := range page {
			if text == "[c]" {
				hidden++
				if cell.Dimension == "" {
					totals++
				}
			}
		}
		for total, lists := range page.lists(group) {
			for _, parts := range lists {
				looked++
				one, n, ok := page.follows(total, parts)
				real := one
				real.Scope = ws.Returns[0].Scopes[one.Scope]
				if real.Period = "2023-24-" + one.Period; one.Period == "YTD" {
					real.Period = at.ToDate().Label
				}
				if ok && figure.Plain(truth[real].Value) == strconv.Itoa(n) {
					t.Errorf("%s: %v is hidden, and is %d by one subtraction from %v", quarter, one, n, total)
				}
			}
		}
	}
	t.Logf("%d counts are hidden, %d of them totals", hidden, totals)
	if looked < 400 {
		t.Errorf("only %d sums were tried", looked)
	}
}
