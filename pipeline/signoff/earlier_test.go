package signoff_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/signoff"
	"mojreturns/queries"
)

// A return that was sealed while conditions stated status and evidence themselves is
// made again from the rules in its seal, and they answer as their ladder does now. It
// takes seconds: it builds the example, seals it and makes it again.
func TestSealOfEarlierRules(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Cleveland(t)
	const file = "conditions/C09_evidence.sql"
	now := string(example.ReadFile(t, example.File(t, "queries", file)))
	ws.Queries = example.WithMetric(t, ws.Queries, file, now, string(example.ReadFile(t, "testdata/C09_evidence.sql")))
	if err := ws.Load(); err != nil {
		t.Fatal(err)
	}
	at := example.Quarter(t, "2023-24-Q4")
	seals(t, ws, at)
	answers := func(list [][]any) (out []string) {
		for _, row := range list {
			if row[0] == "C09" {
				out = append(out, fmt.Sprint(row))
			}
		}
		return out
	}
	then, err := example.View(t, ws, at).ConditionRows(ctx, "", false)
	if err != nil {
		t.Fatal(err)
	}
	today, err := example.View(t, example.Shared(t), at).ConditionRows(ctx, "", false)
	if err != nil {
		t.Fatal(err)
	}
	was, is := strings.Join(answers(then.Rows), "\n"), strings.Join(answers(today.Rows), "\n")
	if was != is || !strings.Contains(was, "1 of 12 lines of spend (£3,600.00) without an evidence reference.") {
		t.Errorf("answered\n%s\nand by its ladder\n%s", was, is)
	}
	if v, err := signoff.Verify(ctx, ws, signoff.Asked{Period: at}); err != nil || !v.Rebuilt || !v.OK() {
		t.Errorf("verified: %+v, %v", v, err)
	}
}

// The program's own conditions have ladders, so that a threshold stands where a data
// officer finds it.
func TestConditionsHaveLadders(t *testing.T) {
	set, err := metrics.Load(queries.Files)
	if err != nil || len(set.Conditions) == 0 {
		t.Fatalf("%d conditions, %v", len(set.Conditions), err)
	}
	for _, c := range set.Conditions {
		if len(c.Answers) < 2 {
			t.Errorf("%s has %d answers", c.File, len(c.Answers))
		}
	}
}
