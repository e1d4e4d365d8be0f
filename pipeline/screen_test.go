package pipeline

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mojreturns/pipeline/landing"
)

// sends lands a version of the advocacy provider's referrals with one column more,
// or other texts, and gives what became of it.
func sends(t *testing.T, p *Pipeline, change func(rows [][]string) [][]string) landing.Landed {
	t.Helper()
	rows := change(readCSV(t, filepath.Join(p.Dir, "inbox", "slt_referrals_2023-24_v4.csv")))
	file := filepath.Join(p.Dir, "slt_referrals_2023-24_v9.csv")
	writeCSV(t, file, rows)
	landed, err := p.Land(context.Background(), []string{file}, landing.Given{})
	if err != nil {
		t.Fatal(err)
	}
	return landed[0]
}

// withColumn adds a column with the same few values in its first rows.
func withColumn(header string, values ...string) func([][]string) [][]string {
	return func(rows [][]string) [][]string {
		rows[0] = append(rows[0], header)
		for i := range rows[1:] {
			value := ""
			if i < len(values) {
				value = values[i]
			}
			rows[i+1] = append(rows[i+1], value)
		}
		return rows
	}
}

// holds tells whether any file of the store has a text in it.
func holds(t *testing.T, p *Pipeline, text string) string {
	t.Helper()
	found := ""
	err := filepath.WalkDir(p.Store(), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if strings.Contains(string(content), text) {
			found = path
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A file with personal data is refused before its bytes are kept, by what its
// columns are called or by what they hold. The sentence repeats no value, the store
// keeps none, and the refusal is recorded once.
func TestPersonalDataIsRefused(t *testing.T) {
	// 943 476 5919 is the example of an NHS number in the NHS Data Dictionary
	for _, c := range []struct {
		name, header string
		values       []string
		want         string // empty: it is let in
	}{
		{"a name by its header", "Client name", []string{"xyzzy plugh"}, `the column "Client name" is headed as a person's name`},
		{"a date of birth", "D.O.B.", []string{"1990-01-02"}, "headed as a date of birth"},
		{"a postcode by its header", "Post code", nil, "headed as a full postcode"},
		{"an NHS number by its header", "NHS No", nil, "headed as an NHS number"},
		{"emails", "Remarks", []string{"a@xyzzy.org.uk", "b@xyzzy.org.uk", "c@xyzzy.org.uk"}, `the column "Remarks" holds what looks like an email address in 3 of its 3 values`},
		{"postcodes", "Remarks", []string{"TS1 2AB", "ts18 3tt", "TS24 7QQ", "none"}, "a full postcode in 3 of its 4 values"},
		{"telephone numbers", "Remarks", []string{"07700 900123", "+44 7700 900456", "01632 960001"}, "a telephone number in 3 of its 3"},
		{"NHS numbers", "Remarks", []string{"943 476 5919", "9434765919", "943-476-5919"}, "an NHS number in 3 of its 3"},
		{"National Insurance numbers", "Remarks", []string{"AB123456C", "AB 12 34 56 D", "ab123456a"}, "a National Insurance number in 3 of its 3"},
		{"numbers that do not check", "Remarks", []string{"943 476 5918", "9434765910", "1234567890"}, ""},
		{"two only", "Remarks", []string{"a@xyzzy.org.uk", "b@xyzzy.org.uk"}, ""},
		{"few among many", "Remarks", append([]string{"a@xyzzy.org.uk", "b@xyzzy.org.uk", "c@xyzzy.org.uk"}, strings.Split(strings.Repeat("none,", 20), ",")[:20]...), ""},
		{"words about nobody", "Team name code", []string{"North"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := example(t)
			landed := sends(t, p, withColumn(c.header, c.values...))
			if c.want == "" {
				if landed.Status != landing.StatusLanded {
					t.Errorf("%s: %s", landed.Status, landed.Message)
				}
				return
			}
			if landed.Status != landing.StatusRefused || !strings.Contains(landed.Message, c.want) {
				t.Errorf("%s: %s; want it refused, saying %q", landed.Status, landed.Message, c.want)
			}
			for _, v := range c.values {
				if strings.Contains(landed.Message, v) {
					t.Errorf("the sentence repeats %q", v)
				}
				if at := holds(t, p, v); at != "" {
					t.Errorf("%q is in the store, in %s", v, at)
				}
			}
			if again := sends(t, p, withColumn(c.header, c.values...)); again.Status != landing.StatusRefused {
				t.Errorf("sent again it is %s", again.Status)
			}
			refusals, err := p.store.Refusals()
			if err != nil || len(refusals) != 1 || refusals[0].SHA256 != landed.SHA256 || refusals[0].Size != landed.Size || refusals[0].At.IsZero() {
				t.Errorf("recorded are %+v, %v", refusals, err)
			}
			if _, err := p.store.Verify(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
}

// One value among many rejects its row; what was sent is repeated nowhere, and
// neither is a name sent in place of a person's key.
func TestLonePersonalDataRejectsItsRow(t *testing.T) {
	ctx := context.Background()
	p := example(t)
	landed := sends(t, p, func(rows [][]string) [][]string {
		rows = withColumn("Remarks", "", "call 07700 900123")(rows)
		for i, h := range rows[0] {
			if h == "victim_pseudo_id" {
				rows[6][i] = "Xyzzy Plugh"
			}
		}
		return rows
	})
	if landed.Status != landing.StatusLanded {
		t.Fatalf("%s: %s", landed.Status, landed.Message)
	}
	if _, err := p.Build(ctx); err != nil {
		t.Fatal(err)
	}
	faults, err := p.Rejects(ctx, "referrals", "SLT")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range faults.Rows {
		line := ""
		for _, cell := range row {
			line += text(cell) + " | "
		}
		if strings.Contains(line, "07700") || strings.Contains(line, "Xyzzy") {
			t.Errorf("a value is repeated: %s", line)
		}
		if strings.Contains(line, "(withheld)") {
			seen[text(row[5])+" "+text(row[7])] = true
		}
	}
	if !seen["3 Remarks"] || !seen["7 victim_pseudo_id"] {
		t.Errorf("withheld are %v", seen)
	}
}

// What people write into the return is screened too.
func TestCommentaryIsScreened(t *testing.T) {
	p := example(t)
	at := quarter(t, "2023-24-Q4")
	path, err := p.StartComments("", at)
	if err != nil {
		t.Fatal(err)
	}
	writeCSV(t, path, [][]string{{"sheet", "cell", "text", "by"}, {"T17_Narrative", "B11", "A client at TS1 2AB was supported", "analyst"}})
	if _, err := p.Run(context.Background(), at); err == nil || !strings.Contains(err.Error(), ":2: T17_Narrative!B11 seems to have a full postcode in it") || strings.Contains(err.Error(), "TS1") {
		t.Errorf("got %v", err)
	}
}
