package intake_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/contract"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// blankOf makes a feed's blank for 2023-24 and opens it.
func blankOf(t *testing.T, ws *workspace.Workspace, feed, provider string) (content []byte, name string, book *excelize.File) {
	t.Helper()
	content, name, err := intake.BlankExtract(ws, feed, provider, 2023)
	if err != nil {
		t.Fatal(err)
	}
	if book, err = excelize.OpenReader(bytes.NewReader(content)); err != nil {
		t.Fatal(err)
	}
	return content, name, book
}

// Every feed's blank has the contract's columns; a drop-down's codes stand on a
// sheet, and the same contract gives the same bytes.
func TestBlankExtracts(t *testing.T) {
	ws := example.Cleveland(t)
	for _, provider := range ws.Register.Providers {
		for _, feed := range provider.Feeds {
			content, name, book := blankOf(t, ws, feed.Feed, provider.Code)
			if want := strings.ToLower(provider.Code) + "_" + feed.Feed + "_extract_2023-24_v1.xlsx"; name != want {
				t.Errorf("it is called %s, want %s", name, want)
			}
			again, _, _ := intake.BlankExtract(ws, feed.Feed, provider.Code, 2023)
			if !bytes.Equal(content, again) {
				t.Errorf("%s: made again, the bytes differ", name)
			}
			rows, err := book.GetRows(feed.Feed)
			c, _ := ws.Contract(feed.Feed)
			if err != nil || len(rows) != 1 || len(rows[0]) != len(c.Columns) {
				t.Errorf("%s: the header is %v, %v", name, rows, err)
			}
			rules, err := book.GetDataValidations(feed.Feed)
			if err != nil || len(rules) == 0 {
				t.Errorf("%s has no rules for entries, %v", name, err)
			}
			for _, r := range rules {
				if r.Type == "list" && !strings.HasPrefix(r.Formula1, "Lists!$") {
					t.Errorf("%s: the drop-down of %s is %s", name, r.Sqref, r.Formula1)
				}
			}
			book.Close()
		}
	}
	for _, wrong := range [][2]string{{"colours", "SLT"}, {"referrals", "XYZ"}, {"spend", "SLT"}} {
		if _, _, err := intake.BlankExtract(ws, wrong[0], wrong[1], 2023); err == nil {
			t.Errorf("%v: a blank was made", wrong)
		}
	}
}

// Filled in as a person would and sent, the blank of every feed is accepted whole:
// from a provider without any mapping, and from one whose own files have headers,
// codes, dates and sheets of their own.
func TestFilledBlankExtractsLand(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	own := register.Provider{Code: "NEW", Name: "New provider"}
	other := register.Provider{Code: "OLD", Name: "Old provider"}
	for _, c := range ws.Contracts {
		files := "their-" + c.Feed + "-{year}.csv"
		own.Feeds = append(own.Feeds, register.Feed{Feed: c.Feed, Files: files, Delivered: "refresh"})
		key := c.Columns[slices.IndexFunc(c.Columns, func(col contract.Column) bool { return col.Type == "text" && col.Register == "" })].Name
		other.Feeds = append(other.Feeds, register.Feed{Feed: c.Feed, Files: "old-" + files, Delivered: "refresh", Sheet: "Export", HeaderRow: 3, Dates: register.Names{"day-first"}, Encoding: "windows-1252",
			Columns: map[string]register.Names{key: {"Our reference"}}, Codes: map[string]map[string]string{key: {"x": "y"}}})
	}
	ws.Register.Providers = append(ws.Register.Providers, own, other)
	ws.Register.Services = append(ws.Register.Services, register.Service{Code: "NEW-SVC", Name: "New service", Provider: "NEW", Fund: "CORE"}, register.Service{Code: "OLD-SVC", Name: "Old service", Provider: "OLD", Fund: "CORE"})
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	var paths []string
	rows := map[string]int{}
	for _, provider := range []register.Provider{own, other} {
		for _, c := range ws.Contracts {
			typed := example.ReadCSV(t, filepath.Join("../../testdata/blanks", c.Feed+".csv"))
			path := fillIn(t, ws, c, provider.Code, typed)
			paths = append(paths, path)
			rows[filepath.Base(path)] = len(typed) - 1
		}
	}
	landed, err := intake.LandAndJudge(ctx, ws, paths, landing.Given{}, false)
	if err != nil || len(landed) != len(paths) {
		t.Fatalf("%d files landed of %d, %v", len(landed), len(paths), err)
	}
	for _, l := range landed {
		want := int64(rows[l.File])
		if l.Status != "landed" || !strings.HasPrefix(l.File, strings.ToLower(l.Provider)+"_"+l.Feed+"_") || l.Rows != want || l.Accepted != want ||
			!strings.HasPrefix(l.Message, `not read, since no feed of the provider's does: the sheet "Notes" (`) || strings.Contains(l.Message, ";") {
			t.Errorf("%+v, want %d rows accepted", l, want)
			found, err := intake.Annotate(ctx, ws, intake.Annotation{File: l.File})
			t.Errorf("%+v %v", found, err)
		}
	}
}

// fillIn types rows into a blank extract: dates and numbers into the cells as such,
// where the blank has a format for them.
func fillIn(t *testing.T, ws *workspace.Workspace, c contract.Contract, provider string, typed [][]string) string {
	t.Helper()
	_, name, book := blankOf(t, ws, c.Feed, provider)
	defer book.Close()
	header, err := book.GetRows(c.Feed)
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range typed[1:] {
		for j, value := range row {
			column := slices.Index(header[0], typed[0][j])
			at := slices.IndexFunc(c.Columns, func(col contract.Column) bool { return col.Title == typed[0][j] })
			if column < 0 || at < 0 {
				t.Fatalf("the blank of %s has no column %q", c.Feed, typed[0][j])
			}
			cell, err := excelize.CoordinatesToCellName(column+1, i+2)
			if err != nil {
				t.Fatal(err)
			}
			switch value = strings.Replace(value, "NEW", provider, 1); {
			case value == "":
			case c.Columns[at].Type == "date":
				day, dateErr := time.Parse(time.DateOnly, value)
				err = errors.Join(dateErr, book.SetCellInt(c.Feed, cell, int64(day.Sub(time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)).Hours()/24)))
			case slices.Contains([]string{"integer", "money", "number"}, c.Columns[at].Type):
				number, numberErr := strconv.ParseFloat(value, 64)
				err = errors.Join(numberErr, book.SetCellValue(c.Feed, cell, number))
			default:
				err = book.SetCellStr(c.Feed, cell, value)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	path := filepath.Join(ws.Dir, name)
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// A spreadsheet program calls a workbook damaged whose help for a cell is too long.
func TestBlankExtractHelp(t *testing.T) {
	ws := example.Cleveland(t)
	for _, provider := range ws.Register.Providers {
		for _, feed := range provider.Feeds {
			_, name, book := blankOf(t, ws, feed.Feed, provider.Code)
			rules, err := book.GetDataValidations(feed.Feed)
			c, _ := ws.Contract(feed.Feed)
			if err != nil || len(rules) != len(c.Columns) {
				t.Errorf("%s helps with %d of %d columns, %v", name, len(rules), len(c.Columns), err)
			}
			for _, r := range rules {
				required := c.Columns[slices.IndexFunc(c.Columns, func(col contract.Column) bool {
					return strings.HasPrefix(col.Title, strings.TrimSuffix(*r.PromptTitle, "..."))
				})].Constraints.Required
				if len([]rune(*r.PromptTitle)) > 32 || len([]rune(*r.Prompt)) > 255 || strings.HasPrefix(*r.Prompt, "Required: ") != required {
					t.Errorf("%s: the help %q, %q", name, *r.PromptTitle, *r.Prompt)
				}
			}
			if who, err := book.GetCellValue("Notes", "B2"); err != nil || who != provider.Code {
				t.Errorf("%s says it is of %q, %v", name, who, err)
			}
			book.Close()
		}
	}
	if senders, err := ws.Senders("referrals"); err != nil || strings.Join(senders, " ") != "SLT HUB" {
		t.Errorf("referrals are sent by %v, %v", senders, err)
	}
}
