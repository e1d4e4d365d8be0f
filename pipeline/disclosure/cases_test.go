package disclosure_test

import (
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"mojreturns/pipeline/disclosure"
)

// A case is a folder of testdata: cells.csv (figure, kind, n, numerator,
// printed; the kind of a count that is not printed is unprinted), relations.csv (relation) and perhaps earlier.csv (release, figure, kind,
// n, numerator, hidden). A figure is written "R01 Q1 source=POL", with "all" or a
// scope such as "service:S1" and a part such as "/n" where it has them. What is printed is
// worked by hand: the figure as it is, or [c].
func TestCases(t *testing.T) {
	folders, err := filepath.Glob(filepath.Join("testdata", "*", "cells.csv"))
	if err != nil || len(folders) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range folders {
		dir := filepath.Dir(file)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			cells, want := readCells(t, dir)
			decisions, err := disclosure.Protect(
				disclosure.Policy{Audience: disclosure.Public, Threshold: 5}, cells, readRelations(t, dir), readEarlier(t, dir))
			if len(want) == 0 {
				checkRefused(t, dir, err)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(decisions) != len(want) {
				t.Fatalf("%d cells to print, %d decided on", len(want), len(decisions))
			}
			for _, d := range decisions {
				if d.Hidden != (want[d.Cell.ID] == "[c]") {
					t.Errorf("%s (%d): want %s, hidden is %v (%s)", d.Cell.ID, d.Cell.N, want[d.Cell.ID], d.Hidden, d.Why)
				}
				if d.Hidden != (d.Why != "") {
					t.Errorf("%s: hidden is %v, and why is %q", d.Cell.ID, d.Hidden, d.Why)
				}
			}
		})
	}
}

// checkRefused wants the sentence of refused.txt.
func checkRefused(t *testing.T, dir string, err error) {
	t.Helper()
	want, readErr := os.ReadFile(filepath.Join(dir, "refused.txt"))
	if readErr != nil {
		t.Fatal(readErr)
	}
	if !errors.Is(err, disclosure.ErrCannotProtect) {
		t.Fatalf("want a refusal, have %v", err)
	}
	if have := err.Error(); have != strings.TrimSpace(string(want)) {
		t.Errorf("want %s\nhave %s", want, have)
	}
}

func readCells(t *testing.T, dir string) ([]disclosure.Cell, map[disclosure.ID]string) {
	t.Helper()
	var cells []disclosure.Cell
	want := map[disclosure.ID]string{}
	for _, row := range readCSV(t, filepath.Join(dir, "cells.csv")) {
		c := cell(t, row)
		cells = append(cells, c)
		if row["printed"] != "" {
			want[c.ID] = row["printed"]
		}
	}
	return cells, want
}

func readRelations(t *testing.T, dir string) []disclosure.Relation {
	t.Helper()
	var relations []disclosure.Relation
	for _, row := range readCSV(t, filepath.Join(dir, "relations.csv")) {
		left, right, ok := strings.Cut(row["relation"], " = ")
		var parts []disclosure.ID
		for p := range strings.SplitSeq(right, " + ") {
			parts = append(parts, figure(p))
		}
		switch {
		case !ok:
			left, right, _ = strings.Cut(row["relation"], " at most ")
			relations = append(relations, disclosure.AtMost(figure(left), figure(right)))
		case len(parts) == 1:
			relations = append(relations, disclosure.Equal(figure(left), parts[0]))
		case row["once"] == "yes":
			relations = append(relations, disclosure.Once(figure(left), parts...)...)
		default:
			relations = append(relations, disclosure.Sum(figure(left), parts...))
		}
	}
	return relations
}

func readEarlier(t *testing.T, dir string) []disclosure.Release {
	t.Helper()
	var releases []disclosure.Release
	for _, row := range readCSV(t, filepath.Join(dir, "earlier.csv")) {
		n := len(releases)
		if n == 0 || releases[n-1].Name != row["release"] {
			releases = append(releases, disclosure.Release{Name: row["release"], Audience: row["audience"]})
			n++
		}
		releases[n-1].Cells = append(releases[n-1].Cells, disclosure.Decision{Cell: cell(t, row), Hidden: row["printed"] == "[c]"})
	}
	return releases
}

// readCSV reads rows by column name; a file that is not there has none.
func readCSV(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]string
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = record[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func cell(t *testing.T, row map[string]string) disclosure.Cell {
	t.Helper()
	kinds := map[string]disclosure.Kind{"unprinted": disclosure.Count, "count": disclosure.Count, "share": disclosure.Share, "mean": disclosure.Statistic, "free": disclosure.Free}
	kind, ok := kinds[row["kind"]]
	if !ok {
		t.Fatalf("%s: kind %q", row["figure"], row["kind"])
	}
	return disclosure.Cell{ID: figure(row["figure"]), Kind: kind, N: number(t, row["n"]), Numerator: number(t, row["numerator"]), Private: row["kind"] == "unprinted"}
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func figure(text string) disclosure.ID {
	var id disclosure.ID
	text, id.Part, _ = strings.Cut(strings.TrimSpace(text), " /")
	for i, word := range strings.Fields(text) {
		dimension, category, broken := strings.Cut(word, "=")
		switch {
		case i == 0:
			id.Code = word
		case broken:
			id.Dimension, id.Category = dimension, category
		case strings.Contains(word, ":") || word == "all":
			id.Scope = word
		default:
			id.Period = word
		}
	}
	return id
}
