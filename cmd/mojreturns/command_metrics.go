package main

import (
	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
)

func (a *app) metricsCommand() *cobra.Command {
	var at, scope, by string
	c := &cobra.Command{
		Use:   "metrics [CODE...] --period P",
		Short: "The figures, for a period and scope",
		Example: `  mojreturns metrics R01 R12 --workspace testdata/cleveland --period 2023-24-Q4
  mojreturns metrics R01 --workspace testdata/cleveland --period 2023-10 --scope service:STK-ADV --by source --format json`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, codes []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, err := a.open()
			if err != nil {
				return err
			}
			found, err := published.FigureRows(c.Context(), flow, published.Question{Period: p, Codes: codes, Scope: scope, By: by})
			if err != nil {
				return err
			}
			return a.print(found)
		},
	}
	periodFlag(c, &at)
	c.Flags().StringVar(&scope, "scope", "", "all, fund:CODE, service:CODE or provider:CODE (default: every scope)")
	c.Flags().StringVar(&by, "by", "", "a breakdown, such as source or \"risk_tool x risk_level\" (default: every breakdown; `total` for none)")
	a.printFlags(c)
	return c
}
