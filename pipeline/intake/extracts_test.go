package intake_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/register"
	"mojreturns/pipeline/workspace"
	"mojreturns/queries"
	"mojreturns/templates"
)

const extracts = "../../testdata/extracts"

// judgePipeline is a workspace whose one provider sends referrals and spend
// under any name, if that is stated.
func judgePipeline(t *testing.T) *workspace.Workspace {
	t.Helper()
	ws := &workspace.Workspace{Dir: t.TempDir(), Queries: queries.Files, Templates: templates.Files, Location: time.UTC, Log: slog.New(slog.NewTextHandler(io.Discard, nil)), Settings: example.OneThread,
		Now: func() time.Time { return time.Date(2024, 4, 22, 9, 0, 0, 0, time.UTC) },
		Register: register.Register{
			Funds:    []register.Fund{{Code: "CORE-UPL-2324"}},
			Services: []register.Service{{Code: "STK-ADV", Provider: "P", Fund: "CORE-UPL-2324"}},
			Providers: []register.Provider{{Code: "P", Feeds: []register.Feed{
				{Feed: "referrals", Files: "referrals_{year}.csv", Delivered: "refresh"},
				{Feed: "spend", Files: "spend_{year}.csv", Delivered: "refresh"}}}},
		}}
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	return ws
}

// TestFilesThatAreRefused: each unreadable file of testdata/extracts gives its
// sentence when it is landed, and its bytes are kept all the same.
func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "sentences.csv")) {
		t.Run(c["file"], func(t *testing.T) {
			ws := judgePipeline(t)
			landed, err := intake.LandAndJudge(context.Background(), ws, []string{filepath.Join(extracts, c["file"])}, landing.Given{Provider: "P", Feed: "referrals"}, false)
			if err != nil {
				t.Fatal(err)
			}
			if len(landed) != 1 || landed[0].Status != string(landing.StatusRefused) || c["file"] != "empty.bad.csv" && landed[0].Message != c["sentence"] {
				t.Errorf("it says %+v, not %q", landed, c["sentence"])
			}
			kept, err := ws.Landing.Verify(context.Background())
			if err != nil {
				t.Error(err)
			}
			if want := 1; kept != want && c["file"] != "empty.bad.csv" {
				t.Errorf("%d files are kept, not %d", kept, want)
			}
			// nothing that a bad file holds stops a build
			if _, err := builds.Build(context.Background(), ws); err != nil {
				t.Errorf("the build fails: %v", err)
			}
		})
	}
}

// TestRowsThatAreFaulty: each readable file with faults gives exactly the rows,
// lines, columns and sentences of judged.csv, and every row is accounted for.
func TestRowsThatAreFaulty(t *testing.T) {
	t.Parallel()
	want := map[string][]string{}
	feeds := map[string]string{}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "judged.csv")) {
		feeds[c["file"]] = c["feed"]
		want[c["file"]] = append(want[c["file"]], fmt.Sprintf("row %s, line %s, %s (%s): %s", c["row"], c["line"], c["column"], c["severity"], c["sentence"]))
	}
	for file, sentences := range want {
		t.Run(file, func(t *testing.T) {
			ctx := context.Background()
			ws := judgePipeline(t)
			given := landing.Given{Provider: "P", Feed: feeds[file]}
			landed, err := intake.LandAndJudge(ctx, ws, []string{filepath.Join(extracts, file)}, given, false)
			if err != nil {
				t.Fatal(err)
			}
			if sentences[0] == fmt.Sprintf("row , line ,  (refused): %s", landed[0].Message) {
				if landed[0].Status != string(landing.StatusRefused) {
					t.Errorf("its status is %s", landed[0].Status)
				}
				return
			}
			report, err := builds.Build(ctx, ws)
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Files {
				if f.Rows != f.Accepted+f.Rejected || f.Rows == 0 || f.Rejected != landed[0].Rejected {
					t.Errorf("%d rows, %d accepted, %d rejected; when it was landed %d were", f.Rows, f.Accepted, f.Rejected, landed[0].Rejected)
				}
			}
			found, err := published.Rejects(ctx, ws, "", "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range found.Rows {
				got = append(got, fmt.Sprintf("row %v, line %v, %v (%v): %v", r[5], r[6], r[7], r[9], r[11]))
			}
			if a, b := strings.Join(got, "\n"), strings.Join(sentences, "\n"); a != b {
				t.Errorf("it says %s\n\n%s\n\nand must say\n%s", landed[0].Message, a, b)
			}
		})
	}
}

// TestHeadersNobodyClaims: a file that no pattern claims is told what its
// header looks like.
func TestHeadersNobodyClaims(t *testing.T) {
	for file, want := range map[string]string{
		"fits-none.bad.csv":      "the header fits no contract",
		"fits-two.bad.csv":       "fits",
		"duplicate-keys.bad.csv": "its header is that of referrals",
	} {
		landed, err := intake.LandAndJudge(context.Background(), judgePipeline(t), []string{filepath.Join(extracts, file)}, landing.Given{}, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(landed) != 1 || !strings.Contains(landed[0].Message, want) {
			t.Errorf("%s: it says %+v, which must hold %q", file, landed, want)
		}
		t.Log(landed[0].Message)
	}
}
