package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func (a *app) briefingCommand() *cobra.Command {
	var at, output string
	c := &cobra.Command{
		Use:     "briefing --period P",
		Short:   "The Commissioner's pack: one page of HTML that needs nothing else",
		Example: "  mojreturns briefing --workspace testdata/cleveland --period 2023-24-Q4 -o briefing.html",
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, _, err := a.open()
			if err != nil {
				return err
			}
			if a.asAt != "" && output == "" {
				return usage("a briefing --as-at is not kept in the store: say where it goes with -o FILE.html")
			}
			written, err := flow.Briefing(c.Context(), p, output)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, written.Path)
			return nil
		},
	}
	periodFlag(c, &at)
	c.Flags().StringVarP(&output, "output", "o", "", "where to write it (default: the store's drafts)")
	return c
}
