package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) returnCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "return",
		Short: "The return: draft, submit, approve, verify and compare it",
		RunE: func(c *cobra.Command, _ []string) error {
			return usage("say what to do with the return; `mojreturns return --help` lists it")
		},
	}
	c.AddCommand(a.returnDraftCommand(), a.returnListCommand(), a.returnSubmitCommand(), a.returnReviewCommand(), a.returnApproveCommand(), a.returnVerifyCommand(), a.returnDiffCommand(), a.returnKeyCommand(),
		a.returnCommentsCommand(), a.returnLintCommand(), a.returnAdoptCommand())
	return c
}

func (a *app) returnDraftCommand() *cobra.Command {
	var output string
	c := &cobra.Command{
		Use:     "draft --period P",
		Short:   "Fills the return's workbook from the published warehouse",
		Example: "  mojreturns return draft --workspace testdata/cleveland --period 2023-24-Q4 -o return.xlsx",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if err := a.checkDraft(ws, output); err != nil {
				return err
			}
			return a.see(ctx, ws, func(v *published.View) error {
				drafted, err := draft.Return(ctx, v, a.ofReturn, output)
				if err != nil {
					return err
				}
				fmt.Fprintln(a.stdout, drafted.Path)
				return nil
			})
		}),
	}
	a.periodFlag(c)
	a.returnFlag(c)
	c.Flags().StringVarP(&output, "output", "o", "", "where to write it (default: the store's drafts)")
	return c
}

// checkDraft says where a draft may be written.
func (a *app) checkDraft(ws *workspace.Workspace, output string) error {
	switch {
	case output == "" && a.asAt != "":
		return usage("a draft --as-at is not kept in the store: say where it goes with -o FILE.xlsx")
	case output == "":
		return nil
	}
	ending, err := ws.WorkbookEnding(a.ofReturn)
	if err != nil {
		return usageError{err}
	}
	if filepath.Ext(output) != ending {
		return usage("the return is a workbook: the name %q must end in %s", output, ending)
	}
	return nil
}

func (a *app) returnListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "list --period P",
		Short:   "The returns owed for a period, when each is due and how it stands",
		Example: "  mojreturns return list --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			owed, err := pipeline.DueReturns(ws, a.period)
			if err != nil {
				return err
			}
			var list [][]any
			for _, d := range owed {
				list = append(list, []any{d.Name, d.Period, d.Due.Format(time.DateOnly), d.Status, late(d.Late), d.File})
			}
			return a.print(rows([]string{"return", "period", "due", "status", "days_late", "file"}, list...))
		}),
	}
	a.periodFlag(c)
	a.printFlags(c)
	return c
}
