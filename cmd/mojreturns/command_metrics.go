package main

import (
	"context"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) metricsCommand() *cobra.Command {
	var scope, by string
	c := &cobra.Command{
		Use:   "metrics [CODE...] --period P",
		Short: "The figures, for a period and scope",
		Example: `  mojreturns metrics R01 R12 --workspace testdata/cleveland --period 2023-24-Q4
  mojreturns metrics R01 --workspace testdata/cleveland --period 2023-10 --scope service:STK-ADV --by source --format json`,
		Args: cobra.ArbitraryArgs,
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, codes []string) error {
			if err := knows(ws, workspace.Asked{Scope: scope, Codes: codes, By: by}); err != nil {
				return err
			}
			return a.printed(published.FigureRows(ctx, ws, published.Question{Period: a.period, Codes: codes, Scope: scope, By: by}))
		}),
	}
	a.periodFlag(c)
	c.Flags().StringVar(&scope, "scope", "", "all, fund:CODE, service:CODE or provider:CODE (default: every scope)")
	c.Flags().StringVar(&by, "by", "", "a breakdown, such as source or \"risk_tool x risk_level\" (default: every breakdown; `total` for none)")
	a.printFlags(c)
	return c
}
