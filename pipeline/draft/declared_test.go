package draft_test

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// The questions of the briefing find what they declare, all of it, and nothing else.
func TestQuestionsFindWhatTheyDeclare(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	v := example.View(t, example.Shared(t), example.Quarter(t, "2023-24-Q4"))
	page := filepath.Join(t.TempDir(), "page.html")
	if _, err := draft.Briefing(ctx, v, page); err != nil {
		t.Fatal(err)
	}
	type found struct{ Shown string }
	list, err := warehouse.Select[found](ctx, v.Conn, `SELECT DISTINCT concat_ws(' ', code, scope, dimension) AS shown FROM figure
		WHERE code[1] NOT IN ('S', 'C') ORDER BY shown`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range list {
		got = append(got, strings.TrimSpace(f.Shown))
	}
	want := strings.ReplaceAll("O1 S outcome|O2 S outcome|O6 S outcome|O7 S outcome|R01 S|R01 S source|R01 service:VCAS|R02 S|R02 S la|R02 service:VCAS|"+
		"R07 S|R08 S|R08P S|R08S S|R10 S|R10 service:VCAS|R12 S|R12 service:VCAS|R13 S age_band|R13 S disability|R13 S ethnicity_group|R13 S sex|R14 S|R14D S|"+
		"R22 S spo_status|R25 S la|TR01 F|TR02A F|TR03 F|TR03 F organisation_type|TR03 F organisation_type x front_line|"+
		"TR04 F|TR04 F organisation_type|TR05 F|TR08 F|TR08A F|TR08B F|TR09 F|TR09A F|TR09B F|TR10 F|TR11 F|TR11R F", " S", " service:STK-ADV")
	want = strings.ReplaceAll(want, " F", " fund:CORE-UPL-2324")
	if strings.Join(got, "|") != want {
		t.Errorf("the questions find\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	text, err := os.ReadFile(page)
	if err != nil || strings.Contains(strings.Split(string(text), "shorthand")[0], "[x]</td>") {
		t.Errorf("a figure that is shown was not declared (%v)", err)
	}
}

// However many files a pack is written as, each hides the same; and what is guarded once is
// not guarded again, which would show what is hidden.
func TestEveryFileHidesTheSame(t *testing.T) {
	t.Parallel()
	ws := example.Built(t)
	v := example.View(t, ws, example.Quarter(t, "2023-24-Q4"))
	made, err := draft.Briefings(context.Background(), v, "html", "docx")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(made[0].Path)
	if err != nil {
		t.Fatal(err)
	}
	archive, err := zip.OpenReader(made[1].Path)
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()
	file, err := archive.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	document, err := io.ReadAll(file)
	inPage, inDocument := strings.Count(string(page), ">[c]<"), strings.Count(string(document), ">[c]<")
	if err != nil || inPage == 0 || inPage != inDocument {
		t.Errorf("the page hides %d figures, the document %d (%v)", inPage, inDocument, err)
	}
	if _, err := draft.Briefing(context.Background(), v, filepath.Join(t.TempDir(), "again.html")); err == nil {
		t.Error("a View was guarded twice")
	}
}

// What is declared is a metric and a breakdown that there are.
func TestWhatIsDeclaredIsThere(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	file := filepath.Join(ws.Dir, "queries", "briefing", "training.sql")
	text, err := os.ReadFile(example.File(t, "queries", "briefing", "training.sql"))
	if err == nil {
		text = []byte(strings.Replace(string(text), "TR01, TR02A, TR03", "TR00, TR01 by mood of money in this\n-- shows: TR02A", 1))
		err = workspace.WriteFile(file, text)
	}
	if err != nil {
		t.Fatal(err)
	}
	v := example.View(t, example.Shared(t), example.Quarter(t, "2023-24-Q4"))
	v.Workspace = example.Open(t, ws.Dir)
	_, err = draft.Briefing(context.Background(), v, filepath.Join(t.TempDir(), "page.html"))
	for _, want := range []string{`training.sql:3: shows "TR00", which is not a metric`, `training.sql:3: shows TR01 by "mood"`,
		"training.sql: it names TR03 and does not say that it shows it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %s", err, want)
		}
	}
}

// The text of the pack is the office's: a figure it binds is shown, one that is typed is
// refused with its line.
func TestAnOfficesOwnText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"# Ours\n\nPolice sent {R01[source=POL]|referral|referrals}, the hub {R01[source=HUB]}; {change R01 last-quarter}.\n": "Police sent 50 referrals, the hub a number not shown, to protect people;",
		"# Ours\n\nPolice sent 54 referrals.\n": "briefing/pack.md:3:13: \"54\" is typed",
	} {
		ws := example.Cleveland(t)
		err := os.RemoveAll(filepath.Join(ws.Dir, "commentary")) // this text has no place for it
		if err := errors.Join(err, workspace.WriteFile(filepath.Join(ws.Dir, "templates", "briefing", "pack.md"), []byte(text))); err != nil {
			t.Fatal(err)
		}
		v := example.View(t, example.Shared(t), example.Quarter(t, "2023-24-Q3"))
		v.Workspace = example.Open(t, ws.Dir)
		path := filepath.Join(t.TempDir(), "page.html")
		_, err = draft.Briefing(context.Background(), v, path)
		page, _ := os.ReadFile(path)
		if !strings.Contains(string(page), want) && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%v, and the page does not say %s:\n%.9000s", err, want, page)
		}
	}
}
