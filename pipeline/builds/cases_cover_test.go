package builds_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mojreturns/pipeline/example"
	"mojreturns/pipeline/metrics"
	"mojreturns/pipeline/period"
	"mojreturns/queries"
)

// TestMetricCasesCover holds that the figures worked by hand leave nothing of a
// metric untried: each kind of scope it has, each kind of period, each
// breakdown, and the marker where it may have no value.
func TestMetricCasesCover(t *testing.T) {
	set, err := metrics.Load(queries.Files)
	if err != nil {
		t.Fatal(err)
	}
	worked := workedFigures(t)
	for _, m := range set.Metrics {
		tried := map[string]bool{}
		for _, row := range worked[m.Code] {
			at, err := period.Parse(row["period"])
			if err != nil {
				t.Fatalf("%s: %v", m.Code, err)
			}
			kind, _, _ := strings.Cut(row["scope"], ":")
			tried["scope "+kind], tried["period "+string(at.Kind)], tried["by "+row["dimension"]] = true, true, true
			if row["marker"] == "z" {
				tried["no value"] = true
			}
		}
		for _, part := range partsOf(m) {
			if !tried[part] {
				t.Errorf("%s/%s: no figure was worked by hand for %q", cases, m.Code, part)
			}
		}
	}
}

// partsOf lists what a metric's cases must try.
func partsOf(m metrics.Metric) []string {
	var parts []string
	for _, kind := range m.Scopes {
		parts = append(parts, "scope "+strings.Replace(kind, "claimed", "fund", 1))
	}
	for _, kind := range []period.Kind{period.Month, period.Quarter, period.Half, period.Whole, period.ToDate} {
		parts = append(parts, "period "+string(kind))
	}
	for _, by := range m.By {
		parts = append(parts, "by "+by.String())
	}
	formula := m.Count.Kind == "formula" && m.Count.Formula.Division() != nil
	if formula || m.NoTotal || slices.Contains(m.Scopes, "claimed") || m.Count.Kind.Ratio() || m.Count.Kind.Quantile() {
		parts = append(parts, "no value")
	}
	return parts
}

// workedFigures are the rows of figures.csv by the code of the metric.
func workedFigures(t *testing.T) map[string][]map[string]string {
	t.Helper()
	folders, err := os.ReadDir(cases)
	if err != nil {
		t.Fatal(err)
	}
	worked := map[string][]map[string]string{}
	for _, f := range folders {
		if !f.IsDir() {
			continue
		}
		code, _, _ := strings.Cut(f.Name(), "-")
		worked[code] = append(worked[code], example.ReadRows(t, filepath.Join(cases, f.Name(), "figures.csv"))...)
	}
	return worked
}
