package intake_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/pseudonym"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/secrets"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// an office to which P and Q, of one people, and R send client numbers
const doorOffice = `
area: {code: X, name: Area, office: Office}
funds:
  - {code: CORE, name: Core, spend_from: 2023-04-01, spend_by: 2024-03-31, maximum: {amount: "1000.00", date: 2023-04-01}}
services:
  - {code: SP, name: Service of P, provider: P, fund: CORE}
  - {code: SQ, name: Service of Q, provider: Q, fund: CORE}
  - {code: SR, name: Service of R, provider: R, fund: CORE}
providers:
  - code: P
    name: Provider P
    people: POOL
    feeds:
      - {feed: referrals, files: "p_{year}_v{version}.*", delivered: refresh, pseudonym: victim_pseudo_id, blanks: ["n/a"], totals: [{columns: Client No, pattern: "^total"}],
         columns: {victim_pseudo_id: Client No}, drop: [Case worker], expected: {from: 2023-10-01, every: quarter, within: 10}}
  - code: Q
    name: Provider Q
    people: POOL
    feeds:
      - {feed: referrals, files: "q_{year}_v{version}.*", delivered: refresh, pseudonym: [victim_pseudo_id], columns: {victim_pseudo_id: ["Client*"]}}
  - code: R
    name: Provider R
    feeds:
      - {feed: referrals, files: "r_{year}_v{version}.*", delivered: refresh, pseudonym: victim_pseudo_id, columns: {victim_pseudo_id: Client No}}
`

// Keys for tests alone.
var (
	keyOfPool = strings.Repeat("00112233445566778899aabbccddeeff", 2)
	keyOfR    = strings.Repeat("0f1e2d3c4b5a69788796a5b4c3d2e1f0", 2)
	newKey    = strings.Repeat("fedcba98765432100123456789abcdef", 2)
)

func withKeys(t *testing.T, ws *workspace.Workspace, pool, r string) {
	t.Helper()
	text := fmt.Sprintf("pseudonym_keys:\n  POOL: %q\n  R: %q\n", pool, r)
	if err := os.WriteFile(filepath.Join(ws.Dir, secrets.File), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// inbox writes a file of referrals into the inbox: each number in its form, the same cells
// beside it. Of a workbook whole numbers are numbers.
func inboxFile(t *testing.T, ws *workspace.Workspace, name, service string, numbers ...string) string {
	t.Helper()
	rows := [][]string{{"referral_id", "service_code", "Client No", "Case worker", "referral_received_date", "referral_source_code", "referral_outcome_code", "crime_type_code", "da_related", "la_code"}}
	for i, n := range numbers {
		rows = append(rows, []string{fmt.Sprintf("A%d", i+1), service, n, "xq", "2023-11-05", "POL", "ACC", "TFT", "N", "E06000001"})
	}
	file := filepath.Join(ws.Dir, "inbox", name)
	if err := os.MkdirAll(filepath.Dir(file), 0o770); err != nil {
		t.Fatal(err)
	}
	if filepath.Ext(name) == ".csv" {
		example.WriteCSV(t, file, rows)
		return file
	}
	book := excelize.NewFile()
	if _, err := book.NewSheet("Working"); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		for j, text := range row {
			at, _ := excelize.CoordinatesToCellName(j+1, i+1)
			var value any = text
			if j == 2 && regexp.MustCompile(`^[1-9][0-9]*$`).MatchString(text) {
				n, err := strconv.Atoi(text)
				if err != nil {
					t.Fatal(err)
				}
				value = n
			}
			if err := book.SetCellValue("Sheet1", at, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SetSheetCol("Working", "A1", &[]any{"who", numbers[0]}); err != nil {
		t.Fatal(err)
	}
	if err := book.SaveAs(file); err != nil {
		t.Fatal(err)
	}
	return file
}

// The client numbers that are sent are nowhere but in the inbox: not in what is kept,
// staged, built, listed, marked, chased or logged. The same number is one person in every
// file of a group, however it is written, and another person in another group. It is slow
// for a build and for what is judged apart.
func TestClientNumbersAreHashed(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := doorOf(t)
	var log bytes.Buffer
	ws.Log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	numbers := []string{"SA-700123", "00700124", "700125", "n/a", "", "7.00126E+11", "total"}
	inboxFile(t, ws, "p_2023-24_v1.xlsx", "SP", numbers...)
	inboxFile(t, ws, "q_2023-24_v1.csv", "SQ", "sa–700123", "700124", " 700 125 ")
	inboxFile(t, ws, "r_2023-24_v1.csv", "SR", "SA-700123", "bad-700999")

	dry, err := intake.LandAndJudge(ctx, ws, nil, landing.Given{}, true)
	if err != nil || dry[0].Status != string(landing.StatusWould) || dry[0].Accepted != 3 {
		t.Fatalf("dry: %+v, %v", dry, err)
	}
	landed, err := intake.LandAndJudge(ctx, ws, nil, landing.Given{}, false)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []struct {
		accepted, rejected int64
		says               string
	}{
		{3, 3, `hashed before anything was kept, by the key of POOL: the client numbers under "Client No"; 1 of them had been rounded by a spreadsheet, and their rows are rejected: ask for the column as text; not kept, since no feed reads them: the sheets "Working"; taken out before anything was kept, as the provider's mapping says: the column "Case worker"`},
		{3, 0, `by the key of POOL: the client numbers under "Client No"`},
		{2, 0, `by the key of R`},
	} {
		if l := landed[i]; l.Status != "landed" || l.Accepted != want.accepted || l.Rejected != want.rejected || !strings.Contains(l.Message, want.says) {
			t.Errorf("%s: %s, %d accepted, %d rejected: %s", l.File, l.Status, l.Accepted, l.Rejected, l.Message)
		}
	}
	if again, err := intake.LandAndJudge(ctx, ws, nil, landing.Given{}, false); err != nil || again[0].Status != "already landed" {
		t.Errorf("sent again: %+v, %v", again, err)
	}
	receipts, err := ws.Landing.Receipts()
	if err != nil || len(receipts) != 3 {
		t.Fatal(receipts, err)
	}
	key, err := pseudonym.Parse(keyOfPool)
	if err != nil {
		t.Fatal(err)
	}
	want := &landing.Pseudonyms{Group: "POOL", Key: key.Fingerprint(), Columns: []string{"victim_pseudo_id"}, Headers: []string{"Client No"}}
	if diff := cmp.Diff(want, receipts[0].Sent.Pseudonyms); diff != "" || !slices.Equal(receipts[0].Sent.Taken, []string{`the sheet "Working"`}) {
		t.Errorf("the receipt: %s, %q", diff, receipts[0].Sent.Taken)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	reader, err := warehouse.OpenPublished(ctx, ws.BuildDir(), ws.Settings)
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	type person struct{ Person, Providers string }
	people, err := warehouse.Select[person](ctx, reader.DB, "SELECT person, string_agg(provider_code, ' ' ORDER BY provider_code) AS providers FROM referral GROUP BY ALL ORDER BY providers, person")
	if err != nil {
		t.Fatal(err)
	}
	var shared []string
	for _, p := range people {
		shared = append(shared, p.Providers)
	}
	if diff := cmp.Diff([]string{"P Q", "P Q", "P Q", "R", "R"}, shared); diff != "" {
		t.Errorf("who is one person: %s\n%+v", diff, people)
	}

	// all that is printed, written and sent
	at := example.Quarter(t, "2023-24-Q3")
	printed := fmt.Sprintf("%+v\n%+v\n", dry, landed)
	faults, err := published.Rejects(ctx, ws, "", "")
	if err != nil {
		t.Fatal(err)
	}
	printed += fmt.Sprint(faults.Rows)
	chases, err := intake.Chases(ctx, ws, at)
	if err != nil || len(chases) == 0 {
		t.Fatal(chases, err)
	}
	for _, c := range chases {
		message, err := intake.ChaseMessage(ws, c)
		if err != nil {
			t.Fatal(err)
		}
		printed += message
	}
	marked, err := intake.Annotate(ctx, ws, intake.Annotation{})
	if err != nil || len(marked) != 1 || !strings.Contains(marked[0].Path, ws.Path("annotated")) {
		t.Fatalf("%+v, %v", marked, err)
	}
	everything := example.Everything(t, ws, "inbox", secrets.File)
	everything["what is printed"], everything["the log"] = printed, log.String()
	if len(everything) < 40 {
		t.Fatalf("only %d things were looked at", len(everything))
	}
	for where, text := range everything {
		for _, number := range []string{"700123", "700124", "700125", "700126", "7.00126", "700999", keyOfPool, keyOfR} {
			if strings.Contains(strings.ToLower(text), number) {
				t.Errorf("%s is in %s", number, where)
			}
		}
	}
	if !strings.Contains(everything["the warehouse's "+tableOf(everything, "typed", "referrals")], hashOf(t, key, "700125")) {
		t.Error("the search does not see what is there")
	}
}

// tableOf is the full name of a table of the warehouse.
func tableOf(everything map[string]string, schema, name string) string {
	for where := range everything {
		if rest, ok := strings.CutPrefix(where, "the warehouse's "); ok && strings.HasSuffix(rest, fmt.Sprintf(`"%s"."%s"`, schema, name)) {
			return rest
		}
	}
	return ""
}

func hashOf(t *testing.T, k pseudonym.Key, number string) string {
	t.Helper()
	hash, ok := k.Of(number)
	if raw, err := hex.DecodeString(hash); !ok || err != nil || len(raw) != 32 {
		t.Fatal(hash, ok, err)
	}
	return hash
}
