package draft_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/briefing"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

func TestMain(m *testing.M) { example.Main(m) }

// No small count of people is in the return, whatever sheet it stands on; money,
// sessions and places are all there; and the ministry may be shown all of it for a
// reason that is kept.
func TestReturnHidesSmallCounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q4")
	values := example.FiguresOf(t, ws, at.Label).Values
	look := func() (small, hidden, other int) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "draft.xlsx")
		if _, err := draft.Return(ctx, example.View(t, ws, at), "", path); err != nil {
			t.Fatal(err)
		}
		book, err := excelize.OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		files, err := ws.Template(ws.Returns[0])
		if err != nil {
			t.Fatal(err)
		}
		template, err := returns.Open(files)
		if err != nil {
			t.Fatal(err)
		}
		cells, err := template.Cells(ws.Returns[0].Scopes, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range cells {
			sheet, cell, _ := strings.Cut(c.Cell, "!")
			shows, err := book.GetCellValue(sheet, cell)
			if err != nil {
				t.Fatal(err)
			}
			victims := regexp.MustCompile(`^(R|O)\d`).MatchString(c.Place.Code)
			n, whole := typed.Whole(values[c.Place].Value)
			switch {
			case shows == "[c]" && !victims:
				other++
			case shows == "[c]":
				hidden++
			case victims && !c.Condition && c.Field == "value" && whole && n > 0 && n < 5 && !strings.Contains(shows, "%") && shows != "[x]" && shows != "[z]" && !strings.Contains(shows, "."):
				small++
			}
		}
		return small, hidden, other
	}
	if small, hidden, other := look(); small > 0 || hidden < 50 || other > 0 {
		t.Errorf("%d small counts are shown, %d hidden, %d of money or sessions hidden", small, hidden, other)
	}
	ws.Disclosure.Ministry.Off = true
	if _, err := draft.Return(ctx, example.View(t, ws, at), "", filepath.Join(t.TempDir(), "draft.xlsx")); err == nil || !strings.Contains(err.Error(), "without a reason") {
		t.Errorf("switched off without a reason: %v", err)
	}
	ws.Disclosure.Ministry.Reason = "the ministry asked for all counts in its letter"
	if small, hidden, _ := look(); small < 50 || hidden > 0 {
		t.Errorf("switched off, %d small counts are shown and %d cells hidden", small, hidden)
	}
}

// What was released is kept to: a cell that was hidden stays hidden, and a later
// output that could not help giving it away is refused.
func TestReleasesAreKeptTo(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Built(t)
	at := example.Quarter(t, "2023-24-Q3")
	out, err := draft.Release(ctx, example.View(t, ws, at), disclosure.Public, "Performance analyst", rejectedRows)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(out.Path)
	if err != nil || !strings.Contains(string(page), "[c]") {
		t.Errorf("the pack hides nothing (%v)", err)
	}
	if !strings.Contains(string(page), "<p>Bookings for January to March are open to police, health and councils.") ||
		!strings.Contains(string(page), "Training has begun: 43 people were") || !strings.Contains(string(page), "Written by training lead, 12 January 2024.") {
		t.Error("the pack does not have people's words")
	}
	list, err := archive.ReadReleased(filepath.Join(filepath.Dir(out.Path), archive.ReleasedFile))
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(list, func(f archive.Released) bool { return f.IsHidden() })
	if i < 0 {
		t.Fatal("nothing is recorded as hidden")
	}
	g, err := guard.For(ws, disclosure.Ministry)
	if err != nil {
		t.Fatal(err)
	}
	for audience, want := range map[string]int{disclosure.Public: 1, disclosure.Ministry: 1, disclosure.Briefing: 1} {
		if known, err := guard.Releases(example.View(t, ws, at), audience, g); err != nil || len(known) != want {
			t.Errorf("%s knows %d releases, want %d (%v)", audience, len(known), want, err)
		}
	}
	if _, err := draft.Release(ctx, example.View(t, ws, at), "ministry", "", nil); err == nil {
		t.Error("a briefing was released to the ministry")
	}

	// had the pack shown every source but one small one, nothing could protect that one
	stalking := figure.Place{Code: "R01", Scope: "service:STK-ADV", Period: "2023-24-Q3"}
	values := example.FiguresOf(t, ws, at.Label).Values
	var told []archive.Released
	for place, v := range values {
		if place.Code == stalking.Code && place.Scope == stalking.Scope && place.Period == stalking.Period && (place.Dimension == "source" || place.Dimension == "") {
			f := archive.Released{Printed: returns.Printed{Place: place, Field: "value"}, Shows: figure.Plain(v.Value), Value: v}
			if place.Category == "HUB" { // 4 referrals, hidden, and everything else shown
				f.Shows = "[c]"
			}
			told = append(told, f)
		}
	}
	text, err := archive.WriteReleased(told)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(filepath.Dir(out.Path), archive.ReleasedFile), 0o660); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(filepath.Dir(out.Path), archive.ReleasedFile), text, 0o660); err != nil {
		t.Fatal(err)
	}
	_, err = draft.Return(ctx, example.View(t, ws, at), "", filepath.Join(t.TempDir(), "draft.xlsx"))
	if !errors.Is(err, workspace.ErrRefused) || !strings.Contains(err.Error(), "R01 service:STK-ADV 2023-24-Q3 source HUB could be worked out from what was released in briefing 001, whatever is hidden now") ||
		!strings.Contains(err.Error(), "is: Referrals received, Stalking advocacy service, October to December 2023 (quarter 3 of 2023-24), source HUB Victim hub") ||
		!strings.Contains(err.Error(), "it stands in T04_Source, row Victim hub, column Q3 (T04_Source!D10)") ||
		!strings.Contains(err.Error(), "where the ministry has agreed to see small counts") {
		t.Errorf("the return gives away what a briefing did not: %v", err)
	}
}

// What is released later must fit what a release did not print too, as it was then.
func TestAReleaseKeepsWhatItDidNotPrint(t *testing.T) {
	t.Parallel()
	ws := example.Built(t)
	at := example.Quarter(t, "2023-24-Q3")
	out, err := draft.Release(context.Background(), example.View(t, ws, at), disclosure.Public, "Performance analyst", rejectedRows)
	if err != nil {
		t.Fatal(err)
	}
	list, err := archive.ReadReleased(filepath.Join(filepath.Dir(out.Path), archive.ReleasedFile))
	if err != nil {
		t.Fatal(err)
	}
	heldFigures(t, filepath.Dir(out.Path), list)
	g, err := guard.For(ws, disclosure.Public)
	if err != nil {
		t.Fatal(err)
	}
	kept, printed := map[figure.Place]bool{}, map[figure.Place]bool{}
	for _, f := range list {
		kept[f.Place] = true
		printed[f.Place] = printed[f.Place] || f.IsPrinted()
		if f.IsHidden() && !f.IsPrinted() {
			t.Errorf("%v is hidden, and was not printed", f.Place)
		}
	}
	values, before := example.FiguresOf(t, ws, at.Label).Values, 0
	for place := range printed {
		earlier := place
		earlier.Period = "2023-24-Q2-YTD"
		_, there := values[earlier]
		if _, guarded := g.Metrics[place.Code]; !guarded || !there || printed[earlier] {
			continue
		}
		before++
		if !kept[earlier] {
			t.Errorf("%v is printed, and %s is not kept", place, earlier.Period)
		}
	}
	if before == 0 {
		t.Error("no figure has an earlier year to date that is not printed")
	}
	cells, err := g.Decisions(list)
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range cells {
		place := figure.Place{Code: d.Cell.ID.Code, Scope: d.Cell.ID.Scope, Period: d.Cell.ID.Period, Dimension: d.Cell.ID.Dimension, Category: d.Cell.ID.Category}
		if d.Cell.Private == printed[place] {
			t.Errorf("%s: private is %v", d.Cell.ID, d.Cell.Private)
		}
	}
}

// heldFigures: the file that may go with a pack has what it printed, as it printed it,
// says what its columns are, and lies beside the text.
func heldFigures(t *testing.T, dir string, list []archive.Released) {
	t.Helper()
	open, err := os.Open(filepath.Join(dir, "figures.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	rows, err := csv.NewReader(open).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	at, hidden := 1, 0
	for _, f := range list {
		if !f.IsPrinted() {
			continue
		}
		row := rows[at]
		at++
		if f.IsHidden() {
			hidden++
		}
		if row[0] != f.Place.Code || row[1] == "" || row[5] != f.Place.Category || f.IsHidden() != (row[6] == "[c]") || f.Shows != "" && row[6] != f.Shows || row[6] == "" {
			t.Errorf("%v shows %s, and the file has %q", f.Place, f.Shows, row)
		}
	}
	if at != len(rows) || hidden == 0 {
		t.Errorf("%d figures were printed, %d hidden; the file has %d", at-1, hidden, len(rows)-1)
	}
	text, err := os.ReadFile(filepath.Join(dir, "figures.csv-metadata.json"))
	var about struct {
		URL         string `json:"url"`
		TableSchema struct {
			Columns []struct{ Name string }
		} `json:"tableSchema"`
	}
	if err = errors.Join(err, json.Unmarshal(text, &about)); err != nil || about.URL != "figures.csv" || len(about.TableSchema.Columns) != len(rows[0]) {
		t.Errorf("the description is %+v (%v)", about, err)
	}
	var bound []briefing.Bound
	text, err = os.ReadFile(filepath.Join(dir, "bindings.json"))
	if err = errors.Join(err, json.Unmarshal(text, &bound)); err != nil || !slices.ContainsFunc(bound, func(b briefing.Bound) bool { return b.Code == "S02C" && strings.HasPrefix(b.Reads, "£") }) {
		t.Errorf("what the text bound is %+v (%v)", bound, err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "briefing.docx")); err != nil || !strings.HasPrefix(string(text), "PK") {
		t.Errorf("the pack was not kept for a word processor (%v)", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "commentary.md")); err != nil || !strings.Contains(string(text), "by: commissioning officer") {
		t.Errorf("people's words were not kept (%v)", err)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "pack.md")); err != nil || !strings.Contains(string(text), "{S02C}") {
		t.Errorf("the text was not kept (%v)", err)
	}
}

// rejectedRows is why the example may leave although many rows of two of its files are rejected.
var rejectedRows = []archive.Waiver{{Check: "K21", Reason: "the rejected rows are there to be rejected", By: "Performance analyst"}}
