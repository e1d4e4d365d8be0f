package draft_test

import (
	"context"
	"errors"
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
	want := "R01 service:STK-ADV|R01 service:VCAS|R02 service:STK-ADV|R02 service:VCAS|R10 service:STK-ADV|R10 service:VCAS|" +
		"R12 service:STK-ADV|R12 service:VCAS|TR01 fund:CORE-UPL-2324|TR02A fund:CORE-UPL-2324|" +
		"TR03 fund:CORE-UPL-2324|TR03 fund:CORE-UPL-2324 organisation_type|TR03 fund:CORE-UPL-2324 organisation_type x front_line|" +
		"TR04 fund:CORE-UPL-2324|TR04 fund:CORE-UPL-2324 organisation_type|TR05 fund:CORE-UPL-2324"
	if strings.Join(got, "|") != want {
		t.Errorf("the questions find\n%s\nwant\n%s", strings.Join(got, "|"), want)
	}
	text, err := os.ReadFile(page)
	if err != nil || strings.Contains(strings.Split(string(text), "shorthand")[0], "[x]</td>") {
		t.Errorf("a figure that is shown was not declared (%v)", err)
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
