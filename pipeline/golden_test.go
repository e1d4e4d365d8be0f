package pipeline_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

var updateGolden = flag.Bool("update", false, "write the golden figures of the present engine number")

func TestMain(m *testing.M) { example.Main(m) }

// TestGoldenFigures holds every headline figure and condition of the example
// to the file of the engine's number: whoever changes a result raises Engine.
func TestGoldenFigures(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	ws := example.Shared(t)
	var got strings.Builder
	for _, label := range []string{"2023-24-Q3", "2023-24-Q4", "2023-24"} {
		figures, err := published.FigureRows(ctx, ws, published.Question{Period: example.Quarter(t, label), By: "total"})
		if err != nil {
			t.Fatal(err)
		}
		conditions, err := example.View(t, ws, example.Quarter(t, label)).ConditionRows(ctx, "", false)
		if err != nil {
			t.Fatal(err)
		}
		if err := figures.Write(&got, "csv"); err != nil {
			t.Fatal(err)
		}
		if err := conditions.Write(&got, "csv"); err != nil {
			t.Fatal(err)
		}
	}
	text := strings.ReplaceAll(got.String(), "\r\n", "\n")
	file := fmt.Sprintf("../testdata/cases/figures-of-engine-%d.csv", workspace.Engine)
	if *updateGolden {
		if err := os.WriteFile(file, []byte(text), 0o660); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatalf("there are no golden figures of engine %d; look at the change, then `go test ./pipeline -run TestGoldenFigures -update`: %v", workspace.Engine, err)
	}
	if text != string(want) {
		for i, line := range strings.Split(text, "\n") {
			if lines := strings.Split(string(want), "\n"); i >= len(lines) || lines[i] != line {
				t.Fatalf("a figure has changed, from line %d on: %s\nif that is meant, raise Engine in pipeline.go and write the new file with -update", i+1, line)
			}
		}
		t.Fatal("figures are gone")
	}
}
