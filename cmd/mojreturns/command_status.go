package main

import (
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/landing"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/typed"
)

func (a *app) statusCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:     "status [--period P]",
		Short:   "What has arrived, what is late, what is due",
		Example: "  mojreturns status --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: func(c *cobra.Command, _ []string) error {
			flow, err := a.open()
			if err != nil {
				return err
			}
			var p period.Period
			if at == "" {
				p, err = typed.LatestPeriod(c.Context(), flow)
			} else {
				p, err = parsePeriod(at)
			}
			if err != nil {
				return err
			}
			expected, err := published.Expected(c.Context(), flow, p)
			if err != nil {
				return err
			}
			expired, err := intake.ExpiredFiles(flow)
			if err != nil {
				return err
			}
			names := []string{"what", "provider", "feed", "period", "due", "status", "days_late", "file", "received", "chase", "chased_by"}
			var list [][]any
			for _, e := range expected {
				whom, by := "", ""
				if sender, ok := flow.Register.Provider(e.Provider); ok && e.Status != landing.Received {
					whom, by = sender.Addressee(), sender.Chaser()
				}
				list = append(list, []any{"extract", e.Provider, e.Feed, e.Period, e.Due.Format(time.DateOnly), e.Status, lateDays(e), e.File, moment(e.Received, flow.Location), whom, by})
			}
			for _, d := range pipeline.DueReturns(flow, p) {
				list = append(list, []any{"return", "", d.Name, d.Period, d.Due.Format(time.DateOnly), d.Status, nil, d.File, "", "", ""})
			}
			for _, e := range expired {
				list = append(list, []any{"retention", e.Provider, e.Feed, e.Year, e.Since.Format(time.DateOnly), "to be erased", nil, e.Name, moment(e.Received, flow.Location), "", ""})
			}
			return a.print(rows(names, list...))
		},
	}
	periodFlag(c, &at)
	a.printFlags(c)
	return c
}

func lateDays(e landing.Expectation) any {
	if e.Status != landing.Late {
		return nil
	}
	return e.Late
}

func moment(t time.Time, location *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(location).Format("2006-01-02 15:04")
}
