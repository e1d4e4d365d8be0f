package main

import "github.com/spf13/cobra"

func (a *app) rejectsCommand() *cobra.Command {
	var feed, provider string
	var values bool
	c := &cobra.Command{
		Use:     "rejects [--feed F] [--provider P]",
		Short:   "Every fault found in the files that count, and what to do about it",
		Example: "  mojreturns rejects --workspace testdata/cleveland --feed spend",
		RunE: func(c *cobra.Command, _ []string) error {
			flow, _, err := a.open()
			if err != nil {
				return err
			}
			list := flow.Rejects
			if values {
				list = flow.FaultyValues
			}
			found, err := list(c.Context(), feed, provider)
			if err != nil {
				return err
			}
			return a.print(found)
		},
	}
	c.Flags().StringVar(&feed, "feed", "", "only this feed")
	c.Flags().StringVar(&provider, "provider", "", "only this provider")
	c.Flags().BoolVar(&values, "values", false, "count the faulty values instead, the most frequent first: what to translate in the mapping")
	a.printFlags(c)
	return c
}
