package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/owed"
	"mojreturns/pipeline/published"
	"mojreturns/pipeline/workspace"
)

func (a *app) returnCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "return",
		Short: "The return: draft, submit, approve, verify and compare it",
	}
	c.AddCommand(a.returnDraftCommand(), a.returnListCommand(), a.returnSubmitCommand(), a.returnReviewCommand(), a.returnApproveCommand(), a.returnVerifyCommand(), a.returnDiffCommand(), a.returnKeyCommand(), a.returnKeysCommand(),
		a.returnCommentsCommand(), a.returnLintCommand(), a.returnAdoptCommand(), a.returnMakeCommand())
	return c
}

func (a *app) returnDraftCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "draft --period P",
		Short:   "Fills the return's workbook from the published warehouse",
		Example: "  mojreturns return draft --workspace testdata/cleveland --period 2023-24-Q4 -o return.xlsx",
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			if err := a.checkDraft(ws); err != nil {
				return err
			}
			return a.see(ctx, ws, func(v *published.View) error {
				drafted, err := draft.Return(ctx, v, a.ofReturn, a.output)
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
	a.outputFlag(c, "where to write it, as .xlsx, or .xlsm where the blank has macros (default: the store's drafts)", only(".xlsx", ".xlsm"))
	return c
}

// checkDraft says where a draft may be written.
func (a *app) checkDraft(ws *workspace.Workspace) error {
	switch {
	case a.output == "" && a.asAt != "":
		return usage("a draft --as-at is not kept in the store: say where it goes with -o FILE.xlsx")
	case a.output == "":
		return nil
	}
	ending, err := ws.WorkbookEnding(a.ofReturn)
	if err != nil {
		return usageError{err}
	}
	return writing{endings: []string{ending}}.check(a.output)
}

func (a *app) returnListCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "list --period P",
		Short:   "The returns owed for a period, when each is due and how it stands",
		Example: "  mojreturns return list --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			due, err := owed.Returns(ws, a.period)
			if err != nil {
				return err
			}
			var list [][]any
			for _, d := range due {
				list = append(list, []any{d.Name, d.Period, d.Due.Format(time.DateOnly), d.Status, late(d.Late), d.File})
			}
			return a.print(rows([]string{"return", "period", "due", "status", "days_late", "file"}, list...))
		}),
	}
	a.periodFlag(c)
	a.printFlags(c)
	return c
}
