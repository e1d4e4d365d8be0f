package pipeline_test

import (
	"context"
	"strings"
	"testing"

	"mojreturns/pipeline"
	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/table"
)

// One value among many rejects its row; what was sent is repeated nowhere, and
// neither is a name sent in place of a person's key.
func TestLonePersonalDataRejectsItsRow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.SmallUnbuilt(t)
	landed := example.Sends(t, ws, func(rows [][]string) [][]string {
		rows = example.WithColumn("Remarks", "", "call 07700 900123")(rows)
		for i, h := range rows[0] {
			switch h {
			case "victim_pseudo_id":
				rows[6][i] = "Xyzzy Plugh"
			case "age_years":
				rows[8][i] = "47 next week"
			}
		}
		return rows
	})
	if landed.Status != landing.StatusLanded {
		t.Fatalf("%s: %s", landed.Status, landed.Message)
	}
	if _, err := builds.Build(ctx, ws); err != nil {
		t.Fatal(err)
	}
	faults, err := published.Rejects(ctx, ws, "referrals", "SLT")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, row := range faults.Rows {
		line := ""
		for _, cell := range row {
			line += table.AsText(cell) + " | "
		}
		if strings.Contains(line, "07700") || strings.Contains(line, "Xyzzy") || strings.Contains(line, "next week") {
			t.Errorf("a value is repeated: %s", line)
		}
		if strings.Contains(line, "(withheld)") {
			seen[table.AsText(row[5])+" "+table.AsText(row[7])] = true
		}
	}
	if !seen["3 Remarks"] || !seen["7 victim_pseudo_id"] || !seen["9 age_years"] {
		t.Errorf("withheld are %v", seen)
	}
}

// What people write into the return is screened too.
func TestCommentaryIsScreened(t *testing.T) {
	t.Parallel()
	ws := example.Small(t)
	at := example.Quarter(t, "2023-24-Q4")
	path, err := draft.StartComments(ws, "", at)
	if err != nil {
		t.Fatal(err)
	}
	example.WriteCSV(t, path, [][]string{{"sheet", "cell", "text", "by"}, {"T17_Narrative", "B11", "A client at TS1 2AB was supported", "analyst"}})
	if _, err := pipeline.Run(context.Background(), ws, at); err == nil || !strings.Contains(err.Error(), ":2: T17_Narrative!B11 seems to have a full postcode in it") || strings.Contains(err.Error(), "TS1") {
		t.Errorf("got %v", err)
	}
}
