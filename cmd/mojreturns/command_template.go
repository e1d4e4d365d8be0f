package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

func (a *app) templateCommand() *cobra.Command {
	var provider, year string
	c := &cobra.Command{
		Use:     "template FEED [-o FILE.xlsx or FOLDER]",
		Short:   "A blank extract for a provider to fill in, made from the contract",
		Example: "  mojreturns template training_sessions --workspace testdata/cleveland --provider SLT --year 2023-24",
		Args:    cobra.ExactArgs(1),
		RunE: a.look(func(_ context.Context, ws *workspace.Workspace, args []string) error {
			if err := knows(ws, workspace.Asked{Provider: provider}); err != nil {
				return err
			}
			of, err := a.blankYear(ws, year)
			if err != nil {
				return err
			}
			if provider == "" {
				if provider, err = onlySender(ws, args[0]); err != nil {
					return err
				}
			}
			content, name, err := intake.BlankExtract(ws, args[0], provider, of)
			if err != nil {
				return usageError{err}
			}
			path, err := blankPath(a.output, name)
			if err != nil {
				return err
			}
			if err := os.WriteFile(path, content, 0o666); err != nil {
				return fmt.Errorf("cannot write %q: %w", path, err)
			}
			fmt.Fprintln(a.stdout, path)
			if filepath.Base(path) != name && !a.quiet {
				fmt.Fprintf(a.stderr, "Send it back as %s, so that it is known for what it is.\n", name)
			}
			return nil
		}),
	}
	c.Flags().StringVar(&provider, "provider", "", "who fills it in: a provider of the configuration (default: the only one that sends the feed)")
	c.Flags().StringVar(&year, "year", "", "the financial year, such as 2023-24 (default: the present one)")
	a.outputFlag(c, "the file (.xlsx) or folder to write to (default: here, by its own name)", func() writing {
		return writing{endings: []string{".xlsx"}, folder: true}
	})
	return c
}

// blankYear is the year asked for, or the present one.
func (a *app) blankYear(ws *workspace.Workspace, year string) (period.Year, error) {
	if year == "" {
		of := period.YearOf(a.now().In(ws.Location))
		if !a.quiet {
			fmt.Fprintf(a.stderr, "It is made for %s, the present year; --year chooses another.\n", of)
		}
		return of, nil
	}
	of, err := period.ParseYear(year)
	if err != nil {
		return of, usageError{err}
	}
	return of, nil
}

// onlySender is the one provider that sends a feed.
func onlySender(ws *workspace.Workspace, feed string) (string, error) {
	senders, err := ws.Senders(feed)
	switch {
	case err != nil:
		return "", usageError{err}
	case len(senders) == 0:
		return "", usage("no provider of the configuration sends the feed %q; add it to one", feed)
	case len(senders) > 1:
		return "", usage("%d providers send the feed %q: say whose it is with --provider %s", len(senders), feed, strings.Join(senders, " or --provider "))
	}
	return senders[0], nil
}

// blankPath is where the blank goes: a workbook, or its own name in a folder, which
// is made where it is not there.
func blankPath(output, name string) (string, error) {
	switch {
	case output == "":
		return name, nil
	case isFolder(output):
		return filepath.Join(output, name), os.MkdirAll(output, 0o777)
	}
	return output, nil
}
