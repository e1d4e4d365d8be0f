package draft_test

import (
	"context"
	"testing"

	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/example"
	"mojreturns/pipeline/guard"
)

// What hiding costs readers, of the example's fourth quarter: of the guarded cells that
// have a value how many per cent are [c], how many of them are totals, and how long it
// takes to decide, with all that the return reads.
func BenchmarkHidden(b *testing.B) {
	v := example.View(b, example.Shared(b), example.Quarter(b, "2023-24-Q4"))
	g, err := guard.For(v.Workspace, disclosure.Ministry)
	if err != nil {
		b.Fatal(err)
	}
	var cells, hidden, totals int
	for b.Loop() {
		request, err := draft.Request(context.Background(), v, v.Workspace.Returns[0])
		if err != nil {
			b.Fatal(err)
		}
		printed, err := request.Template.Cells(request.Scopes, request.Period)
		if err != nil {
			b.Fatal(err)
		}
		cells, hidden, totals = len(request.Template.Quality(request.Quality)), 0, 0
		for _, c := range printed {
			if _, guarded := g.Metrics[c.Place.Code]; !guarded || c.Condition {
				continue
			}
			if value, ok := request.Figures.Figure(c.Place); ok && value.Marker == "" {
				cells++
			}
		}
		for f, is := range request.Hidden {
			if !is {
				continue
			}
			hidden++
			if f.Place.Dimension == "" && f.Place.Period != "" { // rows are nobody's headline
				totals++
			}
		}
	}
	b.ReportMetric(100*float64(hidden)/float64(cells), "%hidden")
	b.ReportMetric(float64(hidden), "hidden")
	b.ReportMetric(float64(totals), "totals")
}
