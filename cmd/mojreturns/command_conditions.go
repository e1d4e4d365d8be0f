package main

import (
	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
)

func (a *app) conditionsCommand() *cobra.Command {
	var at, fund string
	var breaches bool
	c := &cobra.Command{
		Use:     "conditions --period P",
		Short:   "The funding conditions, with their evidence",
		Example: "  mojreturns conditions --workspace testdata/cleveland --period 2023-24-Q4 --fund CORE-UPL-2324",
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, err := a.open()
			if err != nil {
				return err
			}
			v, err := published.Open(c.Context(), flow, p)
			if err != nil {
				return err
			}
			defer v.Close()
			found, err := v.ConditionRows(c.Context(), fund, breaches)
			if err != nil {
				return err
			}
			return a.print(found)
		},
	}
	periodFlag(c, &at)
	c.Flags().StringVar(&fund, "fund", "", "only this fund")
	c.Flags().BoolVar(&breaches, "breaches", false, "list the rows that breach each condition instead")
	a.printFlags(c)
	return c
}
