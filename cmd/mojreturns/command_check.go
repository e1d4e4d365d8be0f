package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
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
			if at != "" {
				answers, err := flow.Conditions(c.Context(), p)
				if err != nil {
					return err
				}
				found = append(found, unmet(answers)...)
			}
			if err := a.printFindings(found); err != nil {
				return err
			}
			for _, f := range found {
				if f.Severity == "error" {
					return errFailed
				}
			}
			return nil
		},
	}
	periodFlag(c, &at)
	a.printFlags(c)
	return c
}

// unmet are the funding conditions that fail, as findings.
func unmet(answers []pipeline.Answer) []pipeline.Finding {
	var out []pipeline.Finding
	for _, answer := range answers {
		if answer.Status == "not met" {
			out = append(out, pipeline.Finding{Code: answer.Code, Title: answer.Title, Severity: "error", Subject: answer.Fund, Detail: answer.Evidence,
				Found: 1, Remedy: "See `mojreturns conditions --breaches` for the rows that breach it"})
		}
	}
	slices.SortStableFunc(out, func(a, b pipeline.Finding) int { return strings.Compare(a.Code, b.Code) })
	return out
}

// printFindings writes findings as rows, or for people as one paragraph for each check.
func (a *app) printFindings(found []pipeline.Finding) error {
	if a.format != "table" || a.output != "" {
		var list [][]any
		for _, f := range found {
			list = append(list, []any{f.Code, f.Title, f.Severity, f.Subject, f.Detail, f.Found, f.Remedy})
		}
		return a.print(rows([]string{"code", "title", "severity", "subject", "detail", "found", "remedy"}, list...))
	}
	if len(found) == 0 {
		fmt.Fprintln(a.stdout, "Nothing found.")
		return nil
	}
	var subject string
	shown := 0
	for i, f := range found {
		first := i == 0 || found[i-1].Code != f.Code
		if first {
			fmt.Fprintf(a.stdout, "%s  %s: %s\n", f.Code, strings.ToUpper(f.Severity), f.Title)
		}
		if at := f.Period + " " + f.Subject; first || at != subject {
			subject, shown = at, 0
			fmt.Fprintf(a.stdout, "  %s: %s found\n", strings.TrimSpace(f.Subject+" "+f.Period), thousands(f.Found))
		}
		if shown++; shown <= mostExamples {
			fmt.Fprintf(a.stdout, "    %s\n", f.Detail)
		}
		last := i == len(found)-1 || found[i+1].Code != f.Code
		if last || found[i+1].Period+" "+found[i+1].Subject != subject {
			if f.Found > mostExamples {
				fmt.Fprintf(a.stdout, "    and %s more; --format csv lists up to 100\n", thousands(f.Found-mostExamples))
			}
		}
		if last {
			fmt.Fprintf(a.stdout, "  What to do: %s.\n\n", f.Remedy)
		}
	}
	return nil
}

// mostExamples is how many findings of a check about one subject are shown.
const mostExamples = 3
