package main

import (
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
)

func (a *app) runCommand() *cobra.Command {
	var at string
	var wait time.Duration
	c := &cobra.Command{
		Use:     "run --period P",
		Short:   "The main job: land the inbox, build, check, draft the return and the briefing",
		Example: `  mojreturns run --workspace testdata/cleveland --period 2023-24-Q4`,
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, release, err := a.change(c.Context(), "run", wait)
			if err != nil {
				return err
			}
			defer release()
			report, err := pipeline.Run(c.Context(), flow, p)
			if report.Briefing.Path != "" { // all was done that could be; a return may have been refused
				summary(a.stdout, report)
			}
			return err
		},
	}
	periodFlag(c, &at)
	waitFlag(c, &wait)
	return c
}
