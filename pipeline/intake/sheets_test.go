package intake_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/extract"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

var budgetHeader = []any{"fund_code", "budget_line_code", "financial_year", "period", "profile_amount"}

// budgetOffice is an office whose provider's mapping of budgets says more besides.
func budgetOffice(t *testing.T, says string) *workspace.Workspace {
	t.Helper()
	ws := example.Office(t, `area: {code: X, name: Area, office: Office}
funds: [{code: CORE}]
services: [{code: S, provider: P, fund: CORE}]
providers:
  - code: P
    feeds: [{feed: budget_profile, files: "budget_{year}.xlsx", delivered: refresh`+says+`}]
`)
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	return ws
}

type fatal interface {
	Helper()
	Fatal(...any)
}

// bookOf saves a workbook of sheets, in the order of names, each of rows.
func bookOf(t fatal, path string, names []string, rows map[string][][]any, from1904 bool) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	if err := book.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := book.DeleteSheet("Sheet1"); err != nil {
				t.Fatal(err)
			}
		}
		for n, row := range rows[name] {
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", n+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestNoRowIsLeftUncounted: of any workbook, every row is staged, or is on a sheet that
// is told as not read, or the file is refused with the names of all sheets that could
// be meant. It is slow for the workbooks it writes.
func TestNoRowIsLeftUncounted(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ways := map[string]*workspace.Workspace{"": budgetOffice(t, ""), "all": budgetOffice(t, ", sheets: all"), "pattern": budgetOffice(t, `, sheets: all, sheet_pattern: "^S[0-2]$"`)}
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		way := rapid.SampledFrom([]string{"", "all", "pattern"}).Draw(rt, "way")
		var names, headed []string
		rows := map[string][][]any{}
		total := 0
		for i := range rapid.IntRange(1, 4).Draw(rt, "sheets") {
			name := fmt.Sprintf("S%d", i)
			names = append(names, name)
			if rapid.Bool().Draw(rt, "headed") {
				if way != "pattern" || i < 3 {
					headed = append(headed, name)
				}
				rows[name] = [][]any{budgetHeader}
			}
			for n := range rapid.IntRange(0, 4).Draw(rt, "rows") {
				rows[name] = append(rows[name], []any{"CORE", "TRN-DEL", "2023-24", n + 1, 10})
			}
			total += len(rows[name])
		}
		path := bookOf(rt, filepath.Join(dir, "budget_2023-24.xlsx"), names, rows, false)
		landed, err := ways[way].Landing.Land(ctx, landing.Request{Files: []string{path}, Providers: ways[way].Register.Providers, Dry: true})
		if err != nil {
			rt.Fatal(err)
		}
		deliveries, err := landing.Resolve([]landing.Receipt{landed[0].Receipt}, nil, ways[way].Register.Providers, ways[way].Location)
		if err != nil {
			rt.Fatal(err)
		}
		found, err := typed.StageFile(ctx, ways[way], deliveries[0], typed.Place{Bytes: path, Staged: filepath.Join(dir, "staged")})
		if err != nil {
			rt.Fatal(err)
		}
		counted, read := 0, []string{}
		for _, s := range found {
			if s.Refused != "" {
				for _, name := range headed {
					if len(headed) > 1 && !strings.Contains(s.Refused, `"`+name+`"`) {
						rt.Fatalf("the refusal does not name %s: %s", name, s.Refused)
					}
				}
				if way != "" && len(headed) > 0 {
					rt.Fatalf("refused: %s", s.Refused)
				}
				return
			}
			counted += int(s.Table.Rows) + 1
			read = append(read, s.Table.Sheet)
		}
		if !slices.Equal(read, headed) {
			rt.Fatalf("%q are read of those with the header, %q", read, headed)
		}
		unread, err := extract.UnreadSheets(ctx, path, "budget_2023-24.xlsx", extract.Options{}, read)
		if err != nil {
			rt.Fatal(err)
		}
		for _, u := range unread {
			counted += int(u.Rows)
		}
		if counted != total {
			rt.Fatalf("%d rows are told of, and the workbook has %d", counted, total)
		}
	})
}

// TestSheetsOfOneFile: a key on two sheets of a file is there twice; a sheet that
// cannot be read refuses the file; what is not read is said. Three files are judged, a
// second each.
func TestSheetsOfOneFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := budgetOffice(t, ", sheets: all")
	row := func(period any) []any { return []any{"CORE", "TRN-DEL", "2023-24", period, 10} }
	path := bookOf(t, filepath.Join(ws.Dir, "budget_2023-24.xlsx"), []string{"Apr", "Notes", "May"},
		map[string][][]any{"Apr": {budgetHeader, row(1), row(2)}, "Notes": {{"read me"}}, "May": {budgetHeader, row(2), row(3), row(13), row(14)}}, false)
	landed, err := intake.LandAndJudge(ctx, ws, []string{path}, landing.Given{}, false)
	if err != nil || len(landed) != 2 {
		t.Fatalf("%+v, %v", landed, err)
	}
	var got []string
	for _, l := range landed {
		got = append(got, fmt.Sprintf("%s %d = %d + %d %s", l.Sheet, l.Rows, l.Accepted, l.Rejected, l.Message))
	}
	if diff := cmp.Diff([]string{`Apr 2 = 1 + 1 not read, since no feed of the provider's does: the sheet "Notes" (1 row)`, "May 4 = 1 + 3 "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	receipts, err := ws.Landing.Receipts()
	if err != nil {
		t.Fatal(err)
	}
	unread, err := intake.Unread(ctx, ws, []landing.Landed{{Receipt: receipts[0], Status: landing.StatusLanded}})
	if want := []string{`budget_2023-24.xlsx: not read, since no feed of the provider's does: the sheet "Notes" (1 row)`}; err != nil || !slices.Equal(unread, want) {
		t.Errorf("a run says %q (%v)", unread, err)
	}
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		t.Fatal(err)
	}
	found, err := table.Query(ctx, example.TypedWarehouse(t, ws, sources), `SELECT sheet || ' ' || "row" || ' ' || rule FROM fault ORDER BY ALL`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([][]any{{"Apr 3 duplicate key"}, {"May 2 duplicate key"}, {"May 4 range"}, {"May 5 range"}}, found.Rows); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	twice := append(slices.Clone(budgetHeader), "Profile amount")
	bookOf(t, path, []string{"Apr", "May"}, map[string][][]any{"Apr": {budgetHeader, row(1)}, "May": {twice, row(2)}}, false)
	landed, err = intake.LandAndJudge(ctx, ws, []string{path}, landing.Given{}, false)
	if err != nil || len(landed) != 1 || landed[0].Status != "refused" || !strings.HasPrefix(landed[0].Message, `of the sheet "May": the headers "profile_amount" (column 5) and "Profile amount" (column 6) each mean`) {
		t.Errorf("%+v, %v", landed, err)
	}

	bookOf(t, path, []string{"Apr"}, map[string][][]any{"Apr": {budgetHeader, row(13), row(14)}}, false)
	landed, err = intake.LandAndJudge(ctx, ws, []string{path}, landing.Given{}, false)
	if want := `not one row is accepted, so nothing of it counts; the first, row 2: period is "13", which is not between 1 and 12`; err != nil || landed[0].Message != want {
		t.Errorf("%+v, %v", landed, err)
	}
}

// TestSerialsFrom1904: the bare number of a day is that of the workbook's own count,
// also where a column was taken out before the file was kept. Each of four offices lands
// and judges a file, which takes a second.
func TestSerialsFrom1904(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, drop := range []string{"", ", drop: [Client]"} {
		for from1904, serial := range map[bool]int{false: 45382, true: 43920} {
			ws := example.Office(t, `area: {code: X, name: Area, office: Office}
funds: [{code: CORE}]
services: [{code: S, provider: P, fund: CORE}]
providers:
  - code: P
    feeds: [{feed: referrals, files: "r_{year}.xlsx", delivered: refresh, dates: serials`+drop+`}]
`)
			if err := ws.Load(); err != nil {
				t.Fatal(err)
			}
			c, _ := ws.Contract("referrals")
			header, row := []any{}, []any{}
			for _, col := range c.Columns {
				header, row = append(header, col.Name), append(row, nil)
				if col.Name == "referral_received_date" {
					row[len(row)-1] = serial
				}
			}
			if drop != "" {
				header, row = append(header, "Client"), append(row, "of no matter")
			}
			path := bookOf(t, filepath.Join(ws.Dir, "r_2023-24.xlsx"), []string{"A"}, map[string][][]any{"A": {header, row}}, from1904)
			if landed, err := intake.Land(ctx, ws, []string{path}, landing.Given{}); err != nil || landed[0].Status != "landed" {
				t.Fatalf("%+v, %v", landed, err)
			}
			sources, err := typed.Stage(ctx, ws)
			if err != nil {
				t.Fatal(err)
			}
			found, err := table.Query(ctx, example.TypedWarehouse(t, ws, sources), "SELECT referral_received_date FROM typed.referrals")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([][]any{{"2024-03-31"}}, found.Rows); diff != "" {
				t.Errorf("from 1904: %v, dropped: %q (-want +got):\n%s", from1904, drop, diff)
			}
		}
	}
}

// A dry run of the inbox judges each file by itself: a case that goes on in the next
// quarter's file is no repeated key.
func TestADryRunJudgesEachFileByItself(t *testing.T) {
	t.Parallel()
	ws := example.Cleveland(t)
	files, err := intake.LandAndJudge(t.Context(), ws, nil, landing.Given{}, true)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{"hub_referrals_2023-24_q1.csv": 0, "hub_referrals_2023-24_q2.csv": 2, "hub_referrals_2023-24_q3.csv": 0, "hub_referrals_2023-24_q4.csv": 2}
	for _, f := range files {
		if n, ok := want[f.File]; ok && (f.Rejected != n || f.Rows == 0) {
			t.Errorf("%s: %d of %d rows are rejected, want %d", f.File, f.Rejected, f.Rows, n)
		}
		delete(want, f.File)
	}
	if len(want) > 0 {
		t.Errorf("not judged: %v", want)
	}
}
