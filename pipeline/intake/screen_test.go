package intake_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// A file with personal data is refused before its bytes are kept, by what its
// columns are called or by what they hold. The sentence repeats no value, the store
// keeps none, and the refusal is recorded once.
func TestPersonalDataIsRefused(t *testing.T) {
	t.Parallel()
	type column struct {
		name, header string
		values       []string
		want         string // empty: it is let in
	}
	// those that are refused go to an office of their own, in whose store nothing of them may be
	offices := map[bool]*workspace.Workspace{true: example.Cleveland(t), false: example.Cleveland(t)}
	sent, sends := map[bool][]string{}, map[string]column{}
	// 943 476 5919 is the example of an NHS number in the NHS Data Dictionary
	for i, c := range []column{
		{"a name by its header", "Client name", []string{"xyzzy plugh"}, `the column "Client name" is headed as a person's name`},
		{"a date of birth", "D.O.B.", []string{"1990-01-02"}, "headed as a date of birth"},
		{"a postcode by its header", "Post code", nil, "headed as a full postcode"},
		{"an NHS number by its header", "NHS No", nil, "headed as an NHS number"},
		{"emails", "Remarks", []string{"a@xyzzy.org.uk", "b@xyzzy.org.uk", "c@xyzzy.org.uk"}, `the column "Remarks" holds what looks like an email address in 3 of its 3 values`},
		{"postcodes", "Remarks", []string{"TS1 2AB", "ts18 3tt", "TS24 7QQ", "none"}, "a full postcode in 3 of its 4 values"},
		{"telephone numbers", "Remarks", []string{"07700 900123", "+44 7700 900456", "01632 960001"}, "a telephone number in 3 of its 3"},
		{"NHS numbers", "Remarks", []string{"943 476 5919", "9434765919", "943-476-5919"}, "an NHS number in 3 of its 3"},
		{"National Insurance numbers", "Remarks", []string{"AB123456C", "AB 12 34 56 D", "ab123456a"}, "a National Insurance number in 3 of its 3"},
		{"a victim's name", "Victim’s name", []string{"xyzzy plugh"}, "is headed as a person's name"},
		{"a date of birth in capitals between", "Client DoB", []string{"1990-01-02"}, "headed as a date of birth"},
		{"names with a bracket", "Forename(s)", nil, "headed as a person's name"},
		{"a maiden name", "Maiden name", nil, "headed as a person's name"},
		{"the name of a provider", "Provider name", nil, ""},
		{"a name run together", "NameOfVictim", []string{"xyzzy plugh"}, "is headed as a person's name"},
		{"a date of birth run together", "dateofbirth", nil, "headed as a date of birth"},
		{"an NHS number run together", "NHSNo", nil, "headed as an NHS number"},
		{"full-width letters", "Ｐｏｓｔｃｏｄｅ", nil, "headed as a full postcode"},
		{"letters that look alike", "Surnаme", []string{"xyzzy"}, "headed as a person's name"},
		{"telephone numbers with dashes", "Remarks", []string{"07700-900-123", "0044 7700 900456", "01632.960.001", "+44–7700–900789"}, "a telephone number in 4 of its 4"},
		{"postcodes with hard blanks", "Remarks", []string{"TS1\u00a02AB", "ts18\u202f3tt", "TS24\u20097QQ"}, "a full postcode in 3 of its 3"},
		{"full-width digits", "Remarks", []string{"９４３ ４７６ ５９１９", "９４３４７６５９１９", "943 476 5919"}, "an NHS number in 3 of its 3"},
		{"budget references", "Remarks", []string{"E06000002", "AB1234", "STF-SAL 2024/25", "INV 20240331 001"}, ""},
		{"numbers that do not check", "Remarks", []string{"943 476 5918", "9434765910", "1234567890"}, ""},
		{"two only", "Remarks", []string{"a@xyzzy.org.uk", "b@xyzzy.org.uk"}, ""},
		{"few among many", "Remarks", append([]string{"a@xyzzy.org.uk", "b@xyzzy.org.uk", "c@xyzzy.org.uk"}, strings.Split(strings.Repeat("none,", 20), ",")[:20]...), ""},
		{"dates of other things", "Joined", []string{"1998-01-02", "2004-05-06", "1985-07-08"}, ""},
		{"a time nobody set", "Last seen", []string{"1970-01-01", "2023-05-06", "1970-01-01"}, ""},
		{"rooms of a venue", "Hall", []string{"12 Albert Road", "14 Albert Road", "16 Albert Road"}, ""},
		{"ordinary words", "Progress", []string{"4 May Close", "5 Days Close", "2 Fire Doors Close"}, ""},
		{"words about nobody", "Team name code", []string{"North"}, ""},
	} {
		kind := c.want != ""
		rows := example.ReadCSV(t, filepath.Join(offices[kind].Dir, "inbox", "slt_referrals_2023-24_v4.csv"))
		rows = example.WithColumn(c.header, c.values...)(rows)
		file := filepath.Join(offices[kind].Dir, fmt.Sprintf("slt_referrals_2023-24_v%d.csv", 10+i))
		example.WriteCSV(t, file, rows)
		sent[kind] = append(sent[kind], file)
		sends[filepath.Base(file)] = c
	}
	land := func(refused bool) []landing.Landed {
		t.Helper()
		landed, err := intake.Land(context.Background(), offices[refused], sent[refused], landing.Given{})
		if err != nil || len(landed) != len(sent[refused]) {
			t.Fatalf("%d files of %d, %v", len(landed), len(sent[refused]), err)
		}
		return landed
	}
	for _, l := range land(false) {
		if l.Status != landing.StatusLanded {
			t.Errorf("%s: %s: %s", sends[l.Name].name, l.Status, l.Message)
		}
	}
	ws := offices[true]
	first, again := land(true), land(true)
	refusals, err := ws.Landing.Refusals()
	if err != nil || len(refusals) != len(first) {
		t.Errorf("%d refusals are recorded, of %d: %v", len(refusals), len(first), err)
	}
	if _, err := ws.Landing.Verify(context.Background()); err != nil {
		t.Error(err)
	}
	for i, landed := range first {
		t.Run(sends[landed.Name].name, func(t *testing.T) {
			c := sends[landed.Name]
			if landed.Status != landing.StatusRefused || !strings.Contains(landed.Message, c.want) {
				t.Errorf("%s: %s; want it refused, saying %q", landed.Status, landed.Message, c.want)
			}
			for _, v := range c.values {
				if strings.Contains(landed.Message, v) {
					t.Errorf("the sentence repeats %q", v)
				}
				if at := example.Holds(t, ws, v); at != "" {
					t.Errorf("%q is in the store, in %s", v, at)
				}
			}
			if again[i].Status != landing.StatusRefused {
				t.Errorf("sent again it is %s", again[i].Status)
			}
			recorded := slices.DeleteFunc(slices.Clone(refusals), func(r landing.Refusal) bool { return r.SHA256 != landed.SHA256 })
			if len(recorded) != 1 || recorded[0].Size != landed.Size || recorded[0].At.IsZero() {
				t.Errorf("recorded are %+v", recorded)
			}
		})
	}
}

// A column that the mapping says to drop is taken out before anything is kept: what is
// kept is text with the rows' own numbers, the receipt has both hashes, and the rows
// count as they would without the column.
func TestColumnIsDropped(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	want, plainFaults := withoutColumn(t)
	for _, format := range []string{"csv", "xlsx"} {
		t.Run(format, func(t *testing.T) {
			ws := example.SmallUnbuilt(t)
			rows := example.WithColumn("Client name", "xyzzy plugh", "plover xyzzy")(example.ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")))
			for i := range rows { // in the middle, so that what follows moves up
				rows[i] = slices.Concat(rows[i][:3], rows[i][len(rows[i])-1:], rows[i][3:len(rows[i])-1])
			}
			file := filepath.Join(ws.Dir, "slt_referrals_2023-24_v9."+format)
			if format == "csv" {
				example.WriteCSV(t, file, rows)
			} else {
				writeBook(t, file, map[string][][]string{"Referrals": rows, "Lists": {{"Client Name", "Team"}, {"xyzzy again", "North"}}})
			}
			ws.Register.Providers = example.WithFeed(ws.Register.Providers, "SLT", "referrals", func(f *register.Feed) { f.Files = "slt_referrals_{year}_v{version}.*" })
			refused, err := intake.Land(ctx, ws, []string{file}, landing.Given{})
			if err != nil || refused[0].Status != landing.StatusRefused {
				t.Fatalf("without a word in the mapping: %+v, %v", refused, err)
			}

			ws.Register.Providers = example.WithFeed(ws.Register.Providers, "SLT", "referrals", func(f *register.Feed) { f.Drop = register.Names{"client-name"} })
			dry, err := intake.LandAndJudge(ctx, ws, []string{file}, landing.Given{}, true)
			if err != nil || dry[0].Status != string(landing.StatusWould) || !strings.Contains(dry[0].Message, `the column "Client name"`) {
				t.Fatalf("dry: %+v, %v", dry, err)
			}
			landed, err := intake.LandAndJudge(ctx, ws, []string{file}, landing.Given{}, false)
			if err != nil || landed[0].Status != "landed" || landed[0].Rows != int64(len(rows)-1) {
				t.Fatalf("%+v, %v", landed, err)
			}
			if again, err := intake.LandAndJudge(ctx, ws, []string{file}, landing.Given{}, false); err != nil || again[0].Status != "already landed" || again[0].Accepted != landed[0].Accepted {
				t.Errorf("sent again: %+v, %v", again, err)
			}
			if at := example.Holds(t, ws, "xyzzy"); at != "" {
				t.Errorf("the names are in the store, in %s", at)
			}

			receipts, err := ws.Landing.Receipts()
			if err != nil || len(receipts) != 1 || receipts[0].Sent == nil {
				t.Fatalf("%+v, %v", receipts, err)
			}
			sent, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			kept, err := os.ReadFile(ws.Landing.Path(receipts[0].SHA256))
			if err != nil {
				t.Fatal(err)
			}
			if r := receipts[0]; r.Sent.SHA256 != fmt.Sprintf("%x", sha256.Sum256(sent)) || r.Sent.Size != int64(len(sent)) || r.SHA256 != fmt.Sprintf("%x", sha256.Sum256(kept)) || r.Size != int64(len(kept)) {
				t.Errorf("the receipt is %+v", r)
			}
			if _, err := ws.Landing.Verify(ctx); err != nil {
				t.Error(err)
			}

			if landed[0].Accepted != want.Accepted || landed[0].Rejected != want.Rejected || want.Accepted == 0 {
				t.Errorf("%d accepted and %d rejected, want %d and %d", landed[0].Accepted, landed[0].Rejected, want.Accepted, want.Rejected)
			}
			if _, err := builds.Build(ctx, ws); err != nil {
				t.Fatal(err)
			}
			faults, err := published.Rejects(ctx, ws, "referrals", "SLT")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(plainFaults, places(faults)); diff != "" {
				t.Errorf("the faults are in other places: %s", diff)
			}
		})
	}
}

// withoutColumn is what becomes of the rows where the column was never there, and the
// places of their faults.
func withoutColumn(t *testing.T) (intake.LandedFile, []string) {
	t.Helper()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t)
	file := filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")
	landed, err := intake.LandAndJudge(ctx, ws, []string{file}, landing.Given{}, false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	faults, err := published.Rejects(ctx, ws, "referrals", "SLT")
	if err != nil {
		t.Fatal(err)
	}
	return landed[0], places(faults)
}

// places are the rows and columns of faults.
func places(faults table.Table) (out []string) {
	for _, r := range faults.Rows {
		out = append(out, table.AsText(r[5])+" "+table.AsText(r[7]))
	}
	return out
}

// Bytes are kept whole, so all of a file is looked at: other sheets, hidden or not,
// columns without a header, values beyond it, rows left out, and the header itself.
func TestAllOfAFileIsScreened(t *testing.T) {
	emails := []string{"a@xyzzy.org.uk", "b@xyzzy.org.uk", "c@xyzzy.org.uk"}
	ws := example.Cleveland(t)
	ws.Register.Providers = example.WithFeed(ws.Register.Providers, "SLT", "referrals", func(f *register.Feed) {
		f.Files = "slt_referrals_{year}_v{version}.*"
	})
	var files []string
	var want []struct{ name, says string }
	for i, c := range []struct {
		name   string
		change func(rows [][]string, sheets map[string][][]string) [][]string
		want   string
	}{
		{"another sheet", func(rows [][]string, sheets map[string][][]string) [][]string {
			sheets["Working"] = [][]string{{"Ref", "Forename"}, {"1", "xyzzy"}}
			return rows
		}, `the column "Forename" of the sheet "Working" is headed as a person's name`},
		{"another sheet's values", func(rows [][]string, sheets map[string][][]string) [][]string {
			sheets["Working"] = [][]string{{"Ref", "To"}, {"1", emails[0]}, {"2", emails[1]}, {"3", emails[2]}}
			return rows
		}, `the column "To" of the sheet "Working" holds what looks like an email address in 3 of its 3 values`},
		{"a column without a header", func(rows [][]string, _ map[string][][]string) [][]string {
			for i := range rows {
				value := ""
				if i >= 1 && i <= 3 {
					value = emails[i-1]
				}
				rows[i] = slices.Insert(rows[i], 2, value)
			}
			return rows
		}, "the column 3 of the sheet"},
		{"values beyond the header", func(rows [][]string, _ map[string][][]string) [][]string {
			for i, e := range emails {
				rows[i+1] = append(rows[i+1], "", e)
			}
			return rows
		}, "an email address in 3 of its 3 values"},
		{"a header that is a row", func(rows [][]string, _ map[string][][]string) [][]string {
			rows[0] = append(rows[0], emails[0])
			return rows
		}, "looks like an email address itself"},
		{"nothing, after files with something", func(rows [][]string, _ map[string][][]string) [][]string { return rows }, ""},
	} {
		sheets := map[string][][]string{}
		sheets["Referrals"] = c.change(example.ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")), sheets)
		files = append(files, filepath.Join(ws.Dir, fmt.Sprintf("slt_referrals_2023-24_v%d.xlsx", 10+i)))
		writeBook(t, files[i], sheets)
		want = append(want, struct{ name, says string }{c.name, c.want})
	}
	landed, err := intake.Land(context.Background(), ws, files, landing.Given{})
	if err != nil || len(landed) != len(files) {
		t.Fatalf("%d files of %d, %v", len(landed), len(files), err)
	}
	for i, l := range landed {
		if want[i].says == "" {
			if l.Status != landing.StatusLanded {
				t.Errorf("%s: %s: %s", want[i].name, l.Status, l.Message)
			}
			continue
		}
		if l.Status != landing.StatusRefused || !strings.Contains(l.Message, want[i].says) || strings.Contains(l.Message, "xyzzy") {
			t.Errorf("%s: %s: %s; want %q", want[i].name, l.Status, l.Message, want[i].says)
		}
		if workspace.Exists(ws.Landing.Path(l.SHA256)) {
			t.Errorf("%s: its bytes are kept", want[i].name)
		}
	}
}

// writeBook writes a workbook of texts, its sheets in order of name but for
// Referrals, which comes first.
func writeBook(t *testing.T, path string, sheets map[string][][]string) {
	t.Helper()
	book := excelize.NewFile()
	if err := book.SetSheetName("Sheet1", "Referrals"); err != nil {
		t.Fatal(err)
	}
	for _, name := range slices.Sorted(maps.Keys(sheets)) {
		if _, err := book.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range sheets[name] {
			if err := book.SetSheetRow(name, fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
}

// A file whose rows are all of an earlier year is told of when it lands, and listed by
// a check.
func TestLastYearsFile(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	file := filepath.Join(ws.Dir, "slt_referrals_2024-25_v1.csv")
	example.WriteCSV(t, file, example.ReadCSV(t, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")))
	landed, err := intake.LandAndJudge(ctx, ws, []string{file, filepath.Join(ws.Dir, "inbox", "slt_referrals_2023-24_v4.csv")}, landing.Given{}, false)
	if err != nil || len(landed) != 2 {
		t.Fatalf("%+v, %v", landed, err)
	}
	if want := "none of its rows is of 2024-25, and the newest is of 2023-24: is it last year's file?"; !strings.Contains(landed[0].Message, want) {
		t.Errorf("it says %q, not %q", landed[0].Message, want)
	}
	if strings.Contains(landed[1].Message, "last year") {
		t.Errorf("this year's file: %q", landed[1].Message)
	}
}
