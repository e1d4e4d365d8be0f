package main

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"mojreturns/pipeline/intake"
	"mojreturns/pipeline/period"
	"mojreturns/pipeline/workspace"
)

func (a *app) chaseCommand() *cobra.Command {
	var provider string
	c := &cobra.Command{
		Use:   "chase [--period P] [--provider P]",
		Short: "Writes the message to each provider whose files are late, or could not be used",
		Example: `  mojreturns chase --workspace testdata/cleveland --period 2023-24-Q4 --provider SLT
  mojreturns chase --workspace testdata/cleveland --period 2023-24-Q4 -o drafts`,
	}
	chases := func(ctx context.Context, ws *workspace.Workspace) (period.Period, []intake.Chase, error) {
		if err := knows(ws, workspace.Asked{Provider: provider}); err != nil {
			return period.Period{}, nil, err
		}
		of, err := a.periodOrLatest(ctx, ws)
		if err != nil {
			return of, nil, err
		}
		found, err := intake.Chases(ctx, ws, of)
		found = slices.DeleteFunc(found, func(c intake.Chase) bool { return provider != "" && c.Provider.Code != provider })
		if err == nil && len(found) == 0 {
			fmt.Fprintf(a.stderr, "Nothing is late for %s, and every file that came can be used.\n", of.Human())
		}
		return of, found, err
	}
	print := a.look(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
		_, found, err := chases(ctx, ws)
		if err != nil || len(found) == 0 {
			return err
		}
		return a.printChases(ws, found)
	})
	write := a.change(func(ctx context.Context, ws *workspace.Workspace, _ []string) error {
		of, found, err := chases(ctx, ws)
		if err != nil || len(found) == 0 {
			return err
		}
		letters, err := intake.WriteLetters(ctx, ws, of, found, a.output)
		var list [][]any
		for _, l := range letters {
			list = append(list, []any{l.Provider, l.To, l.By, l.Asks(), l.Draft, l.At.In(ws.Location).Format(time.DateTime)})
		}
		if len(letters) > 0 && !a.quiet {
			fmt.Fprintln(a.stderr, "The workbooks attached hold rows about people: send them the agreed secure way.")
		}
		if showErr := a.show(rows([]string{"provider", "to", "from", "asks_for", "draft", "written"}, list...)); err == nil {
			err = showErr
		}
		return err
	})
	c.RunE = func(c *cobra.Command, args []string) error {
		if a.output != "" && isFolder(a.output) {
			a.format = "table"
			return write(c, args)
		}
		return print(c, args)
	}
	a.periodOption(c, nil)
	c.Flags().StringVar(&provider, "provider", "", "only this provider")
	a.waitFlag(c)
	a.outputFlag(c, "write to a file instead: .txt; or into a folder, as mails to be looked over and sent, with the marked workbooks attached",
		func() writing { return writing{endings: []string{".txt"}, folder: true} })
	return c
}

// printChases prints the messages, or writes them into one file.
func (a *app) printChases(ws *workspace.Workspace, chases []intake.Chase) error {
	var messages []string
	for _, one := range chases {
		message, err := intake.ChaseMessage(ws, one)
		if err != nil {
			return err
		}
		messages = append(messages, message)
		if len(one.Faulty) > 0 && !a.quiet {
			fmt.Fprintf(a.stderr, "To attach for %[1]s: `mojreturns rejects --annotate --provider %[1]s -o FOLDER` writes the marked files; `chase -o FOLDER` attaches them.\n", one.Provider.Code)
		}
	}
	text := strings.Join(messages, "\n"+strings.Repeat("-", 72)+"\n\n")
	if a.output != "" {
		return os.WriteFile(a.output, []byte(text), 0o660)
	}
	_, err := fmt.Fprint(a.stdout, text)
	return err
}
