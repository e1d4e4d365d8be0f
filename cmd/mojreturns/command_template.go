package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/period"
)

func (a *app) templateCommand() *cobra.Command {
	var provider, year, output string
	c := &cobra.Command{
		Use:     "template FEED --provider P --year Y",
		Short:   "A blank extract for a provider to fill in, made from the contract",
		Example: "  mojreturns template training_sessions --workspace testdata/cleveland --provider SLT --year 2023-24",
		Args:    cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			of, err := period.ParseYear(year)
			if err != nil {
				return usageError{err}
			}
			flow, _, err := a.open()
			if err != nil {
				return err
			}
			content, name, err := flow.BlankExtract(args[0], provider, of)
			if err != nil {
				return usageError{err}
			}
			path := output
			if info, err := os.Stat(output); path == "" || err == nil && info.IsDir() {
				path = filepath.Join(output, name)
			}
			if err := os.WriteFile(path, content, 0o666); err != nil {
				return fmt.Errorf("cannot write %q: %w", path, err)
			}
			fmt.Fprintln(a.stdout, path)
			if filepath.Base(path) != name && !a.quiet {
				fmt.Fprintf(a.stderr, "Send it back as %s, so that it is known for what it is.\n", name)
			}
			return nil
		},
	}
	c.Flags().StringVar(&provider, "provider", "", "who fills it in: a provider of the configuration")
	c.Flags().StringVar(&year, "year", "", "the financial year, such as 2023-24")
	c.Flags().StringVarP(&output, "output", "o", "", "the file or folder to write to (default: here, by its own name)")
	return c
}
