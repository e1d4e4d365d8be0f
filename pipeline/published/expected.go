package published

import (
	"context"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/typed"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

// Expected lists what providers should have sent for a period, and whether it has
// come by today; where a build is published, also what came with no row that counts.
func Expected(ctx context.Context, ws *workspace.Workspace, at period.Period) ([]landing.Expectation, error) {
	sources, err := typed.Stage(ctx, ws)
	if err != nil {
		return nil, err
	}
	if _, found, err := warehouse.Latest(ws.BuildDir()); err != nil {
		return nil, err
	} else if found {
		reader, err := builds.Reader(ctx, ws)
		if err != nil {
			return nil, err
		}
		defer reader.Close()
		if sources, err = typed.Judged(ctx, ws, reader.DB, sources); err != nil {
			return nil, err
		}
	}
	return typed.Expected(ws, at, sources), nil
}
