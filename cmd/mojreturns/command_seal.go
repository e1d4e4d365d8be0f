package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/archive"
	"mojreturns/pipeline/workspace"
)

func (a *app) sealCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "seal",
		Short: "The journal of what was submitted, sealed and released: its head, and whether all is as it was",
	}
	a.group(c)
	c.AddCommand(a.sealHeadCommand(), a.sealVerifyCommand())
	return c
}

func (a *app) sealHeadCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "head",
		Short:   "The journal's last line in one word, for the minutes of a meeting",
		Example: "  mojreturns seal head --workspace testdata/cleveland",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			j, err := ws.Journal()
			if err != nil {
				return err
			}
			if j.Head() == "" {
				fmt.Fprintln(a.stdout, "The journal has no line yet: nothing was submitted, sealed, released, withdrawn or erased.")
				return nil
			}
			last := j.Entries[len(j.Entries)-1]
			fmt.Fprintf(a.stdout, "%s\nLine %d of the journal, of %s. Put the first line into the minutes: `mojreturns seal verify --head` proves later that nothing before it was changed.\n",
				j.Head(), last.Number, last.At.In(ws.Location).Format("2 January 2006 at 15:04"))
			return nil
		}),
	}
}

func (a *app) sealVerifyCommand() *cobra.Command {
	var head string
	c := &cobra.Command{
		Use:     "verify",
		Short:   "Holds every submission, seal and release against the journal, without making figures again",
		Example: "  mojreturns seal verify --workspace testdata/cleveland",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			audit, err := archive.Look(ws, head)
			if err != nil {
				return err
			}
			return a.tellAudit(audit, head)
		}),
	}
	headFlag(c, &head)
	return c
}

func headFlag(c *cobra.Command, head *string) {
	c.Flags().StringVar(head, "head", "", "a head of the journal that was kept elsewhere: nothing up to it may have changed")
}

// tellAudit prints what the journal and what is kept say of each other.
func (a *app) tellAudit(audit archive.Audit, head string) error {
	for i, problem := range audit.Problems {
		if i == 0 {
			fmt.Fprintln(a.stdout, "Journal:  NOT as it was")
		}
		a.line("  - %s", problem)
	}
	for _, note := range audit.Notes {
		a.line("  Keys: %s", note)
	}
	if len(audit.Problems) > 0 {
		return errFailed
	}
	if audit.Lines == 0 {
		fmt.Fprintln(a.stdout, "Journal:  no line yet")
		return nil
	}
	kept := ""
	if head != "" {
		kept = ", among them the head given"
	}
	a.line("Journal:  whole, %d lines%s; head %s", audit.Lines, kept, audit.Head)
	if len(audit.Older) > 0 {
		a.line("  %d things kept are older than the journal: what happened to them before, it does not know, nor whose key signed them", len(audit.Older))
	}
	return nil
}
