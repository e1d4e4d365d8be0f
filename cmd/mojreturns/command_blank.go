package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/draft"
	"mojreturns/pipeline/workspace"
)

func (a *app) returnCommentsCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "comments --period P",
		Short:   "Writes the file in which people write a return's comments and narrative",
		Example: "  mojreturns return comments --workspace testdata/cleveland --period 2023-24-Q4",
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			path, err := draft.StartComments(ws, a.ofReturn, a.period)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s\nWrite into the column \"text\", and your role into \"by\"; the next draft shows it.\n", path)
			return nil
		}),
	}
	a.periodFlag(c)
	a.returnFlag(c)
	return c
}

// blanks is enough of a workspace to look at workbooks: its templates, or the
// program's own where there is no workspace.
func (a *app) blanks() (*workspace.Workspace, error) {
	_, forms, err := a.rules(false)
	return &workspace.Workspace{Dir: a.workspace, Templates: forms}, err
}

func (a *app) returnMakeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "make",
		Short:   "Makes our own form for this office's councils, funds and services",
		Example: "  mojreturns return make --workspace testdata/cleveland",
		RunE: a.change(func(_ context.Context, ws *workspace.Workspace, _ []string) error {
			r, err := ws.Return(a.ofReturn)
			if err != nil {
				return usageError{err}
			}
			dir, err := ws.MakeForm(r)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s is made: the return %s is filled into its blank from now on.\n", dir, r.Name)
			return nil
		}),
	}
	a.returnFlag(c)
	a.waitFlag(c)
	return c
}

func (a *app) returnLintCommand() *cobra.Command {
	c := &cobra.Command{
		Use:     "lint [TEMPLATE or FILE]",
		Short:   "Holds a return's blank, or any workbook, against the accessibility checklist",
		Example: "  mojreturns return lint moj-quarterly",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			ws, err := a.blanks()
			if err != nil {
				return err
			}
			name := "moj-quarterly"
			if len(args) == 1 {
				name = args[0]
			}
			if filepath.Ext(name) == "" { // a template, not a workbook
				if err := ws.HasTemplate(name); err != nil {
					return err
				}
			}
			items, err := draft.LintReturn(ws, name)
			if err != nil {
				return err
			}
			var list [][]any
			for _, i := range items {
				list = append(list, []any{i.Level, i.Item, map[bool]string{true: "yes", false: "NO"}[i.OK], i.Evidence})
			}
			return a.print(rows([]string{"level", "item", "passes", "evidence"}, list...))
		},
	}
	a.printFlags(c)
	return c
}

func (a *app) returnAdoptCommand() *cobra.Command {
	var b draft.NewBlank
	var write bool
	c := &cobra.Command{
		Use:   "adopt FILE --from TEMPLATE",
		Short: "Proposes the cell map of a new blank by looking for the words of the old one",
		Example: `  mojreturns return adopt next-year.xlsx --from moj-quarterly
  mojreturns return adopt next-year.xlsx --from moj-quarterly --name moj-2025 --write`,
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			b.File = args[0]
			if b.Name == "" {
				b.Name = strings.TrimSuffix(filepath.Base(b.File), filepath.Ext(b.File))
			}
			ws, err := a.blanks()
			if err != nil {
				return err
			}
			if err := ws.HasTemplate(b.From); err != nil {
				return err
			}
			adoption, err := draft.Adopt(ws, b)
			if err != nil {
				return err
			}
			var list [][]any
			for _, p := range adoption.Placements {
				list = append(list, []any{p.From, p.To, p.Holds, p.Confidence, p.Why})
			}
			if err := a.print(rows([]string{"from", "to", "holds", "confidence", "why"}, list...)); err != nil {
				return err
			}
			for _, count := range adoption.Count() {
				fmt.Fprintf(a.stderr, "%s: %s\n", count[0], count[1])
			}
			for _, u := range adoption.Unclaimed {
				fmt.Fprintf(a.stderr, "new, and in no map: %s\n", u)
			}
			if !write {
				fmt.Fprintln(a.stderr, "Nothing is written; --write makes the template's folder, with what is placed.")
				return nil
			}
			dir, err := draft.WriteAdopted(ws, b, adoption)
			if err != nil {
				return err
			}
			fmt.Fprintf(a.stderr, "%s is written: look at map.csv, then name it under `returns` as the template.\n", dir)
			return nil
		},
	}
	c.Flags().StringVar(&b.From, "from", "moj-quarterly", "the template whose cell map the new blank continues")
	c.Flags().StringVar(&b.Name, "name", "", "the new template's name (default: the file's)")
	c.Flags().StringVar(&b.Title, "title", "", "its title (default: the old one's)")
	c.Flags().StringVar(&b.Version, "version", "", "its version (default: the old one's)")
	c.Flags().BoolVar(&write, "write", false, "write the new template into the workspace's templates")
	a.printFlags(c)
	return c
}
