package main

import (
	"encoding/csv"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"
)

// fill plays the person with a mapping workbook: fill MAPPING.xlsx ANSWERS.csv writes into
// cells what the list says, by sheet, row and column. A row is named by texts that stand
// in it, between semicolons; the answer "as proposed" takes what the row says "perhaps"
// of, and the row * is every row of the sheet (or of all, for the sheet *) to be decided.
func fill(ts *testscript.TestScript, _ bool, args []string) {
	path := ts.MkAbs(args[0])
	f, err := excelize.OpenFile(path)
	ts.Check(err)
	answers, err := csv.NewReader(strings.NewReader(ts.ReadFile(args[1]))).ReadAll()
	ts.Check(err)
	for _, a := range answers[1:] {
		found := 0
		for _, sheet := range f.GetSheetList() {
			if a[0] == sheet || a[0] == "*" && sheet != "Lists" && sheet != "Start" {
				found += fillSheet(ts, f, sheet, a)
			}
		}
		if found == 0 {
			ts.Fatalf("there is no cell for %q", a)
		}
	}
	ts.Check(f.SaveAs(path))
}

func fillSheet(ts *testscript.TestScript, f *excelize.File, sheet string, a []string) (found int) {
	rows, err := f.GetRows(sheet)
	ts.Check(err)
	column := -1
	for i, row := range rows {
		if at := slices.IndexFunc(row, func(s string) bool { return strings.HasPrefix(s, "Fill in: "+a[2]) }); at >= 0 {
			column = at
			continue
		}
		if column < 0 {
			continue
		}
		answer, wanted := a[3], strings.Split(a[1], ";")
		if a[1] == "*" {
			wanted = []string{"to decide"}
		}
		if slices.ContainsFunc(wanted, func(text string) bool { return !slices.Contains(row, text) }) {
			continue
		}
		if answer == "as proposed" {
			_, proposal, is := strings.Cut(row[len(row)-1], "Perhaps ")
			if !is {
				continue
			}
			answer = strings.TrimSuffix(proposal, ".")
		}
		at, err := excelize.CoordinatesToCellName(column+1, i+1)
		ts.Check(err)
		ts.Check(f.SetCellStr(sheet, at, answer))
		found++
	}
	return found
}
