package share

import (
	"context"
	"slices"
	"strings"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/disclosure"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/workspace"
)

// released are the figures that were released to the public, as they were printed. Nothing
// is decided here about small counts: what was given out already gives nothing away.
func released(ctx context.Context, ws *workspace.Workspace) ([]relation, error) {
	at, err := typed.LatestPeriod(ctx, ws)
	if err != nil {
		return nil, err
	}
	given, err := archive.Read(ws, at.Year)
	if err != nil {
		return nil, err
	}
	t := table.Table{}
	for _, name := range []string{"release", "code", "scope", "period", "dimension", "category", "shows"} {
		t.Columns = append(t.Columns, table.Column{Name: name})
	}
	for _, release := range given.Releases() {
		if release.Audience != disclosure.Public {
			continue
		}
		figures, err := archive.ReadReleased(release.File)
		if err != nil {
			return nil, err
		}
		for _, f := range figures {
			if f.IsPrinted() && f.Field == "value" {
				t.Rows = append(t.Rows, []any{release.Name, f.Place.Code, f.Place.Scope, f.Place.Period, f.Place.Dimension, f.Place.Category, f.Shows})
			}
		}
	}
	if len(t.Rows) == 0 {
		return nil, errNothingReleased
	}
	slices.SortStableFunc(t.Rows, func(a, b []any) int {
		return slices.CompareFunc(a, b, func(x, y any) int { return strings.Compare(table.AsText(x), table.AsText(y)) })
	})
	return []relation{{name: "figure", means: "Figures as they were released to the public", rows: t}}, nil
}
