package intake_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/strict"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// suggestion is what is proposed for a file, read as strictly as a configuration.
func suggestion(t *testing.T, ws *workspace.Workspace, path, feed, provider string) (string, []register.Feed) {
	t.Helper()
	text, err := intake.Suggest(context.Background(), ws, path, feed, provider)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return text, proposed(t, path, text)
}

func proposed(t *testing.T, path, text string) (feeds []register.Feed) {
	t.Helper()
	if err := strict.Read("proposal", []byte(text), &feeds).Err(); err != nil {
		t.Fatalf("%s: the proposal cannot be read: %v\n%s", path, err, text)
	}
	return feeds
}

// landsBy lands a file by a proposal and nothing else, and gives what became of
// each of its feeds.
func landsBy(t *testing.T, ws *workspace.Workspace, provider, path string, feeds []register.Feed) []intake.LandedFile {
	t.Helper()
	ws.Register.Providers = slices.Clone(ws.Register.Providers)
	at := slices.IndexFunc(ws.Register.Providers, func(r register.Provider) bool { return r.Code == provider })
	ws.Register.Providers[at].Feeds = feeds
	if err := ws.Load(); err != nil {
		t.Fatalf("%s: the configuration with the proposal is refused: %v", path, err)
	}
	landed, err := intake.LandAndJudge(context.Background(), ws, []string{path}, landing.Given{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if len(landed) != len(feeds) {
		t.Errorf("%s: %d feeds are landed, of %d", path, len(landed), len(feeds))
	}
	for _, l := range landed {
		if l.Status != string(landing.StatusLanded) || l.Rows != l.Accepted+l.Rejected || l.Rows == 0 {
			t.Errorf("%s: %s, %d rows, %d accepted, %d rejected: %s", path, l.Status, l.Rows, l.Accepted, l.Rejected, l.Message)
		}
	}
	return landed
}

// The victim hub's mapping was written by hand: of all its columns the proposal
// finds the header that the hand-written one names, and how they are written.
func TestSuggestsTheHubsMapping(t *testing.T) {
	ws := example.Cleveland(t)
	hub, _ := ws.Register.Provider("HUB")
	byHand := hub.Feeds[0]
	forget(ws) // what was decided by hand would be proposed again
	path := filepath.Join(ws.Dir, "inbox", "hub_referrals_2023-24_q1.csv")
	text, feeds := suggestion(t, ws, path, "", "HUB")
	if len(feeds) != 1 {
		t.Fatalf("%d feeds are proposed:\n%s", len(feeds), text)
	}
	got := feeds[0]
	c, _ := ws.Contract("referrals")
	for column, headers := range byHand.Columns {
		col, _ := c.Column(column)
		proposed := append(register.Names{}, got.Columns[column]...)
		if len(proposed) == 0 {
			proposed = register.Names{column, col.Title}
		}
		if !slices.ContainsFunc(headers, func(h string) bool {
			return slices.ContainsFunc(proposed, func(p string) bool { return strings.EqualFold(p, h) })
		}) {
			t.Errorf("%s is proposed to come from %q, and by hand from %q", column, proposed, headers)
		}
	}
	if got.Feed != "referrals" || got.Files != "hub_referrals_{year}_q{quarter}.csv" || got.Encoding != "windows-1252" || got.Delimiter != "semicolon" ||
		!slices.Equal(got.Dates, register.Names{"day-first"}) || got.Constants["service_code"] != "VCAS" || !slices.Equal(got.YesNo["NK"], register.Names{"Unknown"}) {
		t.Errorf("the proposal is\n%s", text)
	}
	for theirs, ours := range got.Codes["referral_source_code"] {
		if byHand.Codes["referral_source_code"][theirs] != ours {
			t.Errorf("%q is proposed to be %s", theirs, ours)
		}
	}
	// what only looks like a code is said, and counts as nothing
	for _, want := range []string{`# "Helpline": "NSH"   # unsure`, `# nobody claims the header (8 letters, 1 blank), column`, `# "Waiting" (5 rows) is none of ours`} {
		if !strings.Contains(text, want) {
			t.Errorf("the proposal does not say %q", want)
		}
	}
	landsBy(t, ws, "HUB", path, feeds)
}

// forget takes the mappings of all providers away.
func forget(ws *workspace.Workspace) {
	ws.Register.Providers = slices.Clone(ws.Register.Providers)
	for i := range ws.Register.Providers {
		ws.Register.Providers[i].Feeds = nil
	}
}

// What was decided for one provider is proposed for another, and asked; for itself it is
// known.
func TestDecisionsAreProposedAgain(t *testing.T) {
	ws := example.Cleveland(t)
	path := filepath.Join(ws.Dir, "inbox", "hub_referrals_2023-24_q1.csv")
	text, feeds := suggestion(t, ws, path, "referrals", "SLT")
	if feeds[0].Codes["referral_outcome_code"]["Waiting"] != "" || !strings.Contains(text, `# "Waiting": "WTL"   # unsure`) ||
		!strings.Contains(text, "referral_source_code: Referred by   # unsure: another provider calls it so") {
		t.Errorf("the proposal for another provider is\n%s", text)
	}
	if text, _ := suggestion(t, ws, path, "referrals", "HUB"); strings.Contains(text, "another provider") {
		t.Errorf("the proposal for itself is\n%s", text)
	}
}

// A workbook of two feeds gives a proposal for each, which accept what is
// accepted without any mapping.
func TestSuggestsSeveralFeeds(t *testing.T) {
	ws := example.Cleveland(t)
	path := filepath.Join(ws.Dir, "inbox", "slt_training_2023-24_v2.xlsx")
	text, feeds := suggestion(t, ws, path, "", "SLT")
	if len(feeds) != 2 || feeds[0].Files != "slt_training_{year}_v{version}.xlsx" {
		t.Fatalf("the proposal is\n%s", text)
	}
	accepted := map[string]int64{"training_sessions": 12, "training_delegates": 145} // of 14 and 146; "Yes" is taken for Y
	for _, l := range landsBy(t, ws, "SLT", path, feeds) {
		if l.Accepted != accepted[l.Feed] {
			t.Errorf("%s: %d rows are accepted, not %d", l.Feed, l.Accepted, accepted[l.Feed])
		}
	}
}

// What is proposed for files as other systems write them can be read and lands
// them; once somebody has put a code in place of each "?", it accepts every row. It is
// slow for its many files.
func TestSuggestionsLandTheirFiles(t *testing.T) {
	decided := map[string]string{"txn_type": "INV", "fund_code": "CORE-UPL-2324", "budget_line_code": "OTH", "vat_recoverable": "N"}
	paths, rejected := realSpend(t), map[string]bool{}
	for _, path := range paths {
		rejected[filepath.Base(path)] = strings.Contains(path, "2014") // its dates are destroyed
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"ledger_2023-24_v3.csv":       "Posted lines;;;;;\n\nTrans no;Payee;Date paid;Value;Capital?;Description\n1;A;5-Apr-23;£ 1,500.00;No;x\n2;B;30-Jun-23;1,137.16;Yes;\n3;B;2-May-23;88.30-;No;\n;;;;;\nTotal;;;2,548.86;;\nPrinted from the ledger;;;;;\n",
		"payments 2023-04.csv":        "Voucher\tVendor name\tPosting Date\tNet value\tCost centre\n1\tA\t04/25/2023 00:00:00\t(1,500.00)\tC1\n2\tB\t06/30/2023 00:00:00\t10.00 CR\tC1\n",
		"spend-over-500-q1-2023.csv":  "Amount,Trans No,Paid Date,Type,Supplier ID\n\"1,500\",1,2023-04-05,Revenue,7\n1137.16,2,2023-06-30,Capital,N/A\n",
		"spend-over-500-jan-2024.csv": "Amount (£),Transaction Number,Date of payment\n1500,1,45021\n1137.16,2,45022\n",
	} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o660); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	slices.Sort(paths)
	paths = append(paths, publishedWorkbook(t, filepath.Join(dir, "payments.xlsx")))
	ws := judgePipeline(t)
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	// as it is proposed, a file lands and every row waits for what nobody has decided
	_, feeds := suggestion(t, ws, paths[len(paths)-1], "spend", "P")
	if l := landsBy(t, judgePipeline(t), "P", paths[len(paths)-1], feeds)[0]; l.Rejected != l.Rows {
		t.Errorf("%s: %d rows are rejected, of %d", l.File, l.Rejected, l.Rows)
	}
	decide := judgePipeline(t)
	proposals := map[string]string{}
	for i, path := range paths {
		text, feeds := suggestion(t, ws, path, "spend", "P")
		for column, value := range feeds[0].Constants {
			if value == "?" {
				feeds[0].Constants[column] = decided[column]
			}
		}
		feeds[0].Files = filepath.Base(path) // so that each is its own provider's
		decide.Register.Providers = append(decide.Register.Providers, register.Provider{Code: fmt.Sprint("P", i), Feeds: feeds})
		proposals[filepath.Base(path)] = text
	}
	conn := judged(t, decide, paths)
	found, err := table.Query(context.Background(), conn, `SELECT d.file, d.rows = d.rejected, d.rejected = 0, (SELECT string_agg(DISTINCT message, '
') FROM fault f WHERE f.file = d.file) FROM delivery d ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Rows) != len(paths) {
		t.Errorf("%d files are judged, of %d", len(found.Rows), len(paths))
	}
	for _, row := range found.Rows {
		if file := table.AsText(row[0]); row[1] != rejected[file] || row[2] == rejected[file] {
			t.Errorf("%s: all rows rejected: %v, none: %v\n%s\n%v", file, row[1], row[2], proposals[file], row[3])
		}
	}
}

// Whatever can be read is proposed for something, or said to be like nothing, and
// what is proposed can be read. It is slow for its many files: each column of each is
// looked at for itself.
func TestSuggestsForAnyFile(t *testing.T) {
	ws := judgePipeline(t)
	seen := map[string]bool{}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "readings.csv")) {
		if seen[c["file"]] {
			continue
		}
		seen[c["file"]] = true
		text, err := intake.Suggest(context.Background(), ws, filepath.Join(extracts, c["file"]), "", "")
		if err != nil && !strings.Contains(err.Error(), "is like a column of any feed") {
			t.Errorf("%s: %v", c["file"], err)
		} else if err == nil && len(proposed(t, c["file"], text)) == 0 {
			t.Errorf("%s: nothing is proposed:\n%s", c["file"], text)
		}
	}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "sentences.csv")) {
		_, err := intake.Suggest(context.Background(), ws, filepath.Join(extracts, c["file"]), "", "")
		if other := c["file"] == "stray-byte.bad.csv"; (err == nil) != other { // which is Windows-1252, if nobody says otherwise
			t.Errorf("%s: it says %v", c["file"], err)
		}
	}
}
