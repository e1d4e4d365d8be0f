package main

import (
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/builds"
)

func (a *app) buildCommand() *cobra.Command {
	var wait time.Duration
	c := &cobra.Command{
		Use:     "build",
		Short:   "Builds and publishes the warehouse from what has been landed",
		Example: "  mojreturns build --workspace testdata/cleveland",
		RunE: func(c *cobra.Command, _ []string) error {
			flow, release, err := a.change(c.Context(), "build", wait)
			if err != nil {
				return err
			}
			defer release()
			report, err := builds.Build(c.Context(), flow)
			if err != nil {
				return err
			}
			names := []string{"file", "sha256", "provider", "feed", "sheet", "rows", "accepted", "rejected", "counted", "superseded", "message"}
			var list [][]any
			for _, f := range append(report.Files, report.Refused...) {
				list = append(list, []any{f.File, f.SHA256, f.Provider, f.Feed, f.Sheet, f.Rows, f.Accepted, f.Rejected, f.Counted, f.Older, f.Message})
			}
			return a.print(rows(names, list...))
		},
	}
	waitFlag(c, &wait)
	a.printFlags(c)
	return c
}
