package pipeline

import (
	"context"
	"strings"
	"testing"

	"mojreturns/pipeline/landing"
)

// One value among many rejects its row; what was sent is repeated nowhere, and
// neither is a name sent in place of a person's key.
func TestLonePersonalDataRejectsItsRow(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	p := example(t)
	landed := sends(t, p, func(rows [][]string) [][]string {
		rows = withColumn("Remarks", "", "call 07700 900123")(rows)
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
		if strings.Contains(line, "07700") || strings.Contains(line, "Xyzzy") || strings.Contains(line, "next week") {
			t.Errorf("a value is repeated: %s", line)
		}
		if strings.Contains(line, "(withheld)") {
			seen[text(row[5])+" "+text(row[7])] = true
		}
	}
	if !seen["3 Remarks"] || !seen["7 victim_pseudo_id"] || !seen["9 age_years"] {
		t.Errorf("withheld are %v", seen)
	}
}

// What people write into the return is screened too.
func TestCommentaryIsScreened(t *testing.T) {
	t.Parallel()
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
