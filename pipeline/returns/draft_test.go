package returns_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/returns"
)

// kept is figures and conditions read from CSV, as a warehouse would give them.
type kept struct {
	figures    map[figure.Place]returns.Value
	conditions map[figure.Place]returns.Condition
}

func (k kept) Figure(at figure.Place) (returns.Value, bool) {
	v, ok := k.figures[at]
	return v, ok
}

func (k kept) Condition(code, scope, label string) (returns.Condition, bool) {
	c, ok := k.conditions[figure.Place{Code: code, Scope: scope, Period: label}]
	return c, ok
}

func table(t testing.TB, path ...string) []map[string]string {
	t.Helper()
	f, err := os.Open(filepath.Join(append([]string{"testdata"}, path...)...))
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

func readKept(t testing.TB) kept {
	t.Helper()
	k := kept{map[figure.Place]returns.Value{}, map[figure.Place]returns.Condition{}}
	for _, r := range table(t, "draft", "figures.csv") {
		k.figures[figure.Place{Code: r["code"], Scope: r["scope"], Period: r["period"], Dimension: r["dimension"], Category: r["category"]}] =
			returns.Value{Value: r["value"], N: r["n"], Numerator: r["numerator"], Denominator: r["denominator"], Marker: r["marker"]}
	}
	for _, r := range table(t, "draft", "conditions.csv") {
		k.conditions[figure.Place{Code: r["code"], Scope: r["scope"], Period: r["period"]}] =
			returns.Condition{Status: r["status"], Evidence: r["evidence"], Value: r["value"], Limit: r["limit_value"], Breaches: r["breaches"]}
	}
	return k
}

var scopes = map[string]string{"money": "fund:UPLIFT", "activity": "service:STK"}

func request(t testing.TB, files fs.FS, label string) returns.Request {
	t.Helper()
	at, err := period.Parse(label)
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	template, err := returns.Open(files)
	if err != nil {
		t.Fatal(err)
	}
	return returns.Request{
		Template: template, Scopes: scopes, Period: at, Figures: readKept(t),
		Fields: map[string]string{"recipient": "Office of the Police and Crime Commissioner for Cleveland", "area": "Cleveland, E23000013",
			"agreement": "Decision 23/24-0017", "contact": "The performance analyst"},
		Freeze: time.Date(2024, 4, 12, 9, 15, 0, 0, time.UTC).In(london), Build: "3f8a01bc",
	}
}

func draft(t testing.TB, r returns.Request) ([]byte, returns.Result) {
	t.Helper()
	content, result, err := returns.Draft(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	return content, result
}

func opened(t testing.TB, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Each cell of testdata/draft/cells.csv is looked up in the draft of its period.
func TestDraftCells(t *testing.T) {
	books := map[string]*excelize.File{}
	for _, want := range table(t, "draft", "cells.csv") {
		if books[want["period"]] == nil {
			content, _ := draft(t, request(t, quarterly(t), want["period"]))
			books[want["period"]] = opened(t, content)
		}
		sheet, cell, _ := strings.Cut(want["cell"], "!")
		shows, err := books[want["period"]].GetCellValue(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		kind, err := books[want["period"]].GetCellType(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		holds := "text"
		if kind == excelize.CellTypeUnset && shows != "" || kind == excelize.CellTypeNumber {
			holds = "number"
		}
		if shows != want["shows"] || holds != want["holds"] {
			t.Errorf("%s %s: shows %s %q, want %s %q", want["period"], want["cell"], holds, shows, want["holds"], want["shows"])
		}
		if formula, _ := books[want["period"]].GetCellFormula(sheet, cell); formula != "" {
			t.Errorf("%s %s became the formula %q", want["period"], want["cell"], formula)
		}
	}
	if len(books) != 3 {
		t.Errorf("%d periods were drafted, want 3", len(books))
	}
}

// Ratios are rounded only in what the cell shows; the cell keeps what came.
func TestDraftKeepsRatiosWhole(t *testing.T) {
	content, _ := draft(t, request(t, quarterly(t), "2023-24-Q4"))
	got, err := opened(t, content).GetCellValue("T06_Caseload", "E13", excelize.Options{RawCellValue: true})
	if err != nil || got != "0.6666666667" {
		t.Errorf("T06_Caseload!E13 keeps %q (%v), want 0.6666666667", got, err)
	}
}

func TestDraftSameBytes(t *testing.T) {
	first, _ := draft(t, request(t, quarterly(t), "2023-24-Q4"))
	time.Sleep(1100 * time.Millisecond) // a clock in the file would show in its seconds
	second, _ := draft(t, request(t, quarterly(t), "2023-24-Q4"))
	if !bytes.Equal(first, second) {
		t.Error("two drafts of the same figures differ")
	}
	later := request(t, quarterly(t), "2023-24-Q4")
	later.Freeze = later.Freeze.Add(time.Hour)
	if third, _ := draft(t, later); bytes.Equal(first, third) {
		t.Error("a draft of data frozen an hour later is the same")
	}
}

func TestDraftProperties(t *testing.T) {
	content, _ := draft(t, request(t, quarterly(t), "2023-24-Q4"))
	p, err := opened(t, content).GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, got, want string }{
		{"title", p.Title, "Victims grant monitoring return: January to March 2024 (quarter 4 of 2023-24)"},
		{"creator", p.Creator, "Office of the Police and Crime Commissioner for Cleveland"},
		{"created", p.Created, "2024-04-12T09:15:00Z"}, {"modified", p.Modified, "2024-04-12T09:15:00Z"},
		{"identifier", p.Identifier, "3f8a01bc"}, {"status", p.ContentStatus, "draft"}, {"language", p.Language, "en-GB"},
	} {
		if c.got != c.want {
			t.Errorf("%s is %q, want %q", c.what, c.got, c.want)
		}
	}
}

func TestDraftResult(t *testing.T) {
	asked := request(t, quarterly(t), "2023-24-Q4")
	_, result := draft(t, asked)
	mapped := 0
	for _, r := range mapRows(t) {
		if r.Kind != "label" && r.Kind != "unlisted" && r.Kind != "partial" && r.Code != "{comment}" {
			mapped++
		}
	}
	if result.Filled != mapped {
		t.Errorf("%d cells were filled of %d mapped", result.Filled, mapped)
	}
	missing := strings.Join(result.Missing, " ")
	if !strings.Contains(missing, "T04_Source!B7") || strings.Contains(missing, "T04_Source!C7") {
		t.Errorf("missing cells are %s; T04_Source!B7 shows [x] and C7 does not", missing)
	}
	left, err := asked.Template.LeftOut(scopes, asked.Period, asked.Figures.(kept).figures)
	if err != nil || len(left) != 0 {
		t.Errorf("left out are %+v (%v); MGT, which has no row of its own, is in that of all other lines", left, err)
	}
}

// Words that need more lines than their row has room for make it taller; a row
// whose height somebody set keeps it.
func TestRowsGrowWithTheirWords(t *testing.T) {
	const long = 40 // lines of some 60 letters: a column is 100 letters wide, a line 15 points high
	r := request(t, quarterly(t), "2023-24-Q4")
	r.Comments = map[string]string{"T17_Narrative!B7": strings.Repeat(strings.Repeat("word ", 12)+"\n", long-1) + "end"}
	content, result := draft(t, r)
	book := opened(t, content)
	if got, err := book.GetRowHeight("T17_Narrative", 7); err != nil || got != 409 { // 40 x 15 is more than a row can have
		t.Errorf("the row is %v points high (%v), want 409, the most there is", got, err)
	}
	const cut = "T17_Narrative!B7 has more words than a row can show, on a screen or on paper: shorten them"
	if !slices.Contains(result.Warnings, cut) {
		t.Errorf("warnings are %q, want %q among them", result.Warnings, cut)
	}
	r.Comments["T17_Narrative!B7"] = strings.Repeat("line\n", 9) + "line"
	content, _ = draft(t, r)
	if got, err := opened(t, content).GetRowHeight("T17_Narrative", 7); err != nil || got != 154 { // 10 lines of 15 points, and 4 of air
		t.Errorf("the row is %v points high (%v), want 154", got, err)
	}
	fixed := request(t, issued(t, func(f *excelize.File) {
		wrapped, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true}})
		if err := errors.Join(err, f.SetCellStyle("Return", "G20", "G20", wrapped), f.SetRowHeight("Return", 20, 33)); err != nil {
			t.Fatal(err)
		}
	}), "2023-24-Q4")
	fixed.Fields["contact"] = strings.Repeat("line\n", 9)
	content, _ = draft(t, fixed)
	if got, err := opened(t, content).GetRowHeight("Return", 20); err != nil || got != 33 {
		t.Errorf("the ministry's row is %v points high (%v), want 33 as it was", got, err)
	}
}

// What a cell shows of a figure, in words for a note.
func TestReads(t *testing.T) {
	for _, c := range []struct{ format, value, want string }{
		{"count", "1012", "1,012"}, {"count", "0", "0"}, {"money", "22528.57", "£22,528.57"}, {"money", "-45", "-£45.00"}, {"percent", "0.2298850575", "23.0%"},
		{"percent", "1", "100.0%"}, {"number", "4.16", "4.2"}, {"number", "1234567.25", "1,234,567.3"}, {"money", "[z]", "[z]"}, {"text", "met", "met"}, {"count", "", ""},
	} {
		if got := returns.Reads(c.format, c.value); got != c.want {
			t.Errorf("%s %q reads %q, want %q", c.format, c.value, got, c.want)
		}
	}
}

// Texts are kept as texts whatever they look like, and odd characters do not
// spoil the workbook.
func TestDraftProviderText(t *testing.T) {
	for _, c := range []struct{ evidence, want string }{
		{"=1+1", "=1+1"}, {"+44 1642", "+44 1642"}, {"@SUM(A1)", "@SUM(A1)"}, {"-5", "-5"}, {"=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"},
		{"one\ntwo", "one\ntwo"}, {"bell\x07 and tab\tand return\r", "bell  and tab and return "}, {"<b>&amp;", "<b>&amp;"}, {" spaced ", " spaced "}, {"_x0041_", "_x0041_"},
	} {
		r := request(t, quarterly(t), "2023-24-Q4")
		r.Figures.(kept).conditions[figure.Place{Code: "C05", Scope: "fund:UPLIFT", Period: "2023-24-Q4"}] = returns.Condition{Status: "met", Evidence: c.evidence}
		content, _, err := returns.Draft(context.Background(), r)
		if err != nil {
			t.Errorf("evidence %q: %v", c.evidence, err)
			continue
		}
		f := opened(t, content)
		got, _ := f.GetCellValue("T03_Conditions", "B11")
		formula, _ := f.GetCellFormula("T03_Conditions", "B11")
		if got != c.want || formula != "" {
			t.Errorf("evidence %q reads %q (formula %q), want %q", c.evidence, got, formula, c.want)
		}
	}
}

// What cannot be drafted, and the sentence that says so.
func TestDraftRefuses(t *testing.T) {
	pol := figure.Place{Code: "R01", Scope: "service:STK", Period: "2023-24-Q4", Dimension: "source", Category: "POL"}
	for _, c := range []struct {
		name, period string
		spoil        func(*returns.Request)
		want         []string
	}{
		{"a month", "2024-01", func(*returns.Request) {}, []string{"2024-01 is a month"}},
		{"scopes and fields", "2023-24-Q4", func(r *returns.Request) {
			r.Scopes, r.Fields = map[string]string{"money": "fund:UPLIFT"}, map[string]string{"area": "here", "agreement": "it"}
		},
			[]string{`no "activity" under scopes, which T04_Source!B7 needs`, `no "recipient" under fields, which Cover!A4 needs`, `no "contact" under fields, which Cover!A18 needs`}},
		{"half a referral", "2023-24-Q4", func(r *returns.Request) { r.Figures.(kept).figures[pol] = returns.Value{Value: "1.5"} },
			[]string{"T04_Source!E7: the figure is 1.5 and the cell map says it is a count"}},
		{"not a number", "2023-24-Q4", func(r *returns.Request) { r.Figures.(kept).figures[pol] = returns.Value{Value: "1e3"} },
			[]string{`T04_Source!E7: "1e3" is not a number`}},
		{"more digits than fit", "2023-24-Q4", func(r *returns.Request) { r.Figures.(kept).figures[pol] = returns.Value{Value: "1234567890123456"} },
			[]string{"T04_Source!E7: 1234567890123456 has more digits than a spreadsheet keeps, which is 15"}},
		{"a text too long", "2023-24-Q4", func(r *returns.Request) { r.Fields["contact"] = strings.Repeat("x", 32768) },
			[]string{"Cover!A18: the text has 32768 characters and a cell holds 32767"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := request(t, quarterly(t), c.period)
			c.spoil(&r)
			_, _, err := returns.Draft(context.Background(), r)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want it to say %q", err, want)
				}
			}
		})
	}
}
