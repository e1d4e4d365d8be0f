package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
)

// marked is what a marked workbook says: its comments by cell, and some of its cells.
func marked(t *testing.T, path string, cells ...string) (comments, values map[string]string) {
	t.Helper()
	f, err := excelize.OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	comments, values = map[string]string{}, map[string]string{}
	for _, sheet := range f.GetSheetList() {
		found, err := f.GetComments(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range found {
			comments[sheet+"!"+c.Cell] = c.Text
			for _, run := range c.Paragraph {
				comments[sheet+"!"+c.Cell] += run.Text
			}
		}
	}
	for _, at := range cells {
		sheet, cell, _ := strings.Cut(at, "!")
		if values[at], err = f.GetCellValue(sheet, cell); err != nil {
			t.Fatal(err)
		}
	}
	return comments, values
}

// landSome lands what a pattern finds in the inbox of the example.
func landSome(t *testing.T, ws *workspace.Workspace, pattern string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(ws.Dir, "inbox", pattern))
	if err != nil || len(files) == 0 {
		t.Fatalf("no file is like %s: %v", pattern, err)
	}
	if _, err := intake.Land(context.Background(), ws, files, landing.Given{}); err != nil {
		t.Fatal(err)
	}
}

// A workbook with two feeds is marked on both sheets, in its own words, and repeats
// no value that is withheld. Sent again as it is, list and all, it reads the same.
func TestAnnotateWorkbook(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	landSome(t, ws, "slt_training*")
	to := filepath.Join(ws.Dir, "slt_training_2023-24_v3.xlsx")
	done, err := intake.Annotate(ctx, ws, intake.Annotation{File: "slt_training_2023-24_v2.xlsx", To: to})
	if err != nil || len(done) != 1 || done[0].Faults != 5 || done[0].Rows != 5 || done[0].Path != to {
		t.Fatalf("%+v, %v", done, err)
	}
	comments, values := marked(t, to, "Delegates!B145", "Delegates!T145", "Faults!E21")
	const row, value = ". This row is rejected until it is mended.", ". This value is left out; the row counts without it."
	want := map[string]string{
		"Sessions!F15":   `FAULT: Duration in minutes is "5", which is not between 15 and 600; correct it` + row,
		"Sessions!L16":   `FAULT: Status is "DONE", which is not a code we know; use DEL, CAN, RES or PLA, or tell us what it means` + row,
		"Delegates!F144": `FAULT: Front line is "Yes", which is not a code we know; use Y or N, or tell us what it means` + row,
		"Delegates!B145": `FAULT: Delegate pseudo ID is (withheld), which is not a keyed hash, which is 16 to 64 of the characters 0-9 and a-f; never send a name` + row,
		"Delegates!N147": `FAULT: Confidence after is "6", which is not between 1 and 5; correct it` + value,
	}
	if d := cmp.Diff(want, comments); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"Delegates!B145": "12345", "Delegates!T145": "ROW REJECTED: Delegate pseudo ID", "Faults!E21": "(withheld)"}, values); d != "" {
		t.Error(d)
	}
	was, err := intake.LandAndJudge(ctx, ws, []string{filepath.Join(ws.Dir, "inbox", "slt_training_2023-24_v2.xlsx")}, landing.Given{}, false)
	if err != nil {
		t.Fatal(err)
	}
	is, err := intake.LandAndJudge(ctx, ws, []string{to}, landing.Given{}, false)
	if err != nil || len(is) != 2 || len(was) != 2 {
		t.Fatalf("%+v, %+v, %v", was, is, err)
	}
	for i := range is {
		if is[i].Status != "landed" || is[i].Sheet != was[i].Sheet || is[i].Rows != was[i].Rows || is[i].Accepted != was[i].Accepted || is[i].Rejected != was[i].Rejected {
			t.Errorf("sent again it is %+v, was %+v", is[i], was[i])
		}
	}
}

// Of a CSV a workbook is made, every value in the row and column it has there; the
// sentences name the sender's own headers. What counts is told of in a folder.
func TestAnnotateOthers(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	ws.Register.Providers = example.WithFeed(ws.Register.Providers, "HUB", "referrals", func(f *register.Feed) {
		f.Files = "hub_referrals_{year}_q*.csv" // names that say no quarter: each file adds to the others
	})
	landSome(t, ws, "hub_*")
	changed := filepath.Join(ws.Dir, "hub_referrals_2023-24_q2.csv")
	text, err := os.ReadFile(filepath.Join(ws.Dir, "inbox", "hub_referrals_2023-24_q2.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(changed, append(text, "\r\n"...), 0o660); err != nil { // a delivery of its own, which adds to the other
		t.Fatal(err)
	}
	if _, err := intake.Land(ctx, ws, []string{changed}, landing.Given{}); err != nil {
		t.Fatal(err)
	}
	done, err := intake.Annotate(ctx, ws, intake.Annotation{Provider: "HUB"})
	if err != nil || len(done) != 3 {
		t.Fatalf("%+v, %v", done, err)
	}
	var names []string
	for _, d := range done {
		names = append(names, filepath.Base(d.Path))
		if filepath.Dir(d.Path) != ws.Path("annotated") {
			t.Errorf("it is in %s", d.Path)
		}
	}
	slices.Sort(names)
	if names[0] != "hub_referrals_2023-24_q2_faults.xlsx" || !strings.HasPrefix(names[1], "hub_referrals_2023-24_q2_faults_") || names[2] != "hub_referrals_2023-24_q4_faults.xlsx" {
		t.Errorf("the files are %v", names)
	}
	_, values := marked(t, ws.Path("annotated", names[0]), "referrals!A1", "referrals!D270", "referrals!C271", "Faults!A4")
	for at, want := range map[string]string{"referrals!A1": "Case reference", "referrals!D270": "Constabulary", "referrals!C271": "2023-13-01",
		"Faults!A4": "This workbook was made of the file that was sent, every value as text, to show where the faults are. Mend them where the file comes from, and send that again."} {
		if values[at] != want {
			t.Errorf("%s is %q, want %q", at, values[at], want)
		}
	}
	comments, _ := marked(t, ws.Path("annotated", names[0]))
	// the hub's own words for our codes, ours for those it has none for, and its dates
	for at, want := range map[string]string{
		"referrals!D270": `FAULT: Referred by is (12 letters), which is not a code we know; use Police, Self, Family, HUB, DAS, SVS, MRC, Helpline, AF, LAC, LAA, Housing, ` +
			`Health, EDU, PRB, Court, EMP, VCS, OTH or Not recorded, or tell us what it means. `,
		"referrals!C271": `FAULT: Date received is "2023-13-01", which is not a date that exists; write it as 31/03/2024. `,
		"referrals!V272": `FAULT: Sex is (5 letters), which is not a code we know; use Female, Male or Unknown, or tell us what it means. `,
	} {
		if !strings.HasPrefix(comments[at], want) || len(comments) != 3 {
			t.Errorf("%s: want %q of the comments %q", at, want, comments)
		}
	}
}

// An OpenDocument file is shown as a workbook too, sheet by sheet; what was refused
// says why.
func TestAnnotateOpenDocument(t *testing.T) {
	ctx := context.Background()
	ws := example.Cleveland(t)
	feed := register.Feed{Feed: "training_sessions", Files: "open_{year}.ods", Delivered: "refresh",
		Columns:   map[string]register.Names{"session_id": {"Session"}, "session_date": {"Date"}, "start_time": {"Starts"}, "places_offered": {"Places"}},
		Constants: map[string]string{"fund_code": "CORE", "course_code": "STK-ID", "duration_minutes": "60", "mode_code": "F2F", "status_code": "DEL"}}
	ws.Register.Providers = append(ws.Register.Providers, register.Provider{Code: "ODS", Name: "Sends OpenDocument", Feeds: []register.Feed{feed, {Feed: "training_delegates", Files: "open_{year}.ods", Delivered: "refresh"}}})
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	example.Put(t, ws, "open_2023-24.ods", "../../testdata/extracts/libreoffice.ods")
	done, err := intake.Annotate(ctx, ws, intake.Annotation{File: "open_2023-24.ods", To: filepath.Join(ws.Dir, "marked")})
	if err != nil || len(done) != 1 || done[0].Faults != 3 || !strings.HasPrefix(done[0].Message, "training_delegates: the column session_id is missing") {
		t.Fatalf("%+v, %v", done, err)
	}
	comments, values := marked(t, filepath.Join(ws.Dir, "marked", "open_2023-24_faults.xlsx"), "Sessions!A3", "Sessions!B5", "Sessions!G7", "Faults!A5")
	for at, want := range map[string]string{"Sessions!B5": `Date is "31/03/2024", which is not a date that exists`, "Sessions!G5": `Places is "0.1", which is not a whole number`, "Sessions!G7": `Places is (1 letter, 17 digits, 2 signs), which is not a whole number`} {
		if !strings.HasPrefix(comments[at], "FAULT: "+want) {
			t.Errorf("%s: %q, want %q", at, comments[at], want)
		}
	}
	if values["Sessions!A3"] != "Session" || values["Sessions!B5"] != "31/03/2024" || !strings.HasPrefix(values["Faults!A5"], "Nothing was taken in as Training delegates: the column session_id is missing") {
		t.Errorf("its cells are %v", values)
	}
	refused := example.Sends(t, ws, example.WithColumn("Client name", "xyzzy"))
	for _, which := range []string{"slt_referrals_2023-24_v9.csv", refused.SHA256[:10]} {
		if _, err := intake.Annotate(ctx, ws, intake.Annotation{File: which}); err == nil || !strings.Contains(err.Error(), "slt_referrals_2023-24_v9.csv was refused on 22 April 2024 and is not kept: personal data") || strings.Contains(err.Error(), "xyzzy") {
			t.Errorf("%s: %v", which, err)
		}
	}
}
