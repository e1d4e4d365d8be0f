package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
	"mojreturns/pipeline/warehouse"
	"mojreturns/pipeline/workspace"
)

func (a *app) queryCommand() *cobra.Command {
	var file, name string
	var limit int
	var timeout time.Duration
	c := &cobra.Command{
		Use:   "query SQL | --file F | --name N",
		Short: "Ad-hoc SQL on the published warehouse: one statement, read-only, sandboxed",
		Example: `  mojreturns query --workspace testdata/cleveland "SELECT source, count(*) FROM referral GROUP BY source ORDER BY source"
  mojreturns query --workspace testdata/cleveland --name spend_by_month -o spend.xlsx`,
		Args: cobra.MaximumNArgs(1),
		RunE: a.look(func(ctx context.Context, ws *workspace.Workspace, args []string) error {
			sql, err := question(ws, args, file, name)
			if err != nil {
				return err
			}
			found, more, err := published.Query(ctx, ws, warehouse.Question{SQL: sql, MaxRows: limit, Timeout: timeout})
			if err != nil {
				return err
			}
			if more {
				fmt.Fprintf(a.stderr, "mojreturns: only the first %s rows are given; --limit gives more\n", thousands(int64(limit)))
			}
			return a.print(found)
		}),
	}
	c.Flags().StringVar(&file, "file", "", "a file with the SQL")
	c.Flags().StringVar(&name, "name", "", "a saved question of queries/adhoc")
	c.Flags().IntVar(&limit, "limit", 100_000, "the most rows to give")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "the longest a question may take")
	a.printFlags(c)
	before(c, func([]string) error {
		return errors.Join(atLeast("limit", limit, 1), atLeast("timeout", timeout, time.Millisecond))
	})
	return c
}

// question is the SQL asked, in one of the three ways of asking it.
func question(ws *workspace.Workspace, args []string, file, name string) (string, error) {
	switch {
	case len(args) == 1 && file == "" && name == "":
		return args[0], nil
	case len(args) == 0 && file != "" && name == "":
		text, err := os.ReadFile(file)
		if err != nil {
			return "", usage("cannot read the question: %v", err)
		}
		return string(text), nil
	case len(args) == 0 && file == "" && name != "":
		text, err := published.SavedQuery(ws, name)
		if err != nil {
			return "", usageError{err}
		}
		return text, nil
	}
	return "", usage("give one question: SQL in quotation marks, --file or --name; the saved ones are %s", published.SavedQueries(ws))
}
