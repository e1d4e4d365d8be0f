package main

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/signoff"
	"mojreturns/pipeline/table"
	"mojreturns/pipeline/workspace"
)

// reasonFlag adds a flag CODE=REASON, which may be given more than once, and reads
// what was given, with the name of who gives it, into reasons.
func reasonFlag(c *cobra.Command, flag, help string, by *string, reasons *[]archive.Waiver) {
	var texts []string
	c.Flags().StringArrayVar(&texts, flag, nil, help)
	before(c, func([]string) error {
		for _, text := range texts {
			code, reason, ok := strings.Cut(text, "=")
			reason = strings.TrimSpace(reason)
			if !ok || code == "" || reason == "" {
				return usage("--%s %q must be a code, = and the reason", flag, text)
			}
			if len(strings.Fields(reason)) < 2 {
				return usage("--%s %s: %q says too little; write what somebody who asks in a year needs to know", flag, code, reason)
			}
			if slices.ContainsFunc(*reasons, func(w archive.Waiver) bool { return w.Check == code }) {
				return usage("--%s gives two reasons for %s; give one", flag, code)
			}
			if *by == "" {
				return usage("--%s %q needs --by, which says who gives the reason", flag, text)
			}
			*reasons = append(*reasons, archive.Waiver{Check: code, Reason: reason, By: *by})
		}
		return nil
	})
}

func (a *app) returnReviewCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "review --period P",
		Short:   "One page of what approving would sign: money, conditions, waivers, what moved",
		Example: "  mojreturns return review --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.view(func(ctx context.Context, v *published.View, _ []string) error {
			r, err := signoff.Reviewed(ctx, v, a.ofReturn)
			if err != nil {
				return err
			}
			printReview(a.line, r, v.Workspace)
			return nil
		}),
	}
	a.periodFlag(c)
	a.returnFlag(c)
	return c
}

// mostMoved is how many moved figures the page names.
const mostMoved = 12

// printReview writes the page for whoever is to sign.
func printReview(say func(format string, args ...any), r signoff.Review, ws *workspace.Workspace) {
	say("%s for %s, version %d, submitted by %s on %s (build %s)", r.Return, r.Submission.Period, r.Version, r.Submission.By,
		r.Submission.At.In(ws.Location).Format("2 January 2006 at 15:04"), r.Submission.Build)
	for _, note := range r.Keys {
		say("  Keys: %s", note)
	}
	say("\nMoney, year to date")
	for _, m := range r.Money {
		say("  %s", m.Fund)
		for _, line := range [][2]string{{"award", m.Award}, {"spent", m.Spent}, {"forecast outturn", m.Forecast}, {"forecast underspend", m.Underspend}} {
			say("    %-20s %16s", line[0], table.Pounds(line[1]))
		}
	}
	say("\nFunding conditions not met, at risk or not available: %d", len(r.Unmet))
	for _, u := range r.Unmet {
		say("  %-4s %-14s %s: %s", u.Code, strings.ToUpper(u.Status), u.Fund, u.Evidence)
	}
	if len(r.Contradicted) > 0 {
		say("\nWhat to declare takes a reason (--answer CODE=REASON), since a condition says otherwise")
		for _, flag := range slices.Sorted(maps.Keys(r.Contradicted)) {
			say("  %-14s %s", flag, strings.Join(r.Contradicted[flag], ", "))
		}
	}
	say("\nFailing checks that were waived: %d", len(r.Submission.Waived))
	for _, waived := range r.Submission.Waived {
		say("  %-4s by %s: %s", waived.Check, waived.By, waived.Reason)
	}
	say("\nFigures printed otherwise than they last were: %d", len(r.Moved))
	for i, m := range r.Moved {
		if i == mostMoved {
			say("  and %d more; `mojreturns return diff` names the rows that moved them", len(r.Moved)-i)
			break
		}
		say("  %s: %s, was %s in the return for %s", m.Cell, m.Now, m.Was, m.Return)
	}
}

// printDeclared writes what the page's reader declares, and the reasons given where a
// condition says otherwise.
func printDeclared(say func(format string, args ...any), d archive.Declaration, answers []archive.Waiver) {
	say("\nDeclared by %s, %s, on %s", d.Name, d.Role, d.Date)
	say("  spend is in line with the conditions: %s", d.InLine)
	say("  an underspend was notified: %s", strings.TrimSpace(d.Notified+" "+d.NotifiedOn))
	for _, answer := range answers {
		say("  %-4s although a condition says otherwise: %s", answer.Check, answer.Reason)
	}
}
