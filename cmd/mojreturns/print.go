package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/table"
)

// printFlags adds the flags of every command that prints rows.
func (a *app) printFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.format, "format", "table", "table, csv or json")
	c.Flags().StringVarP(&a.output, "output", "o", "", "write to a file instead: .csv, .xlsx, .json or .parquet")
	before := c.PreRunE
	c.PreRunE = func(c *cobra.Command, args []string) error {
		if err := table.CheckFormat(a.format); err != nil {
			return usageError{err}
		}
		if a.output != "" {
			if err := table.CheckPath(a.output); err != nil {
				return usageError{err}
			}
		}
		if before != nil {
			return before(c, args)
		}
		return nil
	}
}

// print writes rows to stdout, or to the file asked for.
func (a *app) print(t table.Table) error {
	if a.output != "" {
		if err := t.Save(a.output); err != nil {
			return err
		}
		if !a.quiet {
			fmt.Fprintf(a.stderr, "%s written to %s\n", plural(len(t.Rows), "row"), a.output)
		}
		return nil
	}
	return t.Write(a.stdout, a.format)
}

// printed prints rows unless they could not be had.
func (a *app) printed(t table.Table, err error) error {
	if err != nil {
		return err
	}
	return a.print(t)
}

// rows makes a table of Go values; whole numbers are numbers, the rest text.
func rows(names []string, list ...[]any) table.Table {
	t := table.Table{Rows: list}
	for i, name := range names {
		kind := table.Text
		for _, row := range list {
			switch row[i].(type) {
			case int, int64:
				kind = table.Integer
			}
		}
		t.Columns = append(t.Columns, table.Column{Name: name, Kind: kind})
	}
	return t
}
