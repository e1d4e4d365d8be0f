package main

import (
	"context"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/share"
	"mojreturns/pipeline/workspace"
)

func (a *app) publishCommand() *cobra.Command {
	var dir string
	var guarded bool
	c := &cobra.Command{
		Use:   "publish --to DIR",
		Short: "Writes what is published as Parquet files for Excel, Power BI, R and Python",
		Example: `  mojreturns publish --workspace testdata/cleveland --to shared
  mojreturns publish --workspace testdata/cleveland --to shared --guarded`,
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
			shared, err := share.To(ctx, ws, dir, guarded)
			if err != nil {
				return err
			}
			var list [][]any
			for _, f := range shared.Files {
				list = append(list, []any{shared.Folder, f.Name, f.Rows})
			}
			return a.print(rows([]string{"folder", "file", "rows"}, list...))
		}),
	}
	c.Flags().StringVar(&dir, "to", "", "the folder, such as a network share")
	c.Flags().BoolVar(&guarded, "guarded", false, "only figures that were released to the public, as they were printed")
	before(c, func([]string) error {
		if dir == "" {
			return usage("name the folder to write into: --to DIR")
		}
		return nil
	})
	a.printFlags(c)
	return c
}
