package intake_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

const extracts = "../../testdata/extracts"

// judgePipeline is a workspace whose one provider sends referrals and spend
// under any name, if that is stated.
func judgePipeline(t *testing.T) *workspace.Workspace {
	t.Helper()
	return example.Office(t, `area: {code: X, name: Area, office: Office}
funds: [{code: CORE-UPL-2324}]
services: [{code: STK-ADV, provider: P, fund: CORE-UPL-2324}]
providers:
  - code: P
    feeds:
      - {feed: referrals, files: "referrals_{year}.csv", delivered: refresh}
      - {feed: spend, files: "spend_{year}.csv", delivered: refresh}
`)
}

// TestFilesThatAreRefused: each unreadable file of testdata/extracts gives its
// sentence when it is landed. Its bytes are kept where they could be looked into; else
// they stay in the inbox alone.
func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := judgePipeline(t)
	want, paths := map[string]string{}, []string{}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "sentences.csv")) {
		want[c["file"]] = c["sentence"]
		paths = append(paths, filepath.Join(extracts, c["file"]))
	}
	landed, err := intake.LandAndJudge(ctx, ws, paths, landing.Given{Provider: "P", Feed: "referrals"}, false)
	if err != nil || len(landed) != len(want) {
		t.Fatalf("%d files of %d, %v", len(landed), len(want), err)
	}
	seen := 0
	for _, l := range landed {
		said, unseen := strings.CutSuffix(l.Message, "; nothing of it was kept, since it cannot be looked into")
		if !unseen && l.File != nothingInIt {
			seen++
		}
		if l.Status != string(landing.StatusRefused) || l.File != nothingInIt && said != want[l.File] {
			t.Errorf("%s is %s and says %q, not %q", l.File, l.Status, l.Message, want[l.File])
		}
		if kept := workspace.Exists(ws.Landing.Path(l.SHA256)); kept != (l.File != nothingInIt && !unseen) {
			t.Errorf("%s: its bytes are kept: %v", l.File, kept)
		}
	}
	if kept, err := ws.Landing.Verify(ctx); err != nil || kept != seen || seen > 8 { // texts that break off or have a byte too many
		t.Errorf("%d files are kept, not %d: %v", kept, seen, err)
	}
	// nothing that a bad file holds stops a build
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Errorf("the build fails: %v", err)
	}
}

// nothingInIt is the one bad file that has no bytes to keep.
const nothingInIt = "empty.bad.csv"

// TestRowsThatAreFaulty: each readable file with faults gives exactly the rows,
// lines, columns and sentences of judged.csv, and every row is accounted for.
func TestRowsThatAreFaulty(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := judgePipeline(t)
	for i := range ws.Register.Providers[0].Feeds { // each file counts, whatever else is sent
		ws.Register.Providers[0].Feeds[i].Delivered = "increment"
	}
	want, feeds := map[string][]string{}, map[string]string{}
	for _, c := range example.ReadRows(t, filepath.Join(extracts, "judged.csv")) {
		feeds[c["file"]] = c["feed"]
		want[c["file"]] = append(want[c["file"]], fmt.Sprintf("row %s, line %s, %s (%s): %s", c["row"], c["line"], c["column"], c["severity"], c["sentence"]))
	}
	paths := map[string][]string{} // by feed
	for _, file := range slices.Sorted(maps.Keys(want)) {
		paths[feeds[file]] = append(paths[feeds[file]], filepath.Join(extracts, file))
	}
	rejected := map[string]int64{}
	for _, feed := range slices.Sorted(maps.Keys(paths)) {
		landed, err := intake.LandAndJudge(ctx, ws, paths[feed], landing.Given{Provider: "P", Feed: feed}, false)
		if err != nil || len(landed) != len(paths[feed]) {
			t.Fatalf("%d files of %d, %v", len(landed), len(paths[feed]), err)
		}
		for _, l := range landed {
			if rejected[l.File] = l.Rejected; want[l.File][0] != fmt.Sprintf("row , line ,  (refused): %s", l.Message) {
				continue
			}
			if delete(want, l.File); l.Status != string(landing.StatusRefused) {
				t.Errorf("the status of %s is %s", l.File, l.Status)
			}
		}
	}
	report, err := builds.Build(ctx, ws)
	if err != nil || len(report.Files) != len(want) {
		t.Fatalf("%d files count, of %d: %v", len(report.Files), len(want), err)
	}
	for _, f := range report.Files {
		if f.Rows != f.Accepted+f.Rejected || f.Rows == 0 || f.Rejected != rejected[f.File] {
			t.Errorf("%s: %d rows, %d accepted, %d rejected; when it was landed %d were", f.File, f.Rows, f.Accepted, f.Rejected, rejected[f.File])
		}
	}
	found, err := published.Rejects(ctx, ws, "", "")
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for _, r := range found.Rows {
		file := table.AsText(r[0])
		got[file] = append(got[file], fmt.Sprintf("row %v, line %v, %v (%v): %v", r[5], r[6], r[7], r[9], r[11]))
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("the faults (-want +got):\n%s", d)
	}
}

// TestHeadersNobodyClaims: a file that no pattern claims is told what its
// header looks like.
func TestHeadersNobodyClaims(t *testing.T) {
	ws := judgePipeline(t) // dry: it keeps nothing
	for file, want := range map[string]string{
		"fits-none.bad.csv":      "the header fits no contract",
		"fits-two.bad.csv":       "fits",
		"duplicate-keys.bad.csv": "its header is that of referrals",
	} {
		landed, err := intake.LandAndJudge(context.Background(), ws, []string{filepath.Join(extracts, file)}, landing.Given{}, true)
		if err != nil {
			t.Fatal(err)
		}
		if len(landed) != 1 || !strings.Contains(landed[0].Message, want) {
			t.Errorf("%s: it says %+v, which must hold %q", file, landed, want)
		}
		t.Log(landed[0].Message)
	}
}
