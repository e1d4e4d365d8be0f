package main

import (
	"context"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/builds"
	"mojreturns/pipeline/workspace"
)

func (a *app) buildCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "build",
		Short:   "Builds and publishes the warehouse from what has been landed",
		Example: "  mojreturns build --workspace testdata/cleveland",
		RunE: a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			report, err := builds.Build(ctx, ws)
			if err != nil {
				return err
			}
			names := []string{"file", "sha256", "provider", "feed", "sheet", "rows", "accepted", "rejected", "counted", "superseded", "message"}
			var list [][]any
			for _, f := range append(report.Files, report.Refused...) {
				list = append(list, []any{f.File, f.SHA256, f.Provider, f.Feed, f.Sheet, f.Rows, f.Accepted, f.Rejected, f.Counted, f.Older, f.Message})
			}
			return a.print(rows(names, list...))
		}),
	}
	a.waitFlag(c)
	a.printFlags(c)
	return c
}
