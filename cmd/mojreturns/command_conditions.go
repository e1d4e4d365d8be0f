package main

import (
	"context"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) conditionsCommand() *cobra.Command {
	var fund string
	var breaches bool
	c := &cobra.Command{
		Use:     "conditions --period P",
		Short:   "The funding conditions, with their evidence",
		Example: "  mojreturns conditions --workspace testdata/cleveland --period 2023-24-Q4 --fund CORE-UPL-2324",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if err := knows(ws, workspace.Asked{Fund: fund}); err != nil {
				return err
			}
			return a.see(ctx, ws, func(v *published.View) error { return a.printed(v.ConditionRows(ctx, fund, breaches)) })
		}),
	}
	a.periodFlag(c)
	c.Flags().StringVar(&fund, "fund", "", "only this fund")
	c.Flags().BoolVar(&breaches, "breaches", false, "list the rows that breach each condition instead")
	a.printFlags(c)
	return c
}
