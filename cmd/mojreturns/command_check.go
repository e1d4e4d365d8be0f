package main

import (
	"github.com/spf13/cobra"

	"mojreturns/pipeline/period"
)

func (a *app) checkCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:     "check [--period P]",
		Short:   "Data checks, reconciliations and funding conditions; exit code 1 if any fails",
		Example: "  mojreturns check --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: func(c *cobra.Command, _ []string) error {
			var p period.Period
			if at != "" {
				var err error
				if p, err = parsePeriod(at); err != nil {
					return err
				}
			}
			flow, _, err := a.open()
			if err != nil {
				return err
			}
			found, err := flow.Check(c.Context(), p)
			if err != nil {
				return err
			}
			failed := false
			names := []string{"code", "title", "severity", "subject", "detail", "remedy"}
			var list [][]any
			for _, f := range found {
				list = append(list, []any{f.Code, f.Title, f.Severity, f.Subject, f.Detail, f.Remedy})
				failed = failed || f.Severity == "error"
			}
			if at != "" {
				answers, err := flow.Conditions(c.Context(), p)
				if err != nil {
					return err
				}
				for _, answer := range answers {
					if answer.Status == "not met" {
						list = append(list, []any{answer.Code, answer.Title, "error", answer.Fund, answer.Evidence, "See `mojreturns conditions` for the rows that breach it"})
						failed = true
					}
				}
			}
			if err := a.print(rows(names, list...)); err != nil {
				return err
			}
			if failed {
				return errFailed
			}
			return nil
		},
	}
	periodFlag(c, &at)
	a.printFlags(c)
	return c
}
