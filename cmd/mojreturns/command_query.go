package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/published"
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
		RunE: func(c *cobra.Command, args []string) error {
			flow, err := a.open()
			if err != nil {
				return err
			}
			given := 0
			for _, is := range []bool{len(args) == 1, file != "", name != ""} {
				if is {
					given++
				}
			}
			if given != 1 {
				return usage("give one question: SQL in quotation marks, --file or --name; the saved ones are %s", published.SavedQueries(flow))
			}
			sql := ""
			switch {
			case len(args) == 1:
				sql = args[0]
			case file != "":
				text, err := os.ReadFile(file)
				if err != nil {
					return usage("cannot read the question: %v", err)
				}
				sql = string(text)
			default:
				if sql, err = published.SavedQuery(flow, name); err != nil {
					return usageError{err}
				}
			}
			found, more, err := published.Query(c.Context(), flow, published.Adhoc{SQL: sql, MaxRows: limit, Timeout: timeout})
			if err != nil {
				return err
			}
			if more {
				fmt.Fprintf(a.stderr, "mojreturns: only the first %s rows are given; --limit gives more\n", thousands(int64(limit)))
			}
			return a.print(found)
		},
	}
	c.Flags().StringVar(&file, "file", "", "a file with the SQL")
	c.Flags().StringVar(&name, "name", "", "a saved question of queries/adhoc")
	c.Flags().IntVar(&limit, "limit", 100_000, "the most rows to give")
	c.Flags().DurationVar(&timeout, "timeout", time.Minute, "the longest a question may take")
	a.printFlags(c)
	return c
}
