package main

import (
	"context"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
	"mojreturns/pipeline/workspace"
)

func (a *app) runCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "run --period P",
		Short:   "The main job: land the inbox, build, check, draft the return and the briefing",
		Example: `  mojreturns run --workspace testdata/cleveland --period 2023-24-Q4`,
		RunE: a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			report, err := pipeline.Run(ctx, ws, a.period)
			if report.Briefing.Path != "" { // all was done that could be; a return may have been refused
				summary(a.line, report)
			}
			return err
		}),
	}
	a.periodFlag(c)
	a.waitFlag(c)
	return c
}
