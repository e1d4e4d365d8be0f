package intake_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/table"
)

// Each folder of testdata/resubmissions is a file and what was sent instead; what is
// said of the two is worked out by hand. It is slow since each comparison judges both.
func TestResubmissions(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	cases, err := os.ReadDir("../../testdata/resubmissions")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		feed := c.Name()
		if !c.IsDir() {
			continue
		}
		t.Run(feed, func(t *testing.T) {
			old, now := "slt_"+feed+"_2023-24_v1.csv", "slt_"+feed+"_2023-24_v2.csv"
			for name, from := range map[string]string{old: "old.csv", now: "new.csv"} {
				example.Put(t, ws, name, filepath.Join("../../testdata/resubmissions", feed, from))
			}
			want := example.ReadCSV(t, filepath.Join("../../testdata/resubmissions", feed, "changes.csv"))
			for _, files := range [][]string{nil, {now}, {old, now}} {
				found, all, err := intake.Compare(ctx, ws, files, feed, "SLT")
				if err != nil || len(all) != 1 || all[0].Old != old || all[0].New != now {
					t.Fatalf("%v: %+v, %v", files, all, err)
				}
				if d := cmp.Diff(want, only(found, want[0])); d != "" {
					t.Errorf("%v: %s", files, d)
				}
			}
		})
	}
	// the other way round, what was mended is newly wrong, and so is A5, which is new
	_, all, err := intake.Compare(ctx, ws, []string{"slt_referrals_2023-24_v2.csv", "slt_referrals_2023-24_v1.csv"}, "", "")
	if err != nil || len(all) != 1 || all[0].Counts["mended"] != 2 || all[0].Counts["newly wrong"] != 6 || all[0].Counts["still wrong"] != 3 {
		t.Errorf("%+v, %v", all, err)
	}
	for _, c := range []struct{ files, want string }{
		{"slt_referrals_2023-24_v1.csv", "is the first that can be read"},
		{"slt_referrals_2023-24_v1.csv slt_referrals_2023-24_v1.csv", "the same file, byte for byte"},
		{"slt_referrals_2023-24_v1.csv slt_referral_support_2023-24_v1.csv", "not the same feed"},
		{"never.csv", `no file called "never.csv" has been received`},
	} {
		if _, _, err := intake.Compare(ctx, ws, strings.Fields(c.files), "", ""); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.files, err, c.want)
		}
	}
}

// only gives some columns of a table as text, the names first.
func only(t table.Table, names []string) [][]string {
	out := [][]string{names}
	for _, row := range t.Rows {
		var values []string
		for _, name := range names {
			at := slices.IndexFunc(t.Columns, func(c table.Column) bool { return c.Name == name })
			values = append(values, table.AsText(row[at]))
		}
		out = append(out, values)
	}
	return out
}
