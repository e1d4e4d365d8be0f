package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline"
	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/published"
)

func (a *app) returnCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "return",
		Short: "The return: draft, submit, approve, verify and compare it",
		RunE: func(c *cobra.Command, _ []string) error {
			return usage("say what to do with the return; `mojreturns return --help` lists it")
		},
	}
	c.AddCommand(a.returnDraftCommand(), a.returnListCommand(), a.returnSubmitCommand(), a.returnApproveCommand(), a.returnVerifyCommand(), a.returnDiffCommand(), a.returnKeyCommand(),
		a.returnCommentsCommand(), a.returnLintCommand(), a.returnAdoptCommand())
	return c
}

func (a *app) returnDraftCommand() *cobra.Command {
	var at, name, output string
	c := &cobra.Command{
		Use:     "draft --period P",
		Short:   "Fills the return's workbook from the published warehouse",
		Example: "  mojreturns return draft --workspace testdata/cleveland --period 2023-24-Q4 -o return.xlsx",
		RunE: func(c *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, err := a.open()
			if err != nil {
				return err
			}
			if a.asAt != "" && output == "" {
				return usage("a draft --as-at is not kept in the store: say where it goes with -o FILE.xlsx")
			}
			if output != "" {
				ending, err := flow.WorkbookEnding(name)
				if err != nil {
					return usageError{err}
				}
				if filepath.Ext(output) != ending {
					return usage("the return is a workbook: the name %q must end in %s", output, ending)
				}
			}
			v, err := published.Open(c.Context(), flow, p)
			if err != nil {
				return err
			}
			defer v.Close()
			drafted, err := draft.Return(c.Context(), v, name, output)
			if err != nil {
				return err
			}
			fmt.Fprintln(a.stdout, drafted.Path)
			return nil
		},
	}
	periodFlag(c, &at)
	c.Flags().StringVar(&name, "return", "", "which return (default: the first configured)")
	c.Flags().StringVarP(&output, "output", "o", "", "where to write it (default: the store's drafts)")
	return c
}

func (a *app) returnListCommand() *cobra.Command {
	var at string
	c := &cobra.Command{
		Use:     "list --period P",
		Short:   "The returns owed for a period, when each is due and how it stands",
		Example: "  mojreturns return list --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: func(_ *cobra.Command, _ []string) error {
			p, err := parsePeriod(at)
			if err != nil {
				return err
			}
			flow, err := a.open()
			if err != nil {
				return err
			}
			names := []string{"return", "period", "due", "status", "file"}
			var list [][]any
			for _, d := range pipeline.DueReturns(flow, p) {
				list = append(list, []any{d.Name, d.Period, d.Due.Format(time.DateOnly), d.Status, d.File})
			}
			return a.print(rows(names, list...))
		},
	}
	periodFlag(c, &at)
	a.printFlags(c)
	return c
}
