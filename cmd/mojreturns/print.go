package main

import (
	"fmt"
	"io"
	"os"
	"strconv"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mojreturns/pipeline/table"
)

// printFlags adds the flags of every command that prints rows.
func (a *app) printFlags(c *cobra.Command) {
	c.Flags().StringVar(&a.format, "format", "table", "table, csv or json")
	c.Flags().StringVarP(&a.output, "output", "o", "", "write to a file instead: .csv, .xlsx, .json or .parquet")
	c.Flags().BoolVar(&a.wide, "wide", false, "a table as wide as it comes, with its hashes whole")
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
		if a.opened != nil {
			t.Marking = a.opened.Marking()
		}
		if err := t.Save(a.output); err != nil {
			return err
		}
		if !a.quiet {
			fmt.Fprintf(a.stderr, "%s written to %s\n", plural(len(t.Rows), "row"), a.output)
		}
		return nil
	}
	return a.show(t)
}

// show writes rows to stdout: a table as wide as the screen.
func (a *app) show(t table.Table) error {
	if a.format != "table" {
		return t.Write(a.stdout, a.format)
	}
	screen := table.Screen{Width: a.width, Whole: a.wide}
	if a.wide {
		screen.Width = 0
	}
	return t.Show(a.stdout, screen)
}

// line prints a line of text, broken to the screen.
func (a *app) line(format string, args ...any) {
	fmt.Fprintln(a.stdout, table.Prose(fmt.Sprintf(format, args...), a.width))
}

// widthOf is how many characters fit a line: what the environment's COLUMNS says, or
// the terminal. It is 0 for a file or another program, which take lines of any length.
func widthOf(stdout io.Writer) int {
	if n, err := strconv.Atoi(os.Getenv("COLUMNS")); err == nil && n > 0 {
		return n
	}
	if f, ok := stdout.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil {
			return width
		}
	}
	return 0
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
