package published_test

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/figure"
	"mojreturns/pipeline/guard"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/returns"
	"mojreturns/pipeline/table"
)

func TestMain(m *testing.M) { example.Main(m) }

// A condition's cell leads to the rows that breach it, a cell about the quality of
// the data to the rows that it counts.
func TestTraceCells(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q4")
	sent := example.ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv"))
	count := func(column string, counts func(value string) bool) (n int) {
		i := slices.Index(sent[0], column)
		for _, row := range sent[1:] {
			if counts(row[i]) {
				n++
			}
		}
		return n
	}
	unknown, blank := func(v string) bool { return v == "NK" || v == "NS" }, func(v string) bool { return v == "" }
	for _, c := range []struct {
		cell, value, file string
		rows              int
	}{
		{"T03_Conditions!C8", "at risk", "finance_spend_2023-24_v12.csv", 1},  // one commitment outside the window
		{"T03_Conditions!D15", "not met", "finance_spend_2023-24_v12.csv", 1}, // one line without evidence
		{"T03_Conditions!B10", "met", "", 0},                                  // nothing breaches it
		{"T16_Quality!B8", "", "slt_referrals_2023-24_v4.csv", len(sent) - 1}, // every row
		{"T16_Quality!D8", "", "slt_referrals_2023-24_v4.csv", count("referral_source_code", unknown)},
		{"T16_Quality!C11", "", "slt_referrals_2023-24_v4.csv", count("first_contact_date", blank)},
		{"T16_Quality!D23", "", "slt_referrals_2023-24_v4.csv", count("sex_code", unknown)},
	} {
		held, err := published.Mapped(ws, "", c.cell, at)
		if err != nil {
			t.Fatal(err)
		}
		parts, err := example.View(t, ws, at).TraceSent(ctx, "", held, false)
		if err != nil || len(parts) != 1 {
			t.Fatalf("%s: %d parts, %v", c.cell, len(parts), err)
		}
		rows := parts[0].Rows.Rows
		if len(rows) != c.rows || c.value != "" && parts[0].Value != c.value {
			t.Errorf("%s is %q from %d rows, want %q from %d", c.cell, parts[0].Value, len(rows), c.value, c.rows)
		}
		for _, row := range rows {
			if table.AsText(row[0]) != c.file || table.AsText(row[1]) == "" || table.AsText(row[3]) == "" {
				t.Errorf("%s: where the row stands is not said: %v", c.cell, row)
			}
		}
	}
	held, err := published.Mapped(ws, "", "T16_Quality!D8", at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := example.View(t, ws, at).TraceSent(ctx, "", held, true); err == nil || !strings.Contains(err.Error(), "trace without --as-sent") {
		t.Errorf("what was withheld may be shown: %v", err)
	}
}

// Every figure can be followed to its rows: one of each metric in each kind of scope,
// with and without a breakdown. It is slow for their number.
func TestEveryMetricCanBeTraced(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q4").ToDate()
	v, err := published.Open(ctx, ws, at)
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	f, err := v.Figures(ctx)
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]figure.Place{} // by code, kind of scope and dimension: the first of each
	for place := range f.Values {
		kind, _, _ := strings.Cut(place.Scope, ":")
		key := strings.Join([]string{place.Code, kind, place.Dimension}, " ")
		if had, ok := of[key]; place.Period == at.Label && (!ok || guard.IDOf(place).Compare(guard.IDOf(had)) < 0) {
			of[key] = place
		}
	}
	traced := map[string]bool{}
	for key, place := range of {
		parts, err := v.TraceHeld(ctx, ws.Returns[0], returns.Held{Place: place})
		if err != nil || len(parts) == 0 {
			t.Errorf("%s: %d parts, %v", key, len(parts), err)
		}
		traced[place.Code] = true
	}
	for _, m := range ws.Metrics.Metrics {
		if !traced[m.Code] {
			t.Errorf("%s has no figure in %s to trace", m.Code, at.Label)
		}
	}
}

// What the checks found that belongs to no period is told of every period, also of one
// in a year that nothing was delivered for.
func TestChecksOfAnotherYear(t *testing.T) {
	t.Parallel()
	ws := example.Shared(t)
	all, err := published.Findings(context.Background(), ws)
	if err != nil {
		t.Fatal(err)
	}
	var want []published.Finding
	for _, f := range all {
		if f.Period == "" {
			want = append(want, f)
		}
	}
	for _, label := range []string{"2022-23-Q4", "2024-25-Q1", "2024-25-H2", "2025-26"} {
		got, err := example.View(t, ws, example.Quarter(t, label)).Check(context.Background())
		if diff := cmp.Diff(want, got); err != nil || diff != "" || len(got) < 5 {
			t.Errorf("%s: %d found, %v\n%s", label, len(got), err, diff)
		}
	}
}

// On a screen amounts have their £, shares are per cent and codes have their labels;
// as CSV they are bare.
func TestScreensHaveWords(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	at := example.Quarter(t, "2023-24-Q4")
	figures, err := published.FigureRows(ctx, ws, published.Question{Period: at, Codes: []string{"R20", "S02", "R01"}})
	if err != nil {
		t.Fatal(err)
	}
	conditions, err := example.View(t, ws, at).ConditionRows(ctx, "CORE-UPL-2324", false)
	if err != nil {
		t.Fatal(err)
	}
	traced, err := published.Trace(ctx, ws, figure.Place{Code: "S02", Scope: "fund:CORE-UPL-2324", Period: at.Label, Dimension: "budget_line", Category: "TRN-VEN"})
	if err != nil || len(traced) != 1 || traced[0].Of != "S02 budget_line TRN-VEN Training venue" || traced[0].Said != "-£45.00" || traced[0].Value != "-45" {
		t.Fatalf("%+v, %v", traced, err)
	}
	for _, c := range []struct {
		rows            table.Table
		screen, written string
	}{
		{figures, "│ S02  │ eligible_spend ", ",12600,"},
		{figures, " £12,600.00 │", "S02,eligible_spend,fund:CORE-UPL-2324,2023-24-Q4,,,12600,"},
		{figures, "│ POL Police ", ",source,POL,"},
		{figures, "│ TRN-VEN Training venue ", ",budget_line,TRN-VEN,-45,"},
		{conditions, "│ £21,900.00 │  £22,528.57 │", ",21900,22528.57,"},
		{conditions, "│      87.3% │       80.0% │", ",0.87"},
		{traced[0].Rows, "│ TRN-VEN Training venue │", ",TRN-VEN,"},
		{traced[0].Rows, "│   -£45.00 │", ",-45.00"},
	} {
		for format, want := range map[string]string{"table": c.screen, "csv": c.written} {
			var out strings.Builder
			if err := c.rows.Write(&out, format); err != nil || !strings.Contains(out.String(), want) {
				t.Errorf("%s does not say %q, %v:\n%.600s", format, want, err, out.String())
			}
		}
	}
}

// A condition is traced by its code for one fund or for all.
func TestTraceConditions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	trace := func(scope, by string) ([]published.Traced, error) {
		return published.Trace(ctx, ws, figure.Place{Code: "C09", Scope: scope, Period: "2023-24-Q4", Dimension: by})
	}
	one, err := trace("fund:CORE-UPL-2324", "")
	if err != nil || len(one) != 1 || one[0].Value != "not met" || len(one[0].Rows.Rows) != 1 || table.AsText(one[0].Rows.Rows[0][4]) != "L000010 | 1" {
		t.Errorf("%+v, %v", one, err)
	}
	if all, err := trace("all", ""); err != nil || len(all) != len(ws.Register.Funds) {
		t.Errorf("%+v, %v", all, err)
	}
	for want, c := range map[string][2]string{`answered for funds, not for "service:STK-ADV"; there are fund:CORE, `: {"service:STK-ADV", ""}, "has no breakdown": {"all", "source"}} {
		if _, err := trace(c[0], c[1]); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v", c, err)
		}
	}
}
