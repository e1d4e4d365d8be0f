package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"mojreturns/pipeline/table"
)

// printFlags adds the flags of every command that prints rows. Where one writes
// something else than rows too, what says so.
func (a *app) printFlags(c *cobra.Command, what ...func() writing) {
	c.Flags().StringVar(&a.format, "format", "table", "table, csv or json")
	c.Flags().BoolVar(&a.wide, "wide", false, "a table as wide as it comes, with its hashes whole")
	written := append(what, only(table.Endings()...))[0]
	before(c, func([]string) error {
		if err := table.CheckFormat(a.format); err != nil {
			return usageError{err}
		}
		ending := strings.ToLower(filepath.Ext(a.output))
		if c.Flags().Changed("format") && a.output != "" && !written().folder && ending != "."+a.format {
			return usage("--format %s and -o %s ask for two things; the name's ending says what is written, so leave --format out",
				a.format, a.output)
		}
		return nil
	})
	a.outputFlag(c, "write to a file instead: .csv, .xlsx, .ods, .json, .parquet or .arrows (Arrow)", written)
}

// print writes rows to stdout, or to the file asked for.
func (a *app) print(t table.Table) error {
	if a.output != "" {
		if a.opened != nil {
			t.Marking = a.opened.Marking()
		}
		if a.opened != nil && strings.EqualFold(filepath.Ext(a.output), ".xlsx") {
			aside, err := a.opened.Temp("table")
			if err != nil {
				return err
			}
			defer aside.Close()
			t.Aside = aside.Path
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
	if len(t.Rows) == 0 && !a.quiet {
		fmt.Fprintln(a.stderr, "There is nothing to list.")
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
